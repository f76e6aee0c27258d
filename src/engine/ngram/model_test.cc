#include "engine/ngram/model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "base/hash.h"

namespace sekisho::ngram {
namespace {

std::uint64_t hash_of(std::u32string_view text, const FeatureConfig& features, std::size_t begin,
                      std::size_t end) {
  std::uint64_t found = 0;
  for_each_ngram(text, features, [&](std::uint64_t hash, std::size_t b, std::size_t e) {
    if (b == begin && e == end) found = hash;
  });
  return found;
}

// A model whose weights are drawn by the slot; `labels` decides the row size.
ModelParts random_parts(std::size_t labels, std::uint32_t slot_bits, std::uint64_t seed) {
  ModelParts parts;
  parts.slot_bits = slot_bits;
  const std::size_t slots = std::size_t{1} << slot_bits;
  const std::size_t bytes = row_bytes(labels);
  for (std::size_t l = 0; l < labels; ++l) {
    parts.labels.push_back("label " + std::to_string(l));
    parts.scales.push_back(0.01F * static_cast<float>(l + 1));
    parts.biases.push_back(static_cast<float>(l) - 2);
  }
  parts.tags.resize(slots);
  parts.weights.resize(slots * bytes);
  for (std::size_t slot = 0; slot < slots; ++slot) {
    // Distinct within a bucket; small buckets make most n-grams of a text hit something.
    parts.tags[slot] = static_cast<std::uint16_t>(mix64(seed + slot) % 8191 * 8 + slot % 8 + 1);
    for (std::size_t l = 0; l < labels; ++l) {
      parts.weights[slot * bytes + l] =
          static_cast<std::int8_t>(static_cast<int>(mix64(seed + slot * 64 + l) % 255) - 127);
    }
  }
  return parts;
}

// Puts a weight at one n-gram.
void set_weight(ModelParts& parts, std::uint64_t hash, std::size_t label, std::int8_t weight) {
  const std::size_t slot = bucket_of(hash, parts.tags.size() / kBucketSlots - 1) * kBucketSlots;
  parts.tags[slot] = tag_of(hash);
  parts.weights[slot * row_bytes(parts.labels.size()) + label] = weight;
}

ModelParts empty_parts(std::size_t labels) {
  ModelParts parts = random_parts(labels, 10, 1);
  parts.tags.assign(parts.tags.size(), 0);
  parts.weights.assign(parts.weights.size(), 0);
  return parts;
}

TEST(Features, CountIsWhatIsVisited) {
  for (std::uint32_t low = 1; low <= kOrderMax; ++low) {
    for (std::uint32_t high = low; high <= kOrderMax; ++high) {
      const FeatureConfig features = {.order_min = low, .order_max = high};
      for (std::size_t size = 0; size < 9; ++size) {
        std::size_t visited = 0;
        for_each_ngram(std::u32string(size, U'x'), features,
                       [&](std::uint64_t, std::size_t begin, std::size_t end) {
                         ++visited;
                         EXPECT_LE(end, size + 2);
                         EXPECT_LT(begin, end);
                       });
        EXPECT_EQ(visited, ngram_count(size, features)) << low << high << size;
      }
    }
  }
}

TEST(Features, CaseIsFoldedWhenAskedFor) {
  const FeatureConfig folding;
  const FeatureConfig exact = {.case_folding = CaseFolding::kNone};
  EXPECT_EQ(hash_of(U"ABC", folding, 1, 4), hash_of(U"abc", folding, 1, 4));
  EXPECT_NE(hash_of(U"ABC", exact, 1, 4), hash_of(U"abc", exact, 1, 4));
  EXPECT_EQ(hash_of(U"[`@", folding, 1, 4), hash_of(U"[`@", exact, 1, 4));
}

TEST(Model, AddsTheWeightsOfItsNgrams) {
  ModelParts parts = empty_parts(2);
  const FeatureConfig features;
  set_weight(parts, hash_of(U"毒を", features, 1, 3), 0, 100);
  set_weight(parts, hash_of(U"毒", features, 1, 2), 1, 50);
  const Model model = must(Model::create(parts));
  std::array<float, 2> out;
  model.logits(U"毒を毒を", out);
  const float norm = 1 / std::sqrt(static_cast<float>(ngram_count(4, features)));
  EXPECT_FLOAT_EQ(out[0], -2 + 0.01F * norm * 200);
  EXPECT_FLOAT_EQ(out[1], -1 + 0.02F * norm * 100);
  model.logits(U"無関係", out);
  EXPECT_EQ(out[0], -2);
  model.logits(U"", out);
  EXPECT_EQ(out[1], -1);
}

// Long texts pass through the 16-bit partial sums many times.
TEST(Model, SumsAreExactOnLongTexts) {
  for (const std::size_t labels : {1u, 2u, 7u, 16u, 19u, 33u, 64u}) {
    ModelParts parts = empty_parts(labels);
    set_weight(parts, hash_of(U"あ", parts.features, 1, 2), labels - 1, -127);
    const Model model = must(Model::create(parts));
    std::vector<float> out(labels);
    model.logits(std::u32string(5000, U'あ'), out);
    const float norm = 1 / std::sqrt(static_cast<float>(ngram_count(5000, parts.features)));
    EXPECT_FLOAT_EQ(out.back(),
                    parts.biases.back() + parts.scales.back() * norm * (5000.0F * -127));
    if (labels > 1) EXPECT_EQ(out.front(), -2);
  }
}

TEST(Model, ScoreIsTheWorstView) {
  const Model model = must(Model::create(random_parts(19, 4, 7)));
  const std::array<std::u32string_view, 2> views = {U"一つ目の見方", U"another view"};
  std::array<float, 19> both, first, second;
  model.score(views, both);
  model.score(std::span(views).first(1), first);
  model.score(std::span(views).last(1), second);
  for (std::size_t l = 0; l < 19; ++l) {
    EXPECT_EQ(both[l], std::max(first[l], second[l]));
    EXPECT_GT(both[l], 0);
    EXPECT_LT(both[l], 1);
  }
}

TEST(Model, ContributionsSumToTheLogit) {
  const FeatureConfig features;
  const std::u32string text = U"東京タワーのふもとでABC 123、また会おう。";
  ModelParts known = empty_parts(5);
  for_each_ngram(text, features, [&](std::uint64_t hash, std::size_t begin, std::size_t) {
    set_weight(known, hash, 3, static_cast<std::int8_t>(static_cast<int>(begin * 37 % 255) - 127));
  });
  const Model model = must(Model::create(known));
  std::array<float, 5> out;
  model.logits(text, out);
  const std::vector<float> shares = model.contributions(text, 3);
  ASSERT_EQ(shares.size(), text.size());
  EXPECT_NEAR(std::accumulate(shares.begin(), shares.end(), model.bias(3)), out[3], 1e-4);
  EXPECT_TRUE(std::any_of(shares.begin(), shares.end(), [](float x) { return x != 0; }));
  EXPECT_TRUE(model.contributions(U"", 3).empty());
}

TEST(Model, ContributionsStandWhereTheNgramIs) {
  ModelParts parts = empty_parts(1);
  set_weight(parts, hash_of(U"bcd", parts.features, 1, 4), 0, 90);
  set_weight(parts, hash_of(U"f", parts.features, 1, 3), 0, 30);  // "f" and the end
  const Model model = must(Model::create(parts));
  const std::vector<float> shares = model.contributions(U"abcdef", 0);
  EXPECT_EQ(shares[0], 0);
  EXPECT_GT(shares[1], 0);
  EXPECT_EQ(shares[1], shares[3]);
  EXPECT_EQ(shares[4], 0);
  EXPECT_FLOAT_EQ(shares[5], shares[1]);  // 90 over three, 30 over one: the mark takes no share
}

TEST(Model, RefusesPartsThatBreakARule) {
  const ModelParts good = random_parts(3, 5, 3);
  ASSERT_TRUE(Model::create(good).ok());
  const auto refused = [&](auto&& change) {
    ModelParts parts = good;
    change(parts);
    const auto model = Model::create(parts);
    return !model.ok() && model.error().code == ErrorCode::kCorrupt;
  };
  EXPECT_TRUE(refused([](ModelParts& p) { p.features.order_min = 0; }));
  EXPECT_TRUE(refused([](ModelParts& p) { p.features.order_max = 7; }));
  EXPECT_TRUE(refused([](ModelParts& p) { p.features.order_min = 4; }));
  EXPECT_TRUE(refused([](ModelParts& p) { p.features.case_folding = CaseFolding{2}; }));
  EXPECT_TRUE(refused([](ModelParts& p) { p.labels.clear(); }));
  EXPECT_TRUE(refused([](ModelParts& p) { p.labels[0] = p.labels[1]; }));
  EXPECT_TRUE(refused([](ModelParts& p) { p.labels[0] = ""; }));
  EXPECT_TRUE(refused([](ModelParts& p) { p.labels[0] = "\xFF"; }));
  EXPECT_TRUE(refused([](ModelParts& p) { p.labels[0] = std::string(65, 'x'); }));
  EXPECT_TRUE(refused([](ModelParts& p) { p.scales[1] = -1; }));
  EXPECT_TRUE(refused([](ModelParts& p) { p.scales[1] = INFINITY; }));
  EXPECT_TRUE(refused([](ModelParts& p) { p.biases[2] = NAN; }));
  EXPECT_TRUE(refused([](ModelParts& p) { p.biases.pop_back(); }));
  EXPECT_TRUE(refused([](ModelParts& p) { p.slot_bits = 6; }));
  EXPECT_TRUE(refused([](ModelParts& p) { p.slot_bits = 40; }));
  EXPECT_TRUE(refused([](ModelParts& p) { p.tags[9] = p.tags[10]; }));
  EXPECT_TRUE(refused([](ModelParts& p) { p.tags[9] = 0; }));
  EXPECT_TRUE(refused([](ModelParts& p) { p.weights[0] = -128; }));
  EXPECT_TRUE(refused([](ModelParts& p) { p.weights[3] = 1; }));
}

TEST(Model, ScoresTheSameFromTwoThreads) {
  const Model model = must(Model::create(random_parts(19, 4, 5)));
  const std::u32string text = U"二つの糸から同じ答え";
  std::array<float, 19> a, b;
  std::thread other([&] { model.logits(text, a); });
  model.logits(text, b);
  other.join();
  EXPECT_EQ(a, b);
}

}  // namespace
}  // namespace sekisho::ngram
