// Metrics: counters, gauges and histograms, printed in Prometheus' text format 0.0.4.
//
// A metric is made once, at start, and lives as long as its registry; adding to it is one relaxed
// atomic operation. Names and labels are ours, never from requests.
// Thread safety: everything may be called from several threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"

namespace sekisho {

class Counter {
 public:
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// Durations in microseconds, in buckets that double: 16 µs, 32 µs, … 16.8 s.
class Histogram {
 public:
  static constexpr int kBuckets = 21;
  void observe(std::int64_t duration_us);

 private:
  friend class Metrics;
  std::atomic<std::uint64_t> buckets_[kBuckets + 1]{};
  std::atomic<std::uint64_t> sum_us_{0};
};

class Metrics {
 public:
  // `labels` as written between the braces: side="input",outcome="safe". Metrics of one name
  // share help and kind.
  Counter& counter(std::string name, std::string help, std::string labels = {});
  Histogram& histogram(std::string name, std::string help, std::string labels = {});
  // Read at every print.
  void gauge(std::string name, std::string help, std::function<double()> read,
             std::string labels = {});

  std::string print() const;

 private:
  struct Entry {
    std::string name, help, labels;
    std::unique_ptr<Counter> counter;
    std::unique_ptr<Histogram> histogram;
    std::function<double()> gauge;
  };
  static void print_histogram(const Entry& entry, std::string& out);
  Entry& add(Entry entry);

  mutable Mutex mutex_;
  std::vector<std::unique_ptr<Entry>> entries_ GUARDED_BY(mutex_);
};

}  // namespace sekisho
