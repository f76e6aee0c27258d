// Classes of code points that the detectors tell apart. Thread safety: pure functions.
#pragma once

#include "guard/text/letter_case.h"

namespace sekisho::judge {

constexpr bool is_digit(char32_t c) {
  return c >= U'0' && c <= U'9';
}
constexpr bool is_upper(char32_t c) {
  return c >= U'A' && c <= U'Z';
}
using text::lower;
constexpr bool is_ascii_letter(char32_t c) {
  return lower(c) >= U'a' && lower(c) <= U'z';
}
constexpr bool is_alphanumeric(char32_t c) {
  return is_digit(c) || is_ascii_letter(c);
}
constexpr bool is_visible_ascii(char32_t c) {
  return c > U' ' && c < 0x7F;
}
constexpr bool is_kanji(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || c == U'々';
}
constexpr bool is_katakana(char32_t c) {
  return c >= 0x30A1 && c <= 0x30FC;
}
// What is written for a hyphen in numbers. Not 〜: that is a range.
constexpr bool is_hyphen(char32_t c) {
  return c == U'-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2043 || c == 0x2212 || c == 0x2500 ||
         c == 0x2501 || c == 0x30FC;
}
constexpr bool ends_sentence(char32_t c) {
  return c == U'。' || c == U'\n' || c == U'!' || c == U'?';
}

}  // namespace sekisho::judge
