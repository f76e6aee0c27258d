#include "server/wire/judged.h"

#include <algorithm>

namespace sekisho::wire {
namespace {

Flag unjudged_flag(policy::OnUnjudged choice) {
  const bool flagged = choice != policy::OnUnjudged::kAllow;
  return {flagged, flagged ? 1.0 : 0.0, true};
}

}  // namespace

std::optional<Error> refusal_of(const judge::Verdict& verdict) {
  if (verdict.outcome() != judge::Outcome::kUnjudged) return std::nullopt;
  if (verdict.on_unjudged() != policy::OnUnjudged::kError) return std::nullopt;
  std::string why;
  for (const judge::UnjudgedPart& part : verdict.unjudged()) {
    why += (why.empty() ? "" : ", ") + part.part + ": " +
           std::string(judge::unjudged_reason_name(part.reason));
  }
  return Error{ErrorCode::kUnjudged, "the text could not be judged (" + why + ")"};
}

Flag flag_of(const judge::Verdict& verdict) {
  switch (verdict.outcome()) {
    case judge::Outcome::kSafe:
      return {false, verdict.score(), false};
    case judge::Outcome::kUnsafe:
      return {true, verdict.score(), false};
    case judge::Outcome::kUnjudged:
      return unjudged_flag(verdict.on_unjudged());
  }
  bug("unknown outcome");
}

Flag flag_of(const judge::Verdict& verdict, std::string_view category) {
  if (const auto* score = score_of(verdict, category)) {
    return {score->detected, score->score, false};
  }
  if (verdict.unjudged().empty()) return {false, 0, false};
  return unjudged_flag(verdict.on_unjudged());
}

const judge::CategoryScore* score_of(const judge::Verdict& verdict, std::string_view category) {
  const auto& scores = verdict.scores();
  const auto found =
      std::find_if(scores.begin(), scores.end(),
                   [&](const judge::CategoryScore& score) { return score.category == category; });
  return found == scores.end() ? nullptr : &*found;
}

}  // namespace sekisho::wire
