// Solvers of the training: a linear classifier of two classes, and Platt's calibration.
// Thread safety: pure functions. Deterministic: same arguments, same bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sekisho::ngram {

// A sparse matrix by rows: row i is columns[k], values[k] for k in [starts[i], starts[i + 1]).
struct SparseRows {
  std::vector<std::size_t> starts = {0};
  std::vector<std::uint32_t> columns;
  std::vector<float> values;

  std::size_t rows() const { return starts.size() - 1; }
};

struct ClassifierTask {
  const SparseRows& x;
  std::span<const std::uint32_t> rows;      // the rows to learn from
  std::span<const std::int8_t> signs;       // +1 or -1, a row of x each
  std::span<const double> costs;            // > 0, a row of x each
  std::span<const float> column_variances;  // a column each; see below
};

struct SolverOptions {
  std::uint64_t seed = 1;
  int passes_max = 60;
  double tolerance = 0.1;  // of the projected gradient, as in LIBLINEAR
};

struct LinearClassifier {
  std::vector<float> weights;  // a column each
  double bias = 0;

  double margin(const SparseRows& x, std::size_t row) const;
};

// Minimises  sum_j w_j^2 / (2 v_j) + b^2 / 2 + sum_i c_i max(0, 1 - s_i (w x_i + b))^2  by dual
// coordinate descent with shrinking (Hsieh et al. 2008, algorithm 3 with L2 loss). v_j, the column
// variance, is how far a priori column j may matter; a column with v_j = 0 keeps weight 0.
LinearClassifier fit_classifier(const ClassifierTask& task, const SolverOptions& options);

// probability = 1 / (1 + exp(-(slope * margin + offset))), slope > 0.
struct Calibration {
  double slope = 1;
  double offset = 0;
};

// Platt's sigmoid by Newton's method with backtracking and his smoothed targets (Lin, Lin and Weng
// 2007), with a weight for each margin.
Calibration fit_calibration(std::span<const double> margins, std::span<const std::int8_t> signs,
                            std::span<const double> weights);

}  // namespace sekisho::ngram
