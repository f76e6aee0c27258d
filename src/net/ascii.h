// What HTTP says about case and letters: ASCII only, whatever the locale. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace sekisho::net {

constexpr char lower_case(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower_case(c);
  return out;
}

constexpr bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (lower_case(c) >= 'a' && lower_case(c) <= 'z');
}

}  // namespace sekisho::net
