// Metrics of a binary judge: precision, recall, F1, AUC, AUPRC, ECE, with bootstrap intervals.
//
// The positive class is "unsafe". A text that was not judged counts as a miss where it is unsafe
// and as a false alarm where it is safe: nothing is gained by not judging. Formulas: AUC is the
// Mann-Whitney statistic with ties counted half; AUPRC is average precision (Σ ΔR·P, ties
// together); ECE has kEceBins bins of equal width over the score (Naeini et al. 2015); intervals
// are percentile bootstrap (Efron 1979) over rows, kResamples resamples, fixed seed. Thread safety:
// pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace sekisho::eval {

struct Judged {
  bool truth_unsafe = false;
  bool said_unsafe = false;
  bool unjudged = false;
  double score = 0;  // probability of unsafe
};

struct Counts {
  std::size_t true_positives = 0;
  std::size_t false_positives = 0;
  std::size_t true_negatives = 0;
  std::size_t false_negatives = 0;
};

Counts count(const std::vector<Judged>& rows);

// 0 when nothing was said or nothing was there; `false_positive_rate` likewise.
double precision(const Counts& counts);
double recall(const Counts& counts);
double f1(const Counts& counts);
double false_positive_rate(const Counts& counts);

// Need both classes; NaN otherwise.
double auc(const std::vector<Judged>& rows);
double average_precision(const std::vector<Judged>& rows);

inline constexpr std::size_t kEceBins = 10;
double expected_calibration_error(const std::vector<Judged>& rows);

struct Interval {
  double value = 0;
  double low = 0;   // 2.5 %
  double high = 0;  // 97.5 %
};

inline constexpr std::size_t kResamples = 1000;
Interval bootstrap(const std::vector<Judged>& rows,
                   const std::function<double(const std::vector<Judged>&)>& metric);

}  // namespace sekisho::eval
