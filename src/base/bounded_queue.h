// BoundedQueue<T>: many producers, one consumer that takes batches. Full means refuse now.
// Thread safety: every member may be called from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

#include "base/mutex.h"

namespace sekisho {

template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t items_max) : items_max_(items_max) {}

  // False when full or closed; `item` is untouched then.
  bool push(T& item) EXCLUDES(mutex_) {
    {
      const MutexLock lock(mutex_);
      if (closed_ || items_.size() >= items_max_) return false;
      items_.push_back(std::move(item));
      if (!waiting_) return true;  // the consumer is awake and will see it
    }
    arrived_.notify_one();
    return true;
  }

  // Waits for something, then takes up to `batch_max` in order. Empty after `wait`, or when the
  // queue is closed and drained.
  std::vector<T> take(std::size_t batch_max, std::chrono::milliseconds wait) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    const auto deadline = std::chrono::steady_clock::now() + wait;
    while (items_.empty() && !closed_) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          deadline - std::chrono::steady_clock::now());
      if (left.count() <= 0) break;
      waiting_ = true;
      arrived_.wait_for(mutex_, left);
      waiting_ = false;
    }
    std::vector<T> batch;
    while (!items_.empty() && batch.size() < batch_max) {
      batch.push_back(std::move(items_.front()));
      items_.pop_front();
    }
    return batch;
  }

  void close() EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    closed_ = true;
    arrived_.notify_all();
  }
  bool closed_and_empty() const EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return closed_ && items_.empty();
  }
  std::size_t size() const EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return items_.size();
  }

 private:
  const std::size_t items_max_;
  mutable Mutex mutex_;
  ConditionVariable arrived_;
  std::deque<T> items_ GUARDED_BY(mutex_);
  bool waiting_ GUARDED_BY(mutex_) = false;
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace sekisho
