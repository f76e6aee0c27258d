// UTF-8: validation, decoding and counting. The only place that knows the encoding.
//
// Strict as Unicode 15 table 3-7 says: no overlong forms, no surrogates, nothing above U+10FFFF, no
// cut sequences. "Invalid" always means refuse; nothing is ever replaced.
// Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sekisho::utf8 {

// The byte offset of the first byte that is not UTF-8, or nothing when all is well.
std::optional<std::size_t> first_invalid_byte(std::string_view bytes);
inline bool is_valid(std::string_view bytes) {
  return !first_invalid_byte(bytes).has_value();
}

// Code points in `text`. `text` must be valid.
std::size_t count(std::string_view text);

// Decodes valid UTF-8 to code points; the reverse. A surrogate or a value above U+10FFFF is a bug.
std::u32string decode(std::string_view text);
std::string encode(std::u32string_view code_points);
void append(std::string& out, char32_t code_point);

// Decodes the code point that starts at `offset` of valid `text` and moves `offset` behind it.
inline char32_t next(std::string_view text, std::size_t& offset) {
  const auto byte = [&](std::size_t at) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[at]));
  };
  const char32_t lead = byte(offset);
  if (lead < 0x80) {
    offset += 1;
    return lead;
  }
  if (lead < 0xE0) {
    const char32_t value = (lead & 0x1F) << 6 | (byte(offset + 1) & 0x3F);
    offset += 2;
    return value;
  }
  if (lead < 0xF0) {
    const char32_t value =
        (lead & 0x0F) << 12 | (byte(offset + 1) & 0x3F) << 6 | (byte(offset + 2) & 0x3F);
    offset += 3;
    return value;
  }
  const char32_t value = (lead & 0x07) << 18 | (byte(offset + 1) & 0x3F) << 12 |
                         (byte(offset + 2) & 0x3F) << 6 | (byte(offset + 3) & 0x3F);
  offset += 4;
  return value;
}

// The part of valid `text` from code point `begin` to before `end` (clamped to its length).
std::string_view slice(std::string_view text, std::size_t begin, std::size_t end);

}  // namespace sekisho::utf8
