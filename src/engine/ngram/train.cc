#include "engine/ngram/train.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <thread>
#include <utility>

#include "base/hash.h"
#include "base/mutex.h"
#include "engine/ngram/dictionary.h"
#include "engine/ngram/solver.h"

namespace sekisho::ngram {
namespace {

constexpr double kLoadMax = 0.8;
constexpr double kSmoothing = 0.3;  // of the frequencies in a log-ratio

std::uint64_t all_labels(std::size_t labels) {
  return labels == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << labels) - 1;
}

Status check_options(const TrainOptions& options) {
  const FeatureConfig& features = options.features;
  if (options.labels.empty() || options.labels.size() > kLabelsMax) {
    return unprocessable("a model has 1 to 64 labels", "labels");
  }
  if (features.order_min < 1 || features.order_min > features.order_max ||
      features.order_max > kOrderMax) {
    return unprocessable("n-gram orders are 1 to 6, the smaller first", "features");
  }
  if (options.slot_bits < kSlotBitsMin || options.slot_bits > kSlotBitsMax) {
    return unprocessable("a table has 2^3 to 2^20 slots", "slot_bits");
  }
  if (!(options.penalty_inverse > 0) || !(options.contrast_power >= 0) ||
      !(options.rarity_power >= 0) || !(options.balance >= 0) ||
      !(options.calibration_balance >= 0) || !(options.frequency_min >= 0)) {
    return unprocessable("the numbers of a training are not negative", "options");
  }
  if (options.folds < 2 || options.folds > 20 || options.threads < 1 || options.threads > 64) {
    return unprocessable("a training has 2 to 20 folds and 1 to 64 threads", "folds");
  }
  return ok_status();
}

Status check_examples(std::span<const Example> examples, const TrainOptions& options) {
  const std::uint64_t known = all_labels(options.labels.size());
  std::uint64_t somewhere = 0;
  std::uint64_t everywhere = known;
  for (const Example& example : examples) {
    if (example.text.empty()) return unprocessable("an example has no text", "text");
    if (!(example.weight > 0) || !std::isfinite(example.weight)) {
      return unprocessable("an example's weight must be positive", "weight");
    }
    if ((example.labels & ~known) != 0) return unprocessable("unknown label bit", "labels");
    somewhere |= example.labels;
    everywhere &= example.labels;
  }
  for (std::size_t label = 0; label < options.labels.size(); ++label) {
    if ((somewhere >> label & 1) == 0 || (everywhere >> label & 1) != 0) {
      return unprocessable(
          "label " + options.labels[label] + " needs examples with it and without it", "labels");
    }
  }
  return ok_status();
}

struct LabelResult {
  LinearClassifier classifier;
  Calibration calibration;
  std::vector<double> held_out;  // margins, an example each
};

// Everything that the classifiers share.
class Trainer {
 public:
  Trainer(std::span<const Example> examples, const TrainOptions& options)
      : examples_(examples),
        options_(options),
        dictionary_(build_dictionary(
            examples, options.features, options.frequency_min,
            static_cast<std::size_t>(kLoadMax * static_cast<double>(1u << options.slot_bits)))) {
    for (const Example& example : examples) {
      total_weight_ += example.weight;
      const std::uint64_t draw = mix64(example.group ^ mix64(options.seed));
      folds_.push_back(static_cast<int>(draw % static_cast<std::uint64_t>(options.folds)));
    }
  }

  const Dictionary& dictionary() const { return dictionary_; }

  LabelResult fit(std::size_t label, const std::function<void()>& on_classifier) const {
    std::vector<std::int8_t> signs;
    for (const Example& example : examples_) {
      signs.push_back((example.labels >> label & 1) != 0 ? 1 : -1);
    }
    LabelResult result;
    result.held_out.resize(examples_.size());
    for (int fold = 0; fold < options_.folds; ++fold) {
      const LinearClassifier part = fit_without(fold, signs);
      for (std::size_t i = 0; i < examples_.size(); ++i) {
        if (folds_[i] == fold) result.held_out[i] = part.margin(dictionary_.rows, i);
      }
      on_classifier();
    }
    result.classifier = fit_without(-1, signs);
    std::vector<std::uint32_t> all(examples_.size());
    std::iota(all.begin(), all.end(), 0u);
    result.calibration =
        fit_calibration(result.held_out, signs, balanced(all, signs, options_.calibration_balance));
    on_classifier();
    return result;
  }

 private:
  LinearClassifier fit_without(int fold, std::span<const std::int8_t> signs) const {
    std::vector<std::uint32_t> rows;
    for (std::uint32_t i = 0; i < examples_.size(); ++i) {
      if (folds_[i] != fold) rows.push_back(i);
    }
    std::vector<double> costs = balanced(rows, signs, options_.balance);
    for (double& cost : costs) cost *= options_.penalty_inverse;
    const std::vector<float> variances = column_variances(rows, signs);
    return fit_classifier({.x = dictionary_.rows,
                           .rows = rows,
                           .signs = signs,
                           .costs = costs,
                           .column_variances = variances},
                          {.seed = options_.seed});
  }

