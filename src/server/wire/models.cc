#include "server/wire/models.h"

#include "base/json_writer.h"
#include "server/wire/asked.h"

namespace sekisho::wire {
namespace {

void write_degraded(JsonWriter& json, const Service& service) {
  json.key("degraded").begin_array();
  for (const std::string& what : service.degraded) json.string(what);
  json.end_array();
}

}  // namespace

std::string encode_models(const Service& service) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("object").string("list").key("data").begin_array();
  json.begin_object().key("id").string(kModelName).key("object").string("model");
  json.key("created").number(0).key("owned_by").string("sekisho");
  json.key("judged_by").begin_array().string("detectors");
  json.string(service.scorer + "@" + service.digest.substr(0, 8)).end_array();
  write_degraded(json, service);
  json.end_object().end_array().end_object();
  return out;
}

std::string encode_ready(const Service& service, Readiness readiness) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("status").string(readiness == Readiness::kReady ? "ready" : "not_ready");
  json.key("scorer").begin_object().key("name").string(service.scorer);
  json.key("digest").string(service.digest).end_object();
  write_degraded(json, service);
  json.end_object();
  return out;
}

}  // namespace sekisho::wire
