// JsonWriter: appends JSON (RFC 8259) to a string, with no tree in between.
//
//   JsonWriter json(out);
//   json.begin_object().key("id").string(id).key("n").number(3).end_object();
//
// Commas are put by the writer. Keys and strings are escaped (quotes, backslash, control
// characters; U+2028/2029 too, so that the text is also safe inside JavaScript). Strings must be
// valid UTF-8. Numbers that JSON cannot hold (NaN, infinities) are a bug. Thread safety: one
// writer, one thread. It borrows `out`, which must outlive it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sekisho {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);
  JsonWriter& string(std::string_view value);
  JsonWriter& number(std::int64_t value);
  JsonWriter& decimal(double value, int digits);  // fixed, for example 0.0312
  JsonWriter& real(double value);                 // shortest form that reads back equal
  JsonWriter& boolean(bool value);
  JsonWriter& null();
  JsonWriter& raw(std::string_view json);  // one value that is JSON already

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();
  void quote(std::string_view text);

  std::string& out_;
  bool first_ = true;       // nothing stands yet in the innermost open bracket
  bool after_key_ = false;  // the next value belongs to a key
};

}  // namespace sekisho