  // The examples' weights, those of positives times (negatives / positives)^power.
  std::vector<double> balanced(std::span<const std::uint32_t> rows,
                               std::span<const std::int8_t> signs, double power) const {
    double positive = 0;
    double negative = 0;
    for (const std::uint32_t row : rows) {
      (signs[row] > 0 ? positive : negative) += examples_[row].weight;
    }
    const double factor = positive > 0 && negative > 0 ? std::pow(negative / positive, power) : 1.0;
    std::vector<double> weights(examples_.size());
    for (std::size_t i = 0; i < examples_.size(); ++i) {
      weights[i] = examples_[i].weight * (signs[i] > 0 ? factor : 1.0);
    }
    return weights;
  }

  std::vector<float> column_variances(std::span<const std::uint32_t> rows,
                                      std::span<const std::int8_t> signs) const {
    const std::size_t columns = dictionary_.hashes.size();
    const SparseRows& x = dictionary_.rows;
    std::vector<double> with(columns, kSmoothing);
    std::vector<double> without(columns, kSmoothing);
    for (const std::uint32_t row : rows) {
      std::vector<double>& side = signs[row] > 0 ? with : without;
      for (std::size_t k = x.starts[row]; k < x.starts[row + 1]; ++k) {
        side[x.columns[k]] += examples_[row].weight;
      }
    }
    const double shift = std::log(std::accumulate(without.begin(), without.end(), 0.0) /
                                  std::accumulate(with.begin(), with.end(), 0.0));
    std::vector<double> variances(columns);
    double sum = 0;
    for (std::size_t j = 0; j < columns; ++j) {
      const double ratio = std::abs(std::log(with[j] / without[j]) + shift);
      const double rarity = std::log1p(total_weight_ / dictionary_.text_weights[j]);
      variances[j] = std::pow(ratio, 2 * options_.contrast_power) *
                     std::pow(rarity, 2 * options_.rarity_power);
      sum += variances[j];
    }
    std::vector<float> scaled(columns);
    for (std::size_t j = 0; j < columns; ++j) {
      scaled[j] = static_cast<float>(variances[j] * static_cast<double>(columns) / sum);
    }
    return scaled;
  }

  std::span<const Example> examples_;
  const TrainOptions& options_;
  Dictionary dictionary_;
  double total_weight_ = 0;
  std::vector<int> folds_;
};

// Every label's classifier, by `threads` workers that take the next label in turn.
std::vector<LabelResult> fit_all(const Trainer& trainer, const TrainOptions& options) {
  std::vector<LabelResult> results(options.labels.size());
  std::atomic<std::size_t> next = 0;
  Mutex progress_mutex;
  TrainProgress progress = {.done = 0,
                            .all = results.size() * (static_cast<std::size_t>(options.folds) + 1)};
  const auto on_classifier = [&] {
    const MutexLock lock(progress_mutex);
    ++progress.done;
    if (options.on_progress) options.on_progress(progress);
  };
  const auto work = [&] {
    for (std::size_t label = next++; label < results.size(); label = next++) {
      results[label] = trainer.fit(label, on_classifier);
    }
  };
  std::vector<std::thread> workers;
  for (int i = 1; i < options.threads; ++i) workers.emplace_back(work);
  work();
  for (std::thread& worker : workers) worker.join();
  return results;
}

// The indices of `values`, the largest first, equal ones as they stand.
template <typename T>
std::vector<std::uint32_t> descending(const std::vector<T>& values) {
  std::vector<std::uint32_t> order(values.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return values[a] != values[b] ? values[a] > values[b] : a < b;
  });
  return order;
}

