// The report of `sekisho eval`: what a judge got right and wrong on labelled texts.
// Deterministic: the same rows and judgements give the same bytes. Thread safety: pure functions.
#pragma once

#include <string>
#include <vector>

#include "eval/dataset.h"
#include "eval/metrics.h"

namespace sekisho::eval {

// What was said of one row.
struct Answer {
  bool unjudged = false;
  bool unsafe = false;
  double score = 0;
  std::string category;  // empty unless unsafe
};

struct ReportInput {
  const std::vector<LabelledText>& rows;
  const std::vector<Answer>& answers;  // as many as rows
  std::string judge;                   // what judged: name and digest
};

// Errors shown of each kind.
inline constexpr std::size_t kWorstErrors = 10;

std::string report_text(const ReportInput& input);  // for people, Markdown tables
std::string report_json(const ReportInput& input);  // one object

}  // namespace sekisho::eval
