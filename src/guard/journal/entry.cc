#include "guard/journal/entry.h"

#include "base/clock.h"
#include "base/json_writer.h"
#include "guard/judge/verdict_json.h"

namespace sekisho::journal {

std::optional<Storage> parse_storage(std::string_view name) {
  if (name == "none") return Storage::kNone;
  if (name == "masked") return Storage::kMasked;
  return std::nullopt;
}

std::string_view storage_name(Storage storage) {
  switch (storage) {
    case Storage::kNone:
      return "none";
    case Storage::kMasked:
      return "masked";
  }
  bug("unknown storage");
}

std::string verdict_json(const judge::Verdict& verdict) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  judge::write_verdict(json, verdict);
  json.end_object();
  return out;
}

std::string entry_json(const Entry& entry) {
  std::string out;
  JsonWriter json(out);
  json.begin_object()
      .key("id")
      .string(entry.id.text())
      .key("time")
      .string(format_utc(entry.unix_ms))
      .key("tenant")
      .string(entry.tenant)
      .key("key_id")
      .string(entry.key_id)
      .key("request_id")
      .string(entry.request_id)
      .key("side")
      .string(judge::side_name(entry.side))
      .key("contract")
      .string(judge::contract_name(entry.contract))
      .key("category_set")
      .string(entry.category_set_id)
      .key("category_set_version")
      .number(entry.category_set_version)
      .key("text")
      .string(entry.masked_text)
      .key("code_points")
      .number(entry.code_points)
      .key("fingerprint")
      .string(entry.fingerprint)
      .key("verdict")
      .raw(entry.verdict_json)
      .end_object();
  return out;
}

}  // namespace sekisho::journal
