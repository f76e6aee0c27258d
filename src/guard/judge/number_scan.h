// Numbers in a view: groups of digits with what stands between them, and their check digits.
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "guard/judge/finding_list.h"

namespace sekisho::judge {

// What separates a group of digits from the one before it.
enum class Gap : std::uint8_t { kNone, kHyphen, kSpace, kParenthesis, kDot };

struct DigitGroup {
  Range range;
  Gap gap = Gap::kNone;  // kNone: the group begins a number
};

// All groups of a text, from left to right.
std::vector<DigitGroup> digit_groups(std::u32string_view text);

// Whether what stands at `at` belongs to a URL that began at most kUrlCodePoints before.
inline constexpr std::size_t kUrlCodePoints = 200;
bool in_url(std::u32string_view text, std::size_t at);

// Luhn (ISO/IEC 7812-1 annex B). `digits` are ASCII digits, check digit last.
bool luhn_valid(std::string_view digits);

// マイナンバー, 12 digits, check digit last: 11 − (Σ Pn·Qn mod 11), 0 where the remainder is 0 or
// 1; Pn is the n-th digit from the right of the first 11, Qn = n + 1 for n ≤ 6, n − 5 above.
// 平成26年総務省令第85号 第5条.
bool my_number_valid(std::string_view digits);

// 法人番号, 13 digits, check digit first: 9 − (Σ Pn·Qn mod 9); Pn is the n-th digit from the right,
// Qn = 1 for odd n, 2 for even n. 平成26年財務省令第70号 第2条.
bool corporate_number_valid(std::string_view digits);

// Whether `digits` (13 to 19) are as long as, and begin like, numbers of a payment card issuer.
bool card_prefix_valid(std::string_view digits);

// Whether 12 digits read as a plausible minute: YYYYMMDDhhmm.
bool is_minute(std::string_view digits);

}  // namespace sekisho::judge
