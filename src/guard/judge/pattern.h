// Pattern: a regular expression (RE2 syntax) that is searched in a view and answers in code points.
//
// Linear in the text. Thread safety: immutable.
#pragma once

#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "guard/judge/finding_list.h"

namespace sekisho::judge {

class Pattern {
 public:
  static constexpr std::size_t kGroups = 3;

  struct Match {
    Range range;                                   // in code points of the view
    std::string_view text;                         // of the view
    std::array<std::string_view, kGroups> groups;  // empty where the group took no part
    std::string_view before, after;                // the rest of the view's text
  };

  // An expression that does not compile, or has more than kGroups groups, is a bug.
  explicit Pattern(std::string_view expression);
  ~Pattern();
  Pattern(Pattern&&) noexcept;

  // All matches that do not overlap, from left to right.
  std::vector<Match> matches(const text::View& view) const;

 private:
  struct Program;
  std::unique_ptr<Program> program_;
};

}  // namespace sekisho::judge
