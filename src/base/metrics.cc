#include "base/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>
#include <string_view>

namespace sekisho {
namespace {
constexpr int kFirstExponent = 4;  // 2^4 µs

std::string braces(const std::string& labels) {
  return labels.empty() ? "" : "{" + labels + "}";
}
std::string with_le(const std::string& labels, const std::string& le) {
  return "{" + labels + (labels.empty() ? "" : ",") + "le=\"" + le + "\"}";
}
}  // namespace

void Histogram::observe(std::int64_t duration_us) {
  const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(duration_us, 0));
  // The first bucket whose upper bound 2^(4+i) is not below the value.
  const int needed = value <= 1 ? 0 : std::bit_width(value - 1);
  const int index = std::clamp(needed - kFirstExponent, 0, kBuckets);
  buckets_[index].fetch_add(1, std::memory_order_relaxed);
  sum_us_.fetch_add(value, std::memory_order_relaxed);
}

Metrics::Entry& Metrics::add(Entry entry) {
  const MutexLock lock(mutex_);
  entries_.push_back(std::make_unique<Entry>(std::move(entry)));
  return *entries_.back();
}

Counter& Metrics::counter(std::string name, std::string help, std::string labels) {
  return *add({std::move(name), std::move(help), std::move(labels), std::make_unique<Counter>(),
               nullptr, nullptr})
              .counter;
}

Histogram& Metrics::histogram(std::string name, std::string help, std::string labels) {
  return *add({std::move(name), std::move(help), std::move(labels), nullptr,
               std::make_unique<Histogram>(), nullptr})
              .histogram;
}

void Metrics::gauge(std::string name, std::string help, std::function<double()> read,
                    std::string labels) {
  add({std::move(name), std::move(help), std::move(labels), nullptr, nullptr, std::move(read)});
}

void Metrics::print_histogram(const Entry& entry, std::string& out) {
  std::uint64_t total = 0;
  for (int i = 0; i <= Histogram::kBuckets; ++i) {
    total += entry.histogram->buckets_[i].load(std::memory_order_relaxed);
    const std::string bound =
        i == Histogram::kBuckets
            ? "+Inf"
            : fmt::format("{:g}", static_cast<double>(1ULL << (i + kFirstExponent)) / 1e6);
    out += fmt::format("{}_bucket{} {}\n", entry.name, with_le(entry.labels, bound), total);
  }
  const auto sum_us = entry.histogram->sum_us_.load(std::memory_order_relaxed);
  out += fmt::format("{}_sum{} {}\n", entry.name, braces(entry.labels),
                     static_cast<double>(sum_us) / 1e6);
  out += fmt::format("{}_count{} {}\n", entry.name, braces(entry.labels), total);
}

std::string Metrics::print() const {
  const MutexLock lock(mutex_);
  // Prometheus wants the lines of one name together; within a name, in order of making.
  std::multimap<std::string_view, const Entry*> sorted;
  for (const auto& entry : entries_) sorted.emplace(entry->name, entry.get());
  std::string out;
  std::string_view last_name;
  for (const auto& [name, entry] : sorted) {
    if (name != last_name) {
      const char* kind = entry->counter ? "counter" : entry->histogram ? "histogram" : "gauge";
      out +=
          fmt::format("# HELP {} {}\n# TYPE {} {}\n", entry->name, entry->help, entry->name, kind);
      last_name = name;
    }
    if (entry->counter) {
      out += fmt::format("{}{} {}\n", entry->name, braces(entry->labels), entry->counter->value());
    } else if (entry->histogram) {
      print_histogram(*entry, out);
    } else {
      out += fmt::format("{}{} {}\n", entry->name, braces(entry->labels), entry->gauge());
    }
  }
  return out;
}

}  // namespace sekisho
