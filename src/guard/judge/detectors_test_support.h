// What the tests of the detectors share.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.h"
#include "guard/judge/detectors.h"

namespace sekisho::judge {

inline std::vector<Finding> findings(std::string_view text) {
  static const std::vector<std::unique_ptr<Detector>> detectors = make_detectors();
  const text::NormalText normal = must(text::NormalText::create(std::string(text)));
  std::vector<Finding> found;
  for (const auto& detector : detectors) detector->detect(normal, found);
  for (const Finding& finding : found) {
    EXPECT_LT(finding.span.begin, finding.span.end) << text;
    EXPECT_LE(finding.span.end, normal.code_points()) << text;
  }
  return found;
}

// "card 4980… block; phone … record", in the order found.
inline std::string describe(std::string_view text, const std::vector<Finding>& found) {
  std::string out;
  for (const Finding& finding : found) {
    out.append(finding.reason).append(" [");
    out.append(utf8::slice(text, finding.span.begin, finding.span.end));
    out.append("] ").append(policy::action_name(finding.action)).append("; ");
  }
  return out;
}

inline bool blocks(std::string_view text) {
  for (const Finding& finding : findings(text)) {
    if (finding.action == policy::Action::kBlock) return true;
  }
  return false;
}

inline bool finds(std::string_view text, std::string_view reason, policy::Action action) {
  for (const Finding& finding : findings(text)) {
    if (finding.reason == reason && finding.action == action) return true;
  }
  return false;
}

using Texts = std::vector<std::string_view>;

inline void expect_blocked(std::string_view reason, const Texts& texts) {
  for (const std::string_view text : texts) {
    EXPECT_TRUE(finds(text, reason, policy::Action::kBlock))
        << reason << " not found in: " << text << "\n  found: " << describe(text, findings(text));
  }
}

inline void expect_recorded(std::string_view reason, const Texts& texts) {
  for (const std::string_view text : texts) {
    EXPECT_TRUE(finds(text, reason, policy::Action::kRecord))
        << reason << " not found in: " << text << "\n  found: " << describe(text, findings(text));
    EXPECT_FALSE(blocks(text)) << text << "\n  found: " << describe(text, findings(text));
  }
}

inline void expect_not_blocked(const Texts& texts) {
  for (const std::string_view text : texts) {
    EXPECT_FALSE(blocks(text)) << text << "\n  found: " << describe(text, findings(text));
  }
}

inline void expect_silent(const Texts& texts) {
  for (const std::string_view text : texts) {
    EXPECT_TRUE(findings(text).empty()) << text << "\n  found: " << describe(text, findings(text));
  }
}

}  // namespace sekisho::judge
