#include "guard/policy/topic.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "guard/text/letter_case.h"

namespace sekisho::policy {
namespace {

// Sorted, with repeats: bigrams in the low 42 bits, trigrams above them. A code point has 21 bits.
using Grams = std::vector<std::uint64_t>;

Grams grams_of(std::u32string_view text) {
  Grams grams;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const std::uint64_t pair = static_cast<std::uint64_t>(text[i]) << 21 | text[i + 1];
    grams.push_back(pair);
    if (i + 2 < text.size()) grams.push_back((pair << 21 | text[i + 2]) | 1ULL << 63);
  }
  std::sort(grams.begin(), grams.end());
  return grams;
}

// The sum over grams of the product of their counts.
double dot(const Grams& a, const Grams& b) {
  double sum = 0;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (*i < *j) {
      ++i;
    } else if (*j < *i) {
      ++j;
    } else {
      const auto i_end = std::upper_bound(i, a.end(), *i);
      const auto j_end = std::upper_bound(j, b.end(), *j);
      sum += static_cast<double>(i_end - i) * static_cast<double>(j_end - j);
      i = i_end;
      j = j_end;
    }
  }
  return sum;
}

}  // namespace

double topic_similarity(std::u32string_view text, std::u32string_view phrase) {
  if (phrase.empty() || text.empty()) return 0;
  if (text.find(phrase) != std::u32string_view::npos) return 1;
  const Grams wanted = grams_of(phrase);
  const double wanted_norm = dot(wanted, wanted);
  if (wanted_norm == 0) return 0;

  const std::size_t window = std::min(2 * phrase.size(), text.size());
  const std::size_t step = std::max<std::size_t>(phrase.size() / 2, 1);
  double best = 0;
  for (std::size_t begin = 0;; begin = std::min(begin + step, text.size() - window)) {
    const Grams piece = grams_of(text.substr(begin, window));
    const double common = dot(wanted, piece);
    if (common > 0) best = std::max(best, common / std::sqrt(wanted_norm * dot(piece, piece)));
    if (begin + window == text.size()) return std::min(best, 1.0);
  }
}

bool is_about(const text::NormalText& text, const std::vector<std::string>& phrases) {
  std::vector<std::u32string> views;
  for (const text::View& view : text.views()) views.push_back(text::lower(view.code_points));
  return std::any_of(phrases.begin(), phrases.end(), [&](const std::string& phrase) {
    const auto normal = text::NormalText::create(phrase);
    if (!normal.ok()) return false;  // nothing visible: about nothing
    const std::u32string wanted = text::lower(normal.value().canonical().code_points);
    return std::any_of(views.begin(), views.end(), [&](const std::u32string& view) {
      return topic_similarity(view, wanted) >= kTopicSimilarityMin;
    });
  });
}

}  // namespace sekisho::policy
