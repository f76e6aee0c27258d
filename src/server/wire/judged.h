// Judged: one judgement on its way out. What all answers share.
//
// Compatible contracts know only flagged and not flagged. A verdict of *unjudged* is, as its set
// says: an error (refusal_of), flagged, or not flagged and marked; it never reads as safe.
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "guard/judge/verdict.h"

namespace sekisho::wire {

struct Judged {
  std::string id;  // ULID of the journal entry, upper case
  judge::Verdict verdict;
  bool recorded = true;
};

// The error to answer instead, when the text is unjudged and its set wants an error.
std::optional<Error> refusal_of(const judge::Verdict& verdict);

struct Flag {
  bool flagged = true;
  double score = 1;
  bool unjudged = true;
};

Flag flag_of(const judge::Verdict& verdict);
// The same for one category. It is unjudged when it has no score and something was missing.
Flag flag_of(const judge::Verdict& verdict, std::string_view category);

// What the verdict says of a category, or null when it is off or was not judged.
const judge::CategoryScore* score_of(const judge::Verdict& verdict, std::string_view category);

}  // namespace sekisho::wire
