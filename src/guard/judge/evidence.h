// Evidence: everything that was found out about one text, before anything is decided.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guard/policy/category.h"
#include "guard/text/span.h"

namespace sekisho::judge {

// A place in the text as sent, and what stands there. `reason` is a stable name in snake_case
// ("my_number", "card", "words", "ngram", …).
struct Finding {
  std::string category;
  text::Span span;
  std::string reason;
  policy::Action action = policy::Action::kBlock;  // what the finder thinks it deserves
  bool operator==(const Finding&) const = default;
};

// Why a part did not judge.
enum class UnjudgedReason { kDeadline, kOverloaded, kUnavailable, kFailed };
std::string_view unjudged_reason_name(UnjudgedReason reason);

struct UnjudgedPart {
  std::string part;  // "scorer", "detectors"
  UnjudgedReason reason = UnjudgedReason::kFailed;
};

// What a scorer says of a text.
struct Scores {
  // One a category of the set, in its order: the probability in [0,1] that the text is unsafe by
  // that category. The largest is the probability that the text is unsafe at all.
  std::vector<double> by_category;
  std::vector<Finding> spans;  // what carried the scores, strongest first; reason names the scorer
};

// Whether `scores` has one probability a category. A number that a scorer should not have given
// (NaN, a negative one) counts as missing, never as small.
bool are_probabilities(const Scores& scores, std::size_t categories);

struct Timings {
  std::int64_t normalise_us = 0;
  std::int64_t detect_us = 0;
  std::int64_t score_us = 0;
  std::int64_t total_us = 0;
};

struct Evidence {
  std::vector<Finding> findings;       // detectors and word lists: exact
  std::optional<Scores> scores;        // absent when the scorer did not judge
  std::vector<UnjudgedPart> unjudged;  // never empty when something is missing
  std::vector<std::string> judged_by;  // "detectors", "ngram@1a2b3c4d", "cache"
  Timings timings;
};

}  // namespace sekisho::judge
