#include "eval/metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace sekisho::eval {
namespace {

constexpr std::uint64_t kSeed = 20261124;

double ratio(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// Rows by falling score; equal scores stand together.
std::vector<Judged> by_score(std::vector<Judged> rows) {
  std::sort(rows.begin(), rows.end(),
            [](const Judged& a, const Judged& b) { return a.score > b.score; });
  return rows;
}

}  // namespace

Counts count(const std::vector<Judged>& rows) {
  Counts counts;
  for (const Judged& row : rows) {
    if (row.truth_unsafe) {
      ++(row.said_unsafe && !row.unjudged ? counts.true_positives : counts.false_negatives);
    } else {
      ++(row.said_unsafe || row.unjudged ? counts.false_positives : counts.true_negatives);
    }
  }
  return counts;
}

double precision(const Counts& counts) {
  return ratio(counts.true_positives, counts.true_positives + counts.false_positives);
}

double recall(const Counts& counts) {
  return ratio(counts.true_positives, counts.true_positives + counts.false_negatives);
}

double f1(const Counts& counts) {
  return ratio(2 * counts.true_positives,
               2 * counts.true_positives + counts.false_positives + counts.false_negatives);
}

double false_positive_rate(const Counts& counts) {
  return ratio(counts.false_positives, counts.false_positives + counts.true_negatives);
}

double auc(const std::vector<Judged>& rows) {
  const std::vector<Judged> sorted = by_score(rows);
  double wins = 0;
  double positives_above = 0;
  double negatives = 0;
  for (std::size_t i = 0; i < sorted.size();) {
    double tied_positives = 0;
    double tied_negatives = 0;
    std::size_t j = i;
    for (; j < sorted.size() && sorted[j].score == sorted[i].score; ++j) {
      ++(sorted[j].truth_unsafe ? tied_positives : tied_negatives);
    }
    wins += tied_negatives * (positives_above + tied_positives / 2);
    positives_above += tied_positives;
    negatives += tied_negatives;
    i = j;
  }
  if (positives_above == 0 || negatives == 0) return std::numeric_limits<double>::quiet_NaN();
  return wins / (positives_above * negatives);
}

double average_precision(const std::vector<Judged>& rows) {
  const std::vector<Judged> sorted = by_score(rows);
  double found = 0;
  double area = 0;
  for (std::size_t i = 0; i < sorted.size();) {
    double tied_positives = 0;
    std::size_t j = i;
    for (; j < sorted.size() && sorted[j].score == sorted[i].score; ++j) {
      tied_positives += sorted[j].truth_unsafe;
    }
    found += tied_positives;
    area += tied_positives * found / static_cast<double>(j);
    i = j;
  }
  return found == 0 ? std::numeric_limits<double>::quiet_NaN() : area / found;
}

double expected_calibration_error(const std::vector<Judged>& rows) {
  double scores[kEceBins] = {};
  double unsafe[kEceBins] = {};
  for (const Judged& row : rows) {
    const auto bin = std::min(kEceBins - 1, static_cast<std::size_t>(row.score * kEceBins));
    scores[bin] += row.score;
    unsafe[bin] += row.truth_unsafe;
  }
  // Σ (n/N)·|mean score − share unsafe|: the n cancels.
  double gap = 0;
  for (std::size_t bin = 0; bin < kEceBins; ++bin) gap += std::abs(scores[bin] - unsafe[bin]);
  return rows.empty() ? 0 : gap / static_cast<double>(rows.size());
}

Interval bootstrap(const std::vector<Judged>& rows,
                   const std::function<double(const std::vector<Judged>&)>& metric) {
  std::mt19937_64 random(kSeed);
  std::vector<double> values;
  values.reserve(kResamples);
  std::vector<Judged> sample(rows.size());
  for (std::size_t i = 0; i < kResamples && !rows.empty(); ++i) {
    // The remainder's bias is below 1e-14 for any data set that fits in memory.
    for (Judged& row : sample) row = rows[random() % rows.size()];
    const double value = metric(sample);
    if (std::isfinite(value)) values.push_back(value);
  }
  const double value = metric(rows);
  if (values.empty()) return {value, value, value};
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
  };
  return {value, at(0.025), at(0.975)};
}

}  // namespace sekisho::eval
