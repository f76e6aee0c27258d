// The JSON of a verdict, one form for the API, the command line and the journal
// (api/judge.yaml, schema Verdict).
#pragma once

#include "base/json_writer.h"
#include "guard/judge/verdict.h"

namespace sekisho::judge {

// Decimals of every score that leaves the process: finer ones would help a search for evasions.
inline constexpr int kScoreDecimals = 4;

// Writes the members outcome … timings_us into the object that is open in `json`.
void write_verdict(JsonWriter& json, const Verdict& verdict);
// Writes its spans alone, as an array.
void write_spans(JsonWriter& json, const Verdict& verdict);

}  // namespace sekisho::judge
