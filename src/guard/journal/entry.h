// Entry: one judgement as it is kept. Format: docs/formats/journal.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ulid.h"
#include "guard/judge/request.h"
#include "guard/judge/verdict.h"

namespace sekisho::journal {

// What is kept of the text itself.
enum class Storage { kNone, kMasked };
std::optional<Storage> parse_storage(std::string_view name);

std::string_view storage_name(Storage storage);

struct Entry {
  Ulid id;
  std::int64_t unix_ms = 0;
  std::string tenant;  // "default" until there are more
  std::string key_id;  // the API key that asked; empty on the command line
  std::string request_id;
  judge::Side side = judge::Side::kInput;
  judge::Contract contract = judge::Contract::kJudge;
  std::string category_set_id;
  std::int64_t category_set_version = 0;
  judge::Outcome outcome = judge::Outcome::kUnjudged;
  bool allowed = false;
  double score = 0;
  std::string category;
  std::string verdict_json;  // an object: what guard/judge/verdict_json.h writes
  std::string masked_text;   // the judged turn, personal data and secrets masked; may be empty
  std::uint32_t code_points = 0;
  std::string fingerprint;  // keyed hash of the raw text, hex: equal texts can be found, not read
};

// {"outcome":…}, for Entry::verdict_json.
std::string verdict_json(const judge::Verdict& verdict);
// The entry as one JSON object: id, time and what else is kept, with the verdict's members beside.
std::string entry_json(const Entry& entry);

}  // namespace sekisho::journal
