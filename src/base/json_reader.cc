#include "base/json_reader.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/limits.h"

namespace sekisho {
namespace {

using Element = simdjson::dom::element;
static_assert(sizeof(Element) == 16 && std::is_trivially_copyable_v<Element>);

Element element(const std::byte* handle) {
  Element out;
  std::memcpy(static_cast<void*>(&out), handle, sizeof out);
  return out;
}

JsonKind kind_of(Element value) {
  switch (value.type()) {
    case simdjson::dom::element_type::OBJECT:
      return JsonKind::kObject;
    case simdjson::dom::element_type::ARRAY:
      return JsonKind::kArray;
    case simdjson::dom::element_type::STRING:
      return JsonKind::kString;
    case simdjson::dom::element_type::INT64:
    case simdjson::dom::element_type::UINT64:
      return JsonKind::kInteger;
    case simdjson::dom::element_type::DOUBLE:
      return JsonKind::kReal;
    case simdjson::dom::element_type::BOOL:
      return JsonKind::kBoolean;
    case simdjson::dom::element_type::NULL_VALUE:
      return JsonKind::kNull;
  }
  bug("simdjson has a new type");
}

// simdjson keeps the first of repeated keys; another reader of the same bytes may keep the last.
Status refuse_repeated_keys(Element value) {
  if (value.is_array()) {
    for (const Element inner : simdjson::dom::array(value)) {
      if (inner.is_array() || inner.is_object()) CHECK_OK(refuse_repeated_keys(inner));
    }
    return ok_status();
  }
  if (!value.is_object()) return ok_status();
  std::vector<std::string_view> keys;
  for (const auto& member : simdjson::dom::object(value)) {
    keys.push_back(member.key);
    if (keys.size() > limits::kJsonObjectKeys) {
      return unprocessable("a JSON object has more than " +
                           std::to_string(limits::kJsonObjectKeys) + " keys");
    }
    if (member.value.is_array() || member.value.is_object()) {
      CHECK_OK(refuse_repeated_keys(member.value));
    }
  }
  std::sort(keys.begin(), keys.end());
  const auto repeated = std::adjacent_find(keys.begin(), keys.end());
  if (repeated != keys.end()) return invalid("the JSON key is given twice", std::string(*repeated));
  return ok_status();
}

}  // namespace

std::string_view json_kind_name(JsonKind kind) {
  switch (kind) {
    case JsonKind::kObject:
      return "an object";
    case JsonKind::kArray:
      return "an array";
    case JsonKind::kString:
      return "a string";
    case JsonKind::kInteger:
      return "an integer";
    case JsonKind::kReal:
      return "a number";
    case JsonKind::kBoolean:
      return "true or false";
    case JsonKind::kNull:
      return "null";
  }
  bug("unknown JSON kind");
}

JsonKind JsonValue::kind() const {
  return kind_of(element(handle_));
}

std::optional<std::string_view> JsonValue::string() const {
  std::string_view out;
  if (element(handle_).get(out) != simdjson::SUCCESS) return std::nullopt;
  return out;
}

std::optional<std::int64_t> JsonValue::integer() const {
  std::int64_t out = 0;
  if (kind() != JsonKind::kInteger || element(handle_).get(out) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return out;
}

std::optional<double> JsonValue::number() const {
  double out = 0;
  if (element(handle_).get(out) != simdjson::SUCCESS) return std::nullopt;
  return out;
}

std::optional<bool> JsonValue::boolean() const {
  bool out = false;
  if (element(handle_).get(out) != simdjson::SUCCESS) return std::nullopt;
  return out;
}

std::optional<JsonValue> JsonValue::find(std::string_view key) const {
  Element found;
  const Element self = element(handle_);
  if (!self.is_object() || self.at_key(key).get(found) != simdjson::SUCCESS) return std::nullopt;
  JsonValue out;
  std::memcpy(out.handle_, static_cast<const void*>(&found), sizeof found);
  return out;
}

Status JsonValue::each_element(const std::function<Status(std::size_t, JsonValue)>& visit) const {
  const Element self = element(handle_);
  if (!self.is_array()) return ok_status();
  std::size_t index = 0;
  for (const Element inner : simdjson::dom::array(self)) {
    JsonValue value;
    std::memcpy(value.handle_, static_cast<const void*>(&inner), sizeof inner);
    CHECK_OK(visit(index++, value));
  }
  return ok_status();
}

Status JsonValue::each_member(
    const std::function<Status(std::string_view, JsonValue)>& visit) const {
  const Element self = element(handle_);
  if (!self.is_object()) return ok_status();
  for (const auto& member : simdjson::dom::object(self)) {
    JsonValue value;
    std::memcpy(value.handle_, static_cast<const void*>(&member.value), sizeof member.value);
    CHECK_OK(visit(member.key, value));
  }
  return ok_status();
}

std::size_t JsonValue::size() const {
  const Element self = element(handle_);
  std::size_t n = 0;
  // simdjson's own size() saturates for large arrays, so walk.
  if (self.is_array()) {
    for ([[maybe_unused]] const Element inner : simdjson::dom::array(self)) ++n;
  } else if (self.is_object()) {
    for ([[maybe_unused]] const auto& member : simdjson::dom::object(self)) ++n;
  }
  return n;
}

struct JsonDocument::Parsed {
  simdjson::dom::parser parser;
  Element root;
};

JsonDocument::JsonDocument(std::unique_ptr<Parsed> parsed) : parsed_(std::move(parsed)) {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

Result<JsonDocument> JsonDocument::parse(std::string_view bytes) {
  auto parsed = std::make_unique<Parsed>();
  if (parsed->parser.allocate(std::max<std::size_t>(bytes.size(), 64), limits::kJsonDepth) !=
      simdjson::SUCCESS) {
    return Error{ErrorCode::kOverloaded, "no memory to parse the JSON"};
  }
  const auto failure = parsed->parser.parse(bytes.data(), bytes.size(), /*realloc_if_needed=*/true)
                           .get(parsed->root);
  if (failure == simdjson::DEPTH_ERROR) {
    return invalid("the JSON is nested deeper than " + std::to_string(limits::kJsonDepth));
  }
  if (failure == simdjson::UTF8_ERROR) return invalid("the JSON is not UTF-8");
  if (failure == simdjson::NUMBER_ERROR) {
    return invalid("not valid JSON: a number is malformed or does not fit 64 bits");
  }
  if (failure != simdjson::SUCCESS) return invalid("not valid JSON");
  CHECK_OK(refuse_repeated_keys(parsed->root));
  return JsonDocument(std::move(parsed));
}

JsonValue JsonDocument::root() const {
  JsonValue out;
  std::memcpy(out.handle_, static_cast<const void*>(&parsed_->root), sizeof parsed_->root);
  return out;
}

Result<JsonObject> JsonObject::create(JsonValue value, std::string path) {
  if (value.kind() != JsonKind::kObject) {
    return unprocessable((path.empty() ? std::string("the body") : path) +
                             " must be an object, not " + std::string(json_kind_name(value.kind())),
                         path);
  }
  return JsonObject(value, std::move(path));
}

std::string JsonObject::name(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

std::optional<JsonValue> JsonObject::optional(std::string_view key) {
  asked_.push_back(key);
  auto found = value_.find(key);
  if (found && found->is_null()) return std::nullopt;
  return found;
}

Result<JsonValue> JsonObject::required(std::string_view key) {
  auto found = optional(key);
  if (!found) return unprocessable(name(key) + " is missing", name(key));
  return *found;
}

template <typename T, typename Get>
Result<std::optional<T>> JsonObject::typed(std::string_view key, JsonKind wanted, Get get) {
  const auto found = optional(key);
  if (!found) return std::optional<T>();
  std::optional<T> value = get(*found);
  if (!value) {
    return unprocessable(name(key) + " must be " + std::string(json_kind_name(wanted)) + ", not " +
                             std::string(json_kind_name(found->kind())),
                         name(key));
  }
  return value;
}

Result<std::optional<std::string_view>> JsonObject::optional_string(std::string_view key) {
  return typed<std::string_view>(key, JsonKind::kString, [](JsonValue v) { return v.string(); });
}
Result<std::optional<bool>> JsonObject::optional_boolean(std::string_view key) {
  return typed<bool>(key, JsonKind::kBoolean, [](JsonValue v) { return v.boolean(); });
}
Result<std::optional<std::int64_t>> JsonObject::optional_integer(std::string_view key) {
  return typed<std::int64_t>(key, JsonKind::kInteger, [](JsonValue v) { return v.integer(); });
}
Result<std::optional<double>> JsonObject::optional_number(std::string_view key) {
  return typed<double>(key, JsonKind::kReal, [](JsonValue v) { return v.number(); });
}

Result<std::string_view> JsonObject::required_string(std::string_view key) {
  TRY(const auto value, optional_string(key));
  if (!value) return unprocessable(name(key) + " is missing", name(key));
  return *value;
}

Result<JsonValue> JsonObject::required_array(std::string_view key) {
  TRY(const JsonValue value, required(key));
  if (value.kind() != JsonKind::kArray) {
    return unprocessable(
        name(key) + " must be an array, not " + std::string(json_kind_name(value.kind())),
        name(key));
  }
  return value;
}

Status JsonObject::finish(UnknownFields unknown) const {
  if (unknown == UnknownFields::kIgnore) return ok_status();
  return value_.each_member([&](std::string_view key, JsonValue) -> Status {
    if (std::find(asked_.begin(), asked_.end(), key) != asked_.end()) return ok_status();
    return unprocessable("unknown field " + name(key), name(key));
  });
}

}  // namespace sekisho
