// Character n-grams: how a text becomes numbers. Training and scoring share this one definition.
//
// An n-gram is a run of `order` code points of the text with one mark before and one behind it, so
// that "begins with" and "ends in" are features too; a mark alone is none. It is known by a 64-bit
// hash only. A text x is the vector  x_j = (times n-gram j occurs) / sqrt(n-grams of the text).
// Thread safety: pure functions.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/hash.h"

namespace sekisho::ngram {

inline constexpr std::uint32_t kOrderMax = 6;

enum class CaseFolding : std::uint32_t { kNone = 0, kAscii = 1 };

struct FeatureConfig {
  // 1 to 3 measured as good as any longer range on Japanese, at three quarters of the work.
  std::uint32_t order_min = 1;  // 1 <= order_min <= order_max <= kOrderMax
  std::uint32_t order_max = 3;
  CaseFolding case_folding = CaseFolding::kAscii;

  bool operator==(const FeatureConfig&) const = default;
};

// Values that no code point has.
inline constexpr char32_t kBeginMark = 0x110000;
inline constexpr char32_t kEndMark = 0x110001;

// N-grams that for_each_ngram visits in a text of `code_points`.
inline std::size_t ngram_count(std::size_t code_points, const FeatureConfig& config) {
  std::size_t count = 0;
  for (std::size_t order = config.order_min; order <= config.order_max; ++order) {
    if (order == 1) {
      count += code_points;
    } else if (code_points + 3 > order) {
      count += code_points + 3 - order;
    }
  }
  return count;
}

// Calls visit(hash, begin, end) for every n-gram; code points [begin, end) of the marked text,
// where code point i of the text stands at i + 1.
template <typename Visit>
void for_each_ngram(std::u32string_view text, const FeatureConfig& config, Visit&& visit) {
  const std::size_t size = text.size() + 2;
  const bool fold = config.case_folding == CaseFolding::kAscii;
  const auto at = [&](std::size_t i) -> std::uint64_t {
    if (i == 0) return kBeginMark;
    if (i == size - 1) return kEndMark;
    const char32_t c = text[i - 1];
    return fold && c >= U'A' && c <= U'Z' ? c + (U'a' - U'A') : c;
  };
  for (std::size_t begin = 0; begin < size; ++begin) {
    const std::size_t orders = std::min<std::size_t>(config.order_max, size - begin);
    std::uint64_t hash = 0;
    for (std::size_t order = 1; order <= orders; ++order) {
      hash = mix64(hash ^ at(begin + order - 1));
      if (order < config.order_min) continue;
      if (order == 1 && (begin == 0 || begin == size - 1)) continue;
      visit(hash, begin, begin + order);
    }
  }
}

}  // namespace sekisho::ngram