// Fills the table, most important n-grams first; one whose bucket is full or whose tag is taken is
// left out. Returns how many have a slot.
std::size_t fill_table(const Dictionary& dictionary, std::span<const LabelResult> results,
                       ModelParts& parts) {
  const std::size_t columns = dictionary.hashes.size();
  const std::size_t slots = std::size_t{1} << parts.slot_bits;
  const std::size_t bytes = row_bytes(parts.labels.size());
  parts.tags.assign(slots, 0);
  parts.weights.assign(slots * bytes, 0);
  std::vector<float> units;  // of one step of a weight, a label each
  std::vector<double> importance(columns);
  for (std::size_t l = 0; l < results.size(); ++l) {
    float largest = 0;
    for (const float weight : results[l].classifier.weights) {
      largest = std::max(largest, std::abs(weight));
    }
    units.push_back(largest > 0 ? largest / 127 : 1.0F);
    const auto slope = static_cast<float>(results[l].calibration.slope);
    parts.scales.push_back(units.back() * slope);
    parts.biases.push_back(static_cast<float>(results[l].classifier.bias) * slope +
                           static_cast<float>(results[l].calibration.offset));
    for (std::size_t j = 0; j < columns; ++j) {
      importance[j] = std::max<double>(importance[j],
                                       std::abs(results[l].classifier.weights[j]) / units.back());
    }
  }
  const std::vector<std::uint32_t> order = descending(importance);
  std::size_t placed = 0;
  for (const std::uint32_t j : order) {
    if (importance[j] < 0.5) break;  // would round to zero everywhere
    const std::uint64_t hash = dictionary.hashes[j];
    const std::uint16_t tag = tag_of(hash);
    const std::size_t base = bucket_of(hash, slots / kBucketSlots - 1) * kBucketSlots;
    std::size_t slot = base;
    while (slot < base + kBucketSlots && parts.tags[slot] != 0 && parts.tags[slot] != tag) ++slot;
    if (slot == base + kBucketSlots || parts.tags[slot] == tag) continue;
    parts.tags[slot] = tag;
    for (std::size_t l = 0; l < results.size(); ++l) {
      parts.weights[slot * bytes + l] =
          static_cast<std::int8_t>(std::lround(results[l].classifier.weights[j] / units[l]));
    }
    ++placed;
  }
  return placed;
}

LabelReport report_of(std::span<const Example> examples, std::size_t label,
                      std::span<const float> held_out, std::size_t labels) {
  LabelReport report;
  std::vector<float> probabilities;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    probabilities.push_back(held_out[i * labels + label]);
  }
  double positive = 0;
  for (const Example& example : examples) {
    if ((example.labels >> label & 1) == 0) continue;
    positive += example.weight;
    ++report.positives;
  }
  double taken = 0;
  double hit = 0;
  for (const std::uint32_t i : descending(probabilities)) {
    taken += examples[i].weight;
    if ((examples[i].labels >> label & 1) == 0) continue;
    hit += examples[i].weight;
    report.average_precision += hit / taken * examples[i].weight / positive;
    const double f1 = 2 * hit / (taken + positive);
    if (f1 > report.f1_best) {
      report.f1_best = f1;
      report.threshold_best = probabilities[i];
    }
  }
  return report;
}

}  // namespace

Result<Trained> train(std::span<const Example> examples, const TrainOptions& options) {
  CHECK_OK(check_options(options));
  CHECK_OK(check_examples(examples, options));
  const Trainer trainer(examples, options);
  const std::vector<LabelResult> results = fit_all(trainer, options);
  ModelParts parts;
  parts.features = options.features;
  parts.labels = options.labels;
  parts.slot_bits = options.slot_bits;
  const std::size_t placed = fill_table(trainer.dictionary(), results, parts);
  TRY(Model model, Model::create(std::move(parts)));
  const std::size_t labels = options.labels.size();
  std::vector<float> held_out(examples.size() * labels);
  for (std::size_t l = 0; l < labels; ++l) {
    const Calibration& calibration = results[l].calibration;
    for (std::size_t i = 0; i < examples.size(); ++i) {
      held_out[i * labels + l] = Model::probability(
          static_cast<float>(calibration.slope * results[l].held_out[i] + calibration.offset));
    }
  }
  std::vector<LabelReport> reports;
  for (std::size_t l = 0; l < labels; ++l) {
    reports.push_back(report_of(examples, l, held_out, labels));
  }
  return Trained{std::move(model), placed, std::move(reports), std::move(held_out)};
}

Result<Model> train_head(const HeadExamples& examples, const FeatureConfig& features) {
  constexpr float kHalfWeight = 0.5F;
  constexpr float kBackgroundWeight = 200;
  std::vector<Example> rows;
  const auto add = [&](std::u32string_view text, std::uint64_t labels, float weight) {
    rows.push_back({std::u32string(text), labels, rows.size(), weight});
  };
  for (const std::u32string& text : examples.positives) add(text, 1, 1);
  for (const std::u32string& text : examples.words) add(text, 1, kHalfWeight);
  if (!examples.definition.empty()) add(examples.definition, 1, kHalfWeight);
  for (const std::u32string& text : examples.negatives) add(text, 0, 1);
  const float background =
      kBackgroundWeight /
      std::max<float>(kBackgroundWeight, static_cast<float>(examples.background.size()));
  for (const std::u32string& text : examples.background) add(text, 0, background);
  TrainOptions options;
  options.labels = {examples.label};
  options.features = features;
  options.slot_bits = 15;
  options.frequency_min = kHalfWeight;  // whatever one example holds
  TRY(Trained trained, train(rows, options));
  return std::move(trained.model);
}

}  // namespace sekisho::ngram
