// Latin letters without regard to their case. Other scripts stay: their case means more.
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace sekisho::text {

constexpr char32_t lower(char32_t c) {
  return c >= U'A' && c <= U'Z' ? c + (U'a' - U'A') : c;
}

inline std::u32string lower(std::u32string_view text) {
  std::u32string out(text);
  for (char32_t& c : out) c = lower(c);
  return out;
}

}  // namespace sekisho::text
