#include "engine/ngram/solver.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/hash.h"

namespace sekisho::ngram {
namespace {

// Fisher-Yates over a counter-based generator: the same order on every platform.
void shuffle(std::span<std::uint32_t> items, std::uint64_t seed) {
  for (std::size_t i = items.size(); i > 1; --i) {
    std::swap(items[i - 1], items[mix64(seed + i) % i]);
  }
}

// The state of dual coordinate descent: one dual value a row.
class DualDescent {
 public:
  DualDescent(const ClassifierTask& task, LinearClassifier& model)
      : task_(task), model_(model), dual_(task.x.rows()), curvature_(task.x.rows()) {
    for (const std::uint32_t row : task.rows) {
      double sum = 1;  // of the bias
      for (std::size_t k = task.x.starts[row]; k < task.x.starts[row + 1]; ++k) {
        const double value = task.x.values[k];
        sum += value * value * task.column_variances[task.x.columns[k]];
      }
      curvature_[row] = sum + 0.5 / task.costs[row];
    }
  }

  bool at_zero(std::uint32_t row) const { return dual_[row] == 0; }
  double gradient(std::uint32_t row) const {
    return task_.signs[row] * model_.margin(task_.x, row) - 1 + dual_[row] * 0.5 / task_.costs[row];
  }
  void step(std::uint32_t row, double gradient) {
    const double before = dual_[row];
    dual_[row] = std::max(before - gradient / curvature_[row], 0.0);
    const double change = (dual_[row] - before) * task_.signs[row];
    if (change == 0) return;
    model_.bias += change;
    for (std::size_t k = task_.x.starts[row]; k < task_.x.starts[row + 1]; ++k) {
      const std::uint32_t column = task_.x.columns[k];
      model_.weights[column] +=
          static_cast<float>(change * task_.x.values[k]) * task_.column_variances[column];
    }
  }

 private:
  const ClassifierTask& task_;
  LinearClassifier& model_;
  std::vector<double> dual_;
  std::vector<double> curvature_;
};

double log_one_plus_exp(double x) {
  return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

}  // namespace

double LinearClassifier::margin(const SparseRows& x, std::size_t row) const {
  double sum = bias;
  for (std::size_t k = x.starts[row]; k < x.starts[row + 1]; ++k) {
    sum += static_cast<double>(weights[x.columns[k]]) * x.values[k];
  }
  return sum;
}

LinearClassifier fit_classifier(const ClassifierTask& task, const SolverOptions& options) {
  LinearClassifier model;
  model.weights.resize(task.column_variances.size());
  DualDescent descent(task, model);
  std::vector<std::uint32_t> order(task.rows.begin(), task.rows.end());
  std::size_t active = order.size();
  const double infinity = std::numeric_limits<double>::infinity();
  double shrink_above = infinity;
  for (int pass = 0; pass < options.passes_max; ++pass) {
    shuffle(std::span(order).first(active), mix64(options.seed) + static_cast<std::uint64_t>(pass));
    double largest = -infinity;
    double smallest = infinity;
    for (std::size_t i = 0; i < active;) {
      const std::uint32_t row = order[i];
      const double gradient = descent.gradient(row);
      double projected = gradient;
      if (descent.at_zero(row)) {
        if (gradient > shrink_above) {
          std::swap(order[i], order[--active]);
          continue;
        }
        projected = std::min(gradient, 0.0);
      }
      largest = std::max(largest, projected);
      smallest = std::min(smallest, projected);
      if (std::abs(projected) > 1e-12) descent.step(row, gradient);
      ++i;
    }
    if (active == 0 || largest - smallest <= options.tolerance) {
      if (active == order.size()) break;
      active = order.size();  // once more over all rows, to be sure of the shrunk ones
      shrink_above = infinity;
      continue;
    }
    shrink_above = largest > 0 ? largest : infinity;
  }
  return model;
}

Calibration fit_calibration(std::span<const double> margins, std::span<const std::int8_t> signs,
                            std::span<const double> weights) {
  double positive = 0;
  double negative = 0;
  for (std::size_t i = 0; i < margins.size(); ++i) {
    (signs[i] > 0 ? positive : negative) += weights[i];
  }
  const double high = (positive + 1) / (positive + 2);
  const double low = 1 / (negative + 2);
  const auto loss = [&](const Calibration& at) {
    double sum = 0;
    for (std::size_t i = 0; i < margins.size(); ++i) {
      const double z = at.slope * margins[i] + at.offset;
      const double target = signs[i] > 0 ? high : low;
      sum += weights[i] * (log_one_plus_exp(z) - target * z);
    }
    return sum;
  };
  Calibration best = {.slope = 1, .offset = std::log((positive + 1) / (negative + 1))};
  double best_loss = loss(best);
  for (int iteration = 0; iteration < 100; ++iteration) {
    double g1 = 0, g2 = 0, h11 = 1e-9, h22 = 1e-9, h21 = 0;
    for (std::size_t i = 0; i < margins.size(); ++i) {
      const double p = 1 / (1 + std::exp(-(best.slope * margins[i] + best.offset)));
      const double error = weights[i] * (p - (signs[i] > 0 ? high : low));
      const double bend = weights[i] * p * (1 - p);
      g1 += error * margins[i];
      g2 += error;
      h11 += bend * margins[i] * margins[i];
      h21 += bend * margins[i];
      h22 += bend;
    }
    const double determinant = h11 * h22 - h21 * h21;
    if (std::hypot(g1, g2) < 1e-7 || !(determinant > 0)) break;
    const double d1 = -(h22 * g1 - h21 * g2) / determinant;
    const double d2 = -(h11 * g2 - h21 * g1) / determinant;
    double step = 1;
    for (; step > 1e-10; step /= 2) {
      const Calibration next = {.slope = best.slope + step * d1, .offset = best.offset + step * d2};
      const double next_loss = loss(next);
      if (next_loss < best_loss) {
        best = next;
        best_loss = next_loss;
        break;
      }
    }
    if (step <= 1e-10) break;
  }
  // A margin that says nothing, or the opposite, must not turn the order of texts around.
  best.slope = std::max(best.slope, 1e-3);
  return best;
}

}  // namespace sekisho::ngram
