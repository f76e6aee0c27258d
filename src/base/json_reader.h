// JsonDocument and JsonValue: JSON (RFC 8259) from outside, read strictly.
//
// Refused: anything that is not one JSON value in valid UTF-8 with nothing behind it, nesting
// deeper than limits::kJsonDepth, an object with a repeated key (two readers could see two
// requests) or with more than limits::kJsonObjectKeys keys, a lone surrogate escape. Numbers keep
// their kind; no type is ever converted to another.
//
// Values are views into their document and die with it. Thread safety: a document is used by one
// thread. The parser behind it is simdjson's DOM (stack.md 2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sekisho {

enum class JsonKind { kObject, kArray, kString, kInteger, kReal, kBoolean, kNull };
std::string_view json_kind_name(JsonKind kind);  // "an object", "a string", …

class JsonValue {
 public:
  JsonKind kind() const;
  bool is_null() const { return kind() == JsonKind::kNull; }

  // The value if it is of that kind.
  std::optional<std::string_view> string() const;
  std::optional<std::int64_t> integer() const;
  std::optional<double> number() const;  // an integer or a real
  std::optional<bool> boolean() const;

  // The member of an object, or nothing (also when this is no object).
  std::optional<JsonValue> find(std::string_view key) const;
  // Elements of an array or members of an object; the walk stops at the first error, which it
  // returns.
  Status each_element(const std::function<Status(std::size_t index, JsonValue)>& visit) const;
  Status each_member(const std::function<Status(std::string_view key, JsonValue)>& visit) const;
  std::size_t size() const;  // of an array or object, else 0

 private:
  friend class JsonDocument;
  JsonValue() = default;
  alignas(8) std::byte handle_[16];  // simdjson::dom::element
};

class JsonDocument {
 public:
  static Result<JsonDocument> parse(std::string_view bytes);
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  ~JsonDocument();
  JsonValue root() const;

 private:
  struct Parsed;
  explicit JsonDocument(std::unique_ptr<Parsed> parsed);
  std::unique_ptr<Parsed> parsed_;
};

// Reading of objects, field by field, with messages that name the field:
//   JsonObject object = …; TRY(auto text, object.required_string("text"));
// `finish(UnknownFields::kRefuse)` fails on the first member that nobody asked for. Keys are
// borrowed until then: they are literals.
enum class UnknownFields { kIgnore, kRefuse };

class JsonObject {
 public:
  // kUnprocessable when `value` is no object. `path` ("messages[3]") stands before field names.
  static Result<JsonObject> create(JsonValue value, std::string path = {});

  Result<std::string_view> required_string(std::string_view key);
  Result<std::optional<std::string_view>> optional_string(std::string_view key);  // null = absent
  Result<std::optional<bool>> optional_boolean(std::string_view key);
  Result<std::optional<std::int64_t>> optional_integer(std::string_view key);
  Result<std::optional<double>> optional_number(std::string_view key);
  Result<JsonValue> required_array(std::string_view key);
  std::optional<JsonValue> optional(std::string_view key);  // null = absent
  Result<JsonValue> required(std::string_view key);
  Status finish(UnknownFields unknown) const;

  std::string name(std::string_view key) const;  // the full path of a field

 private:
  JsonObject(JsonValue value, std::string path) : value_(value), path_(std::move(path)) {}
  template <typename T, typename Get>
  Result<std::optional<T>> typed(std::string_view key, JsonKind wanted, Get get);
  JsonValue value_;
  std::string path_;
  std::vector<std::string_view> asked_;
};

}  // namespace sekisho
