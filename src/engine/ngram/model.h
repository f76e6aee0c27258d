// Model: linear scores of several labels over the character n-grams of a text.
//
//   logit_l(x) = bias_l + scale_l * sum_j weight_jl * x_j       (x: see features.h)
//   probability_l = 1 / (1 + exp(-logit_l))
//
// weight is int8, scale and bias are floats; the calibration (Platt) is folded into both.
//
// Only n-grams that training chose have weights. They live in a table of buckets of kBucketSlots
// slots: bits 32.. of an n-gram's hash choose the bucket, its low 16 bits are its tag (never 0:
// that is an empty slot). All tags together fit the second-level cache, and only a tag that is
// found touches its row of weights, one cache line, so that an unknown n-gram costs one compare.
// Two n-grams with one bucket and tag share a row: 1 in 8,000 unknown ones meets a stranger's.
//
// Thread safety: immutable after create; every method may be called from several threads.
// Memory: the table, slots * (2 + row_bytes); scoring allocates nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/ngram/features.h"

namespace sekisho::ngram {

inline constexpr std::size_t kLabelsMax = 64;
inline constexpr std::size_t kLabelBytesMax = 64;
inline constexpr std::size_t kBucketSlots = 8;
inline constexpr std::uint32_t kSlotBitsMin = 3;
inline constexpr std::uint32_t kSlotBitsMax = 20;

// Bytes of one row: the labels, padded with zeros so that rows never straddle cache lines oddly.
constexpr std::size_t row_bytes(std::size_t labels) {
  std::size_t bytes = 1;
  while (bytes < labels && bytes < 16) bytes *= 2;
  return bytes < labels ? (labels + 15) / 16 * 16 : bytes;
}

struct ModelParts {
  FeatureConfig features;
  std::vector<std::string> labels;  // 1 to kLabelsMax, distinct UTF-8 of 1 to kLabelBytesMax bytes
  std::vector<float> scales;        // a label each; finite, >= 0
  std::vector<float> biases;        // a label each; finite
  std::uint32_t slot_bits = kSlotBitsMin;
  std::vector<std::uint16_t> tags;   // 2^slot_bits
  std::vector<std::int8_t> weights;  // [slot][row_bytes(labels)], never -128; zero where tag is 0
};

class Model {
 public:
  // kCorrupt, naming the rule, when `parts` break one of those above.
  static Result<Model> create(ModelParts parts);

  const std::vector<std::string>& labels() const { return parts_.labels; }
  const ModelParts& parts() const { return parts_; }
  // Hex of the SHA-256 of the model's file.
  const std::string& digest() const { return digest_; }

  // Writes labels().size() numbers to `out`.
  void logits(std::u32string_view text, std::span<float> out) const;
  // Calibrated probabilities; per label the largest over all `views` (at least one).
  void score(std::span<const std::u32string_view> views, std::span<float> out) const;

  // What every code point of `text` adds to the logit of label `label`: each n-gram's part, spread
  // evenly over the code points it covers. bias(label) + the sum is the logit.
  std::vector<float> contributions(std::u32string_view text, std::size_t label) const;
  float bias(std::size_t label) const { return parts_.biases[label]; }

  static float probability(float logit);

 private:
  explicit Model(ModelParts parts);
  void sum_rows(std::u32string_view text, std::array<std::int32_t, kLabelsMax>& sums) const;

  ModelParts parts_;
  std::size_t row_bytes_;
  std::size_t bucket_mask_;
  std::string digest_;
};

// Where an n-gram lives: shared by scoring and by the builder of the table.
constexpr std::uint16_t tag_of(std::uint64_t hash) {
  const auto tag = static_cast<std::uint16_t>(hash);
  return tag == 0 ? std::uint16_t{1} : tag;
}
constexpr std::size_t bucket_of(std::uint64_t hash, std::size_t bucket_mask) {
  return static_cast<std::size_t>(hash >> 32) & bucket_mask;
}

}  // namespace sekisho::ngram
