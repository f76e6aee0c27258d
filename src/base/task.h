// Task<T>: a lazily started coroutine with exactly one awaiter; Completion<T>: a value that another
// thread will deliver.
//
// A Task starts when awaited and resumes its awaiter by symmetric transfer, so long chains use no
// stack. It owns its frame; destroying a Task that was never awaited destroys the frame.
// Thread safety: one Task is used by one logical flow. That flow may move between threads: after
// `co_await completion` it runs on the thread that called `deliver`.
// Exceptions: none are expected; one that escapes a Task is a bug and ends the process.
#pragma once

#include <atomic>
#include <coroutine>
#include <memory>
#include <optional>
#include <semaphore>
#include <utility>
#include <vector>

#include "base/result.h"

namespace sekisho {

template <typename T>
class [[nodiscard]] Task {
 public:
  struct promise_type {
    std::optional<T> value;
    std::coroutine_handle<> awaiter;

    Task get_return_object() {
      return Task(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    struct Final {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> self) noexcept {
        return self.promise().awaiter;
      }
      void await_resume() noexcept {}
    };
    Final final_suspend() noexcept { return {}; }
    void return_value(T result) { value.emplace(std::move(result)); }
    void unhandled_exception() { bug("an exception left a Task"); }
  };

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&&) = delete;
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiter) noexcept {
    handle_.promise().awaiter = awaiter;
    return handle_;
  }
  T await_resume() { return std::move(*handle_.promise().value); }

 private:
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

// A one-shot slot between two flows. Copies share the slot. `deliver` is called at most once, from
// any thread; at most one coroutine awaits it, and may do so before or after the delivery.
template <typename T>
class Completion {
 public:
  Completion() : slot_(std::make_shared<Slot>()) {}

  void deliver(T value) const {
    slot_->value.emplace(std::move(value));
    void* seen = slot_->state.exchange(kDelivered, std::memory_order_acq_rel);
    if (seen == kDelivered) bug("a Completion was delivered twice");
    if (seen != nullptr) std::coroutine_handle<>::from_address(seen).resume();
  }

  bool await_ready() const noexcept {
    return slot_->state.load(std::memory_order_acquire) == kDelivered;
  }
  bool await_suspend(std::coroutine_handle<> awaiter) const noexcept {
    void* expected = nullptr;
    return slot_->state.compare_exchange_strong(expected, awaiter.address(),
                                                std::memory_order_acq_rel);
  }
  T await_resume() const { return std::move(*slot_->value); }

 private:
  struct Slot {
    std::atomic<void*> state{nullptr};  // null, the awaiting frame, or kDelivered
    std::optional<T> value;
  };
  static inline char delivered_mark_ = 0;
  static inline void* const kDelivered = &delivered_mark_;
  std::shared_ptr<Slot> slot_;
};

namespace task_internal {
struct Detached {
  struct promise_type {
    Detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { bug("an exception left a detached Task"); }
  };
};
}  // namespace task_internal

// Runs `task` now and calls `done(value)` when it ends, on whatever thread it ends.
template <typename T, typename Done>
void start(Task<T> task, Done done) {
  // Parameters, not captures: they live in the frame.
  [](Task<T> running, Done callback) -> task_internal::Detached { callback(co_await running); }(
                                         std::move(task), std::move(done));
}

// Starts all `tasks`, one after the other, and ends when the last of them does, on its thread.
// Their values in the tasks' order.
template <typename T>
Task<std::vector<T>> when_all(std::vector<Task<T>> tasks) {
  std::vector<std::optional<T>> values(tasks.size());
  std::atomic<std::size_t> left = tasks.size();
  const Completion<Unit> all;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    // The callback may outlive this frame by its last line, which touches only its own copy of
    // `all`.
    start(std::move(tasks[i]), [&values, &left, i, all](T value) {
      values[i].emplace(std::move(value));
      if (left.fetch_sub(1, std::memory_order_acq_rel) == 1) all.deliver(Unit{});
    });
  }
  if (!tasks.empty()) co_await all;
  std::vector<T> out;
  out.reserve(values.size());
  for (auto& value : values) out.push_back(std::move(*value));
  co_return out;
}

// Runs `task` and blocks this thread until it ends. For command lines and tests.
template <typename T>
T wait_for(Task<T> task) {
  std::optional<T> result;
  std::binary_semaphore ended(0);
  start(std::move(task), [&](T value) {
    result.emplace(std::move(value));
    ended.release();
  });
  ended.acquire();
  return std::move(*result);
}

}  // namespace sekisho
