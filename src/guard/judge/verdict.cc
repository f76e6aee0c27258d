#include "guard/judge/verdict.h"

#include <algorithm>
#include <cmath>

namespace sekisho::judge {
namespace {

using policy::Action;

// The gentler of two: neither a finder nor a category can be harsher than the other allows.
Action gentler(Action a, Action b) {
  return std::max(a, b);
}
static_assert(Action::kBlock < Action::kFlag && Action::kFlag < Action::kRecord);

// The reading so far of one category.
struct Reading {
  double score = 0;
  bool found = false;     // exactly, and unsafe
  bool detected = false;  // found, or scored at or above the threshold
};

}  // namespace

bool are_probabilities(const Scores& scores, std::size_t categories) {
  const auto is_probability = [](double value) { return value >= 0 && value <= 1; };
  return scores.by_category.size() == categories &&
         std::all_of(scores.by_category.begin(), scores.by_category.end(), is_probability);
}

Verdict decide(const policy::CategorySet& set, const Evidence& evidence) {
  const auto& categories = set.categories();
  const bool scored = evidence.scores && are_probabilities(*evidence.scores, categories.size());
  std::vector<Reading> readings(categories.size());
  bool blocked = false;

  Verdict verdict;
  verdict.judged_by_ = evidence.judged_by;
  verdict.unjudged_ = evidence.unjudged;
  verdict.timings_ = evidence.timings;
  verdict.on_unjudged_ = set.on_unjudged();
  if (!scored && verdict.unjudged_.empty()) {
    verdict.unjudged_.push_back({"scorer", UnjudgedReason::kFailed});
  }

  for (const Finding& finding : evidence.findings) {
    const auto index = set.find(finding.category);
    if (!index || !categories[*index].enabled) continue;
    const Action action = gentler(finding.action, categories[*index].action);
    verdict.spans_.push_back(finding);
    verdict.spans_.back().action = action;
    if (action == Action::kRecord) continue;
    readings[*index] = {1, true, true};
    blocked |= action == Action::kBlock;
  }

  for (std::size_t i = 0; scored && i < categories.size(); ++i) {
    const double score = evidence.scores->by_category[i];
    readings[i].score = std::max(readings[i].score, score);
    if (!categories[i].enabled || categories[i].action == Action::kRecord) continue;
    if (score < categories[i].threshold) continue;
    readings[i].detected = true;
    blocked |= categories[i].action == Action::kBlock;
  }

  // The category of the verdict: what was found before what was scored, then the higher score.
  const Reading* worst = nullptr;
  for (std::size_t i = 0; i < categories.size(); ++i) {
    if (!categories[i].enabled) continue;
    const Reading& reading = readings[i];
    if (scored || reading.detected) {
      verdict.scores_.push_back({categories[i].id, reading.score, reading.detected});
    }
    if (categories[i].action != Action::kRecord) {
      verdict.score_ = std::max(verdict.score_, reading.score);
    }
    if (reading.detected && (worst == nullptr || (reading.found && !worst->found) ||
                             (reading.found == worst->found && reading.score > worst->score))) {
      worst = &reading;
      verdict.category_ = categories[i].id;
    }
  }

  if (worst != nullptr) {
    verdict.outcome_ = Outcome::kUnsafe;
    verdict.allowed_ = !blocked;
    for (const Finding& span : scored ? evidence.scores->spans : std::vector<Finding>()) {
      const auto index = set.find(span.category);
      if (index && readings[*index].detected) verdict.spans_.push_back(span);
    }
  } else if (!verdict.unjudged_.empty()) {
    verdict.outcome_ = Outcome::kUnjudged;
    verdict.allowed_ = set.on_unjudged() == policy::OnUnjudged::kAllow;
    verdict.score_ = 0;
    verdict.scores_.clear();
  } else {
    verdict.outcome_ = Outcome::kSafe;
    verdict.allowed_ = true;
  }
  // One order for equal evidence, whatever order it was found in.
  std::sort(verdict.spans_.begin(), verdict.spans_.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.span.begin, a.span.end, a.action, a.category, a.reason) <
           std::tie(b.span.begin, b.span.end, b.action, b.category, b.reason);
  });
  return verdict;
}

}  // namespace sekisho::judge
