#include "engine/ngram/dictionary.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <string_view>
#include <utility>

#include "engine/ngram/features.h"

namespace sekisho::ngram {
namespace {

struct Occurrence {
  std::uint64_t hash;
  std::size_t example;

  auto operator<=>(const Occurrence&) const = default;
};

std::vector<std::uint64_t> sorted_hashes(std::u32string_view text, const FeatureConfig& features) {
  std::vector<std::uint64_t> hashes;
  hashes.reserve(ngram_count(text.size(), features));
  for_each_ngram(text, features,
                 [&](std::uint64_t hash, std::size_t, std::size_t) { hashes.push_back(hash); });
  std::sort(hashes.begin(), hashes.end());
  return hashes;
}

// The total weight of every n-gram, ascending by hash. Sums run in the order of the examples.
std::vector<std::pair<std::uint64_t, double>> weigh(std::span<const Example> examples,
                                                    const FeatureConfig& features) {
  std::vector<Occurrence> all;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    std::vector<std::uint64_t> hashes = sorted_hashes(examples[i].text, features);
    hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
    for (const std::uint64_t hash : hashes) all.push_back({hash, i});
  }
  std::sort(all.begin(), all.end());
  std::vector<std::pair<std::uint64_t, double>> totals;
  for (const Occurrence& occurrence : all) {
    if (totals.empty() || totals.back().first != occurrence.hash) {
      totals.emplace_back(occurrence.hash, 0.0);
    }
    totals.back().second += examples[occurrence.example].weight;
  }
  return totals;
}

void append_row(std::u32string_view text, const FeatureConfig& features, Dictionary& dictionary) {
  const std::vector<std::uint64_t> hashes = sorted_hashes(text, features);
  const double norm = 1 / std::sqrt(std::max<double>(1, static_cast<double>(hashes.size())));
  auto column = dictionary.hashes.begin();
  for (auto first = hashes.begin(); first != hashes.end();) {
    const auto last = std::upper_bound(first, hashes.end(), *first);
    column = std::lower_bound(column, dictionary.hashes.end(), *first);
    if (column == dictionary.hashes.end()) break;
    if (*column == *first) {
      dictionary.rows.columns.push_back(
          static_cast<std::uint32_t>(column - dictionary.hashes.begin()));
      dictionary.rows.values.push_back(
          static_cast<float>(norm * static_cast<double>(last - first)));
    }
    first = last;
  }
  dictionary.rows.starts.push_back(dictionary.rows.columns.size());
}

}  // namespace

Dictionary build_dictionary(std::span<const Example> examples, const FeatureConfig& features,
                            double frequency_min, std::size_t columns_max) {
  auto totals = weigh(examples, features);
  std::erase_if(totals, [&](const auto& total) { return total.second < frequency_min; });
  if (totals.size() > columns_max) {
    std::sort(totals.begin(), totals.end(), [](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    totals.resize(columns_max);
    std::sort(totals.begin(), totals.end());
  }
  Dictionary dictionary;
  for (const auto& [hash, weight] : totals) {
    dictionary.hashes.push_back(hash);
    dictionary.text_weights.push_back(weight);
  }
  for (const Example& example : examples) append_row(example.text, features, dictionary);
  return dictionary;
}

}  // namespace sekisho::ngram
