// Verdicts for the tests of the wire: decided, as all verdicts are, but from hand-made evidence.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "guard/judge/verdict.h"
#include "guard/policy/category.h"
#include "server/wire/judged.h"

namespace sekisho::wire {

inline constexpr const char* kUlid = "01KATB6C3M3P3TVNT0QRMM1TA4";

// A small set, so that whole answers can be read: two built-in categories and one of its own.
inline policy::CategorySet small_set(policy::OnUnjudged choice = policy::OnUnjudged::kError) {
  policy::Category harassment;
  policy::Category injection;
  for (const policy::Category& category : policy::built_in_categories()) {
    if (category.id == "harassment") harassment = category;
    if (category.id == policy::kInjection) injection = category;
  }
  policy::Category own;
  own.id = "sales-mail";
  own.name = "営業メール";
  own.definition = "商品やサービスの売り込み。";
  own.enabled = false;
  return must(policy::CategorySet::create("small", 7, {harassment, injection, own}, choice));
}

inline judge::Evidence evidence(const policy::CategorySet& set,
                                const std::map<std::string, double>& scores,
                                std::vector<judge::Finding> findings = {}) {
  judge::Evidence evidence;
  evidence.findings = std::move(findings);
  evidence.judged_by = {"detectors", "ngram@1a2b3c4d"};
  evidence.timings = {1, 2, 3, 6};
  evidence.scores.emplace();
  for (const policy::Category& category : set.categories()) {
    const auto score = scores.find(category.id);
    evidence.scores->by_category.push_back(score == scores.end() ? 0.0 : score->second);
  }
  return evidence;
}

inline Judged judged(const policy::CategorySet& set, const std::map<std::string, double>& scores,
                     std::vector<judge::Finding> findings = {}) {
  return {kUlid, judge::decide(set, evidence(set, scores, std::move(findings)))};
}

// The scorer did not judge; the detectors did.
inline Judged unscored(const policy::CategorySet& set, std::vector<judge::Finding> findings = {}) {
  judge::Evidence evidence;
  evidence.findings = std::move(findings);
  evidence.judged_by = {"detectors"};
  evidence.unjudged = {{"scorer", judge::UnjudgedReason::kDeadline}};
  return {kUlid, judge::decide(set, evidence)};
}

// "あ" as often as said: three bytes, one character.
inline std::string characters(std::size_t count, const char* character = "あ") {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += character;
  return out;
}

}  // namespace sekisho::wire
