#include "base/utf8.h"

#include <cstdint>

#include "base/result.h"

namespace sekisho::utf8 {

std::optional<std::size_t> first_invalid_byte(std::string_view bytes) {
  std::size_t at = 0;
  const std::size_t size = bytes.size();
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  const auto continues = [&](std::size_t i) { return i < size && (byte(i) & 0xC0) == 0x80; };
  while (at < size) {
    const std::uint8_t lead = byte(at);
    if (lead < 0x80) {
      ++at;
    } else if (lead >= 0xC2 && lead <= 0xDF) {
      if (!continues(at + 1)) return at;
      at += 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      if (!continues(at + 1) || !continues(at + 2)) return at;
      const std::uint8_t second = byte(at + 1);
      if (lead == 0xE0 && second < 0xA0) return at;   // overlong
      if (lead == 0xED && second >= 0xA0) return at;  // surrogate
      at += 3;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      if (!continues(at + 1) || !continues(at + 2) || !continues(at + 3)) return at;
      const std::uint8_t second = byte(at + 1);
      if (lead == 0xF0 && second < 0x90) return at;   // overlong
      if (lead == 0xF4 && second >= 0x90) return at;  // above U+10FFFF
      at += 4;
    } else {
      return at;
    }
  }
  return std::nullopt;
}

std::size_t count(std::string_view text) {
  std::size_t n = 0;
  for (const char c : text) n += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return n;
}

std::u32string decode(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) out.push_back(next(text, at));
  return out;
}

void append(std::string& out, char32_t code_point) {
  if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) {
    bug("a code point that UTF-8 cannot hold");
  }
  const auto put = [&](char32_t value) { out.push_back(static_cast<char>(value)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | code_point >> 12);
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | code_point >> 18);
    put(0x80 | (code_point >> 12 & 0x3F));
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

std::string encode(std::u32string_view code_points) {
  std::string out;
  out.reserve(code_points.size() * 3);
  for (const char32_t code_point : code_points) append(out, code_point);
  return out;
}

std::string_view slice(std::string_view text, std::size_t begin, std::size_t end) {
  std::size_t at = 0;
  std::size_t index = 0;
  for (; at < text.size() && index < begin; ++index) next(text, at);
  const std::size_t from = at;
  for (; at < text.size() && index < end; ++index) next(text, at);
  return text.substr(from, at - from);
}

}  // namespace sekisho::utf8
