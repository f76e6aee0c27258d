// Training: a Model from labelled texts. One classifier a label, each against all other texts.
//
// A label's classifier has the squared hinge loss and an L2 penalty in which n-gram j may matter as
// much as  |log-ratio of its frequency with and without the label|^contrast_power times
// log(1 + texts / texts with it)^rarity_power  says (the first after Wang and Manning 2012). Its
// margin becomes a probability by Platt's sigmoid, fitted on texts that a model trained without
// their group has judged (`folds`-fold), so never on texts it learned from.
// Why these and not others: docs/formats/ngram-model.md, "How the defaults were chosen".
//
// Thread safety: pure functions; `threads` of their own. Deterministic: same examples in the same
// order and same options give the same model, whatever the number of threads.
// Memory: about 16 bytes an n-gram of all texts, and 12 bytes a kept n-gram and label.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/ngram/model.h"

namespace sekisho::ngram {

struct Example {
  std::u32string text;       // normalised as texts to be scored will be
  std::uint64_t labels = 0;  // bit l: label l applies
  std::uint64_t group = 0;   // examples of one group are never on both sides of a fold
  float weight = 1;          // > 0; small for the many texts of a background
};

struct TrainProgress {
  std::size_t done = 0;  // classifiers
  std::size_t all = 0;
};

struct TrainOptions {
  std::vector<std::string> labels;
  FeatureConfig features;
  std::uint32_t slot_bits = 17;  // at most 80 % of the slots are filled
  double penalty_inverse = 2;    // "C": larger fits the examples more closely
  double contrast_power = 0.25;
  double rarity_power = 1.25;
  double balance = 1;              // positives weigh (negatives / positives)^balance in the loss …
  double calibration_balance = 0;  // … and here in the calibration: 0 keeps the examples' base rate
  double frequency_min = 2;        // an n-gram needs this total weight of texts
  int folds = 5;
  int threads = 1;
  std::uint64_t seed = 1;
  std::function<void(const TrainProgress&)> on_progress;  // from any thread, one at a time
};

// What the held-out folds say about one label, each example counted with its weight.
struct LabelReport {
  std::size_t positives = 0;
  double average_precision = 0;
  double f1_best = 0;
  double threshold_best = 0;  // the probability at which F1 is best
};

struct Trained {
  Model model;
  std::size_t ngrams = 0;            // that have weights
  std::vector<LabelReport> reports;  // a label each
  // Calibrated probability of example i for label l when held out: [i * labels + l].
  std::vector<float> held_out;
};

// Fails with kUnprocessable when the options are out of range, an example is empty or has a bit
// that is no label's, a weight is not positive, or a label has no positive or no negative example.
Result<Trained> train(std::span<const Example> examples, const TrainOptions& options);

// A small model of one label: a head that somebody defines later. `definition` and `words` count as
// positive texts of half the weight; `background` are texts of all kinds that have little to do
// with it (some hundred or more), of the total weight of at most 200 examples. Its probability is
// calibrated for the base rate that these weights make: few texts are what a head looks for.
struct HeadExamples {
  std::string label;
  std::span<const std::u32string> positives;  // at least 1
  std::span<const std::u32string> negatives;
  std::span<const std::u32string> words;
  std::u32string_view definition;
  std::span<const std::u32string> background;
};
Result<Model> train_head(const HeadExamples& examples, const FeatureConfig& features = {});

}  // namespace sekisho::ngram
