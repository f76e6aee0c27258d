// Dictionary of a training: which n-grams become columns, and the texts as rows over them.
// Thread safety: plain values; build is a pure function.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/ngram/solver.h"
#include "engine/ngram/train.h"

namespace sekisho::ngram {

struct Dictionary {
  std::vector<std::uint64_t> hashes;  // a column each, ascending
  std::vector<double> text_weights;   // a column each: total weight of the texts with it
  SparseRows rows;                    // an example each: x of features.h
};

// Keeps n-grams in texts of a total weight of at least `frequency_min`; of these, when they are
// more than `columns_max`, the most frequent.
Dictionary build_dictionary(std::span<const Example> examples, const FeatureConfig& features,
                            double frequency_min, std::size_t columns_max);

}  // namespace sekisho::ngram
