// Verdict and decide: from evidence and policy to safe, unsafe or unjudged.
//
// A Verdict has no default constructor and only `decide` makes one, so "safe" cannot appear by
// omission. `decide` is pure and total: the same evidence and set give the same verdict, and every
// input has one. Rules (docs/design/0004-decide.md):
//   * a finding whose action, and whose category's action, is block or flag makes the text unsafe;
//   * a score at or above its category's threshold makes it unsafe, with that category's action;
//   * anything exact or scored that is unsafe wins over missing evidence: known harm is known;
//   * otherwise, when any part is missing or the scorer did not judge, the text is unjudged;
//   * only what is left is safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guard/judge/evidence.h"
#include "guard/policy/category.h"

namespace sekisho::judge {

enum class Outcome { kSafe, kUnsafe, kUnjudged };
std::string_view outcome_name(Outcome outcome);

struct CategoryScore {
  std::string category;
  double score = 0;
  bool detected = false;  // at or above its threshold, or found
};

class Verdict {
 public:
  Outcome outcome() const { return outcome_; }
  // What the caller may do with the text. For unjudged ones the set's `on_unjudged` decides; then
  // it is true only for the explicit allow-unjudged.
  bool allowed() const { return allowed_; }
  // The probability that the text is unsafe; 1 when a finding blocks. Meaningless, and 0, when
  // unjudged.
  double score() const { return score_; }
  // The harm the writer is after; empty unless unsafe.
  const std::string& category() const { return category_; }
  // Every enabled category that was judged, in the set's order.
  const std::vector<CategoryScore>& scores() const { return scores_; }
  const std::vector<Finding>& spans() const { return spans_; }  // by begin, then strongest
  const std::vector<UnjudgedPart>& unjudged() const { return unjudged_; }
  const std::vector<std::string>& judged_by() const { return judged_by_; }
  const Timings& timings() const { return timings_; }
  // What to do when unjudged, from the set.
  policy::OnUnjudged on_unjudged() const { return on_unjudged_; }

 private:
  friend Verdict decide(const policy::CategorySet& set, const Evidence& evidence);
  Verdict() = default;
  Outcome outcome_ = Outcome::kUnjudged;
  bool allowed_ = false;
  double score_ = 0;
  std::string category_;
  std::vector<CategoryScore> scores_;
  std::vector<Finding> spans_;
  std::vector<UnjudgedPart> unjudged_;
  std::vector<std::string> judged_by_;
  Timings timings_;
  policy::OnUnjudged on_unjudged_ = policy::OnUnjudged::kError;
};

Verdict decide(const policy::CategorySet& set, const Evidence& evidence);

}  // namespace sekisho::judge
