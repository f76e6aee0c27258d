#include "guard/judge/number_scan.h"

#include <charconv>

#include "guard/judge/letters.h"

namespace sekisho::judge {
namespace {

constexpr std::size_t kGapCodePoints = 3;  // " - "

int digit(std::string_view digits, std::size_t at) {
  return digits[at] - '0';
}

int number(std::string_view digits, std::size_t at, std::size_t size) {
  int value = 0;
  std::from_chars(digits.data() + at, digits.data() + at + size, value);
  return value;
}

Gap gap_between(std::u32string_view between) {
  if (between.size() > kGapCodePoints) return Gap::kNone;
  int hyphens = 0;
  int parentheses = 0;
  for (const char32_t c : between) {
    if (is_hyphen(c)) {
      ++hyphens;
    } else if (c == U'(' || c == U')') {
      ++parentheses;
    } else if (c == U'.') {
      return between.size() == 1 ? Gap::kDot : Gap::kNone;
    } else if (c != U' ' && c != U'\t') {
      return Gap::kNone;
    }
  }
  if (hyphens > 1 || parentheses > 1) return Gap::kNone;
  if (parentheses == 1) return Gap::kParenthesis;
  return hyphens == 1 ? Gap::kHyphen : Gap::kSpace;
}

}  // namespace

std::vector<DigitGroup> digit_groups(std::u32string_view text) {
  std::vector<DigitGroup> groups;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_digit(text[at])) continue;
    DigitGroup group{{at, at}, Gap::kNone};
    while (group.range.end < text.size() && is_digit(text[group.range.end])) ++group.range.end;
    if (!groups.empty()) {
      const std::size_t before = groups.back().range.end;
      group.gap = gap_between(text.substr(before, at - before));
    }
    at = group.range.end;
    groups.push_back(group);
  }
  return groups;
}

bool in_url(std::u32string_view text, std::size_t at) {
  const std::size_t stop = at > kUrlCodePoints ? at - kUrlCodePoints : 0;
  for (; at > stop && is_visible_ascii(text[at - 1]); --at) {
    if (at > 1 && text[at - 1] == U'/' && text[at - 2] == U'/') return true;
  }
  return false;
}

bool luhn_valid(std::string_view digits) {
  int sum = 0;
  bool doubled = false;
  for (std::size_t at = digits.size(); at-- > 0; doubled = !doubled) {
    const int value = digit(digits, at) * (doubled ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 == 0;
}

bool my_number_valid(std::string_view digits) {
  if (digits.size() != 12) return false;
  if (digits.find_first_not_of(digits[0]) == std::string_view::npos) return false;
  int sum = 0;
  for (int n = 1; n <= 11; ++n) sum += digit(digits, 11 - n) * (n <= 6 ? n + 1 : n - 5);
  const int remainder = sum % 11;
  return digit(digits, 11) == (remainder <= 1 ? 0 : 11 - remainder);
}

bool corporate_number_valid(std::string_view digits) {
  if (digits.size() != 13) return false;
  int sum = 0;
  for (int n = 1; n <= 12; ++n) sum += digit(digits, 13 - n) * (n % 2 == 1 ? 1 : 2);
  return digit(digits, 0) == 9 - sum % 9;
}

bool card_prefix_valid(std::string_view digits) {
  const std::size_t size = digits.size();
  if (size < 13 || size > 19) return false;
  const int two = number(digits, 0, 2);
  const int three = number(digits, 0, 3);
  const int four = number(digits, 0, 4);
  if (digits[0] == '4') return size == 13 || size == 16 || size == 19;                // Visa
  if (two == 34 || two == 37) return size == 15;                                      // Amex
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return size == 16;  // Mastercard
  if (four >= 3528 && four <= 3589) return size >= 16;                                // JCB
  if (two == 36 || two == 38 || two == 39 || (three >= 300 && three <= 305)) {
    return size >= 14;  // Diners Club
  }
  if (four == 6011 || two == 65 || (three >= 644 && three <= 649)) return size >= 16;  // Discover
  return two == 62 && size >= 16;                                                      // UnionPay
}

bool is_minute(std::string_view digits) {
  if (digits.size() != 12) return false;
  const int year = number(digits, 0, 4);
  const int month = number(digits, 4, 2);
  const int day = number(digits, 6, 2);
  return year >= 1900 && year < 2100 && month >= 1 && month <= 12 && day >= 1 && day <= 31 &&
         number(digits, 8, 2) < 24 && number(digits, 10, 2) < 60;
}

}  // namespace sekisho::judge
