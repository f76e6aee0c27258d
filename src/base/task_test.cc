#include "base/task.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/bounded_queue.h"

namespace sekisho {
namespace {

Task<int> number(int n) {
  co_return n;
}

Task<long> sum(int n) {
  long total = 0;
  for (int i = 0; i < n; ++i) total += co_await number(i);
  co_return total;
}

TEST(Task, LongChainsUseNoStack) {
  EXPECT_EQ(wait_for(sum(1'000'000)), 499'999'500'000);
}

Task<Result<std::string>> fails_early(bool fail) {
  const auto step = [](bool bad) -> Result<int> {
    if (bad) return invalid("no");
    return 7;
  };
  CO_TRY(const int value, step(fail));
  co_return std::to_string(value);
}

TEST(Task, TryLeavesTheCoroutine) {
  EXPECT_EQ(wait_for(fails_early(true)).error().message, "no");
  EXPECT_EQ(wait_for(fails_early(false)).value(), "7");
}

// The shapes that g++ 12 miscompiles (docs/design/0002-compiler.md): each would be a double free.
struct Aggregate {
  std::string text;
  int n = 0;
};
Task<std::string> take(Aggregate value) {
  co_return value.text + std::to_string(value.n);
}
Task<std::string> take_text(std::string value) {
  co_return value;
}

Task<std::string> temporaries(bool choose) {
  std::string out = co_await take({.text = std::string(40, 'a'), .n = 1});
  out += co_await take_text(choose ? std::string(40, 'b') : std::string());
  const std::string captured(40, 'c');
  out += co_await [](std::string inner) -> Task<std::string> { co_return inner; }(captured);
  co_return out;
}

TEST(Task, TemporariesInAwaitedCallsAreDestroyedOnce) {
  EXPECT_EQ(wait_for(temporaries(true)),
            std::string(40, 'a') + "1" + std::string(40, 'b') + std::string(40, 'c'));
}

Task<int> awaits(Completion<int> completion) {
  co_return co_await completion;
}

TEST(Completion, DeliversAcrossThreadsInEitherOrder) {
  for (int i = 0; i < 2'000; ++i) {
    const Completion<int> completion;
    std::thread other([completion, i] { completion.deliver(i); });
    EXPECT_EQ(wait_for(awaits(completion)), i);
    other.join();
  }
}

Task<int> after(Completion<int> completion) {
  co_return co_await completion;
}

TEST(WhenAll, StartsAllAndKeepsTheirOrder) {
  std::vector<Completion<int>> completions(3);
  std::vector<Task<int>> tasks;
  for (const auto& completion : completions) tasks.push_back(after(completion));
  std::optional<std::vector<int>> values;
  start(when_all(std::move(tasks)), [&](std::vector<int> all) { values = std::move(all); });
  completions[2].deliver(3);
  completions[0].deliver(1);
  EXPECT_FALSE(values.has_value());
  completions[1].deliver(2);
  EXPECT_EQ(values, (std::vector{1, 2, 3}));
}

TEST(WhenAll, OfNothingIsNothing) {
  EXPECT_TRUE(wait_for(when_all(std::vector<Task<int>>())).empty());
}

TEST(WhenAll, GathersFromManyThreads) {
  for (int round = 0; round < 200; ++round) {
    std::vector<Completion<int>> completions(8);
    std::vector<Task<int>> tasks;
    for (const auto& completion : completions) tasks.push_back(after(completion));
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([completion = completions[i], i] { completion.deliver(i); });
    }
    EXPECT_EQ(wait_for(when_all(std::move(tasks))), (std::vector{0, 1, 2, 3, 4, 5, 6, 7}));
    for (auto& thread : threads) thread.join();
  }
}

TEST(BoundedQueue, RefusesWhenFullAndDrainsAfterClose) {
  BoundedQueue<int> queue(2);
  int a = 1, b = 2, c = 3;
  EXPECT_TRUE(queue.push(a));
  EXPECT_TRUE(queue.push(b));
  EXPECT_FALSE(queue.push(c));
  EXPECT_EQ(c, 3);
  queue.close();
  EXPECT_FALSE(queue.push(c));
  EXPECT_EQ(queue.take(1, std::chrono::milliseconds(0)), std::vector{1});
  EXPECT_FALSE(queue.closed_and_empty());
  EXPECT_EQ(queue.take(9, std::chrono::milliseconds(1000)), std::vector{2});
  EXPECT_TRUE(queue.take(9, std::chrono::milliseconds(1000)).empty());
  EXPECT_TRUE(queue.closed_and_empty());
}

TEST(BoundedQueue, LosesNothingBetweenThreads) {
  BoundedQueue<int> queue(64);
  constexpr int kEach = 20'000;
  std::vector<std::thread> producers;
  for (int p = 0; p < 3; ++p) {
    producers.emplace_back([&queue] {
      for (int i = 0; i < kEach; ++i) {
        int item = i;
        while (!queue.push(item)) std::this_thread::yield();
      }
    });
  }
  std::size_t taken = 0;
  while (taken < 3 * kEach) taken += queue.take(16, std::chrono::milliseconds(1000)).size();
  for (auto& producer : producers) producer.join();
  EXPECT_EQ(taken, 3u * kEach);
  EXPECT_EQ(queue.size(), 0u);
}

}  // namespace
}  // namespace sekisho
