#include "adapters/memory_cache.h"

#include <gtest/gtest.h>

#include <thread>

namespace sekisho::adapters {
namespace {

Digest128 key(std::uint64_t n) {
  Digest128 out{};
  const std::uint64_t a = mix64(n);
  const std::uint64_t b = mix64(a);
  for (std::size_t i = 0; i < 8; ++i) {
    out[i] = static_cast<std::uint8_t>(a >> (8 * i));
    out[8 + i] = static_cast<std::uint8_t>(b >> (8 * i));
  }
  return out;
}

std::shared_ptr<const judge::Scores> scores(double value) {
  auto out = std::make_shared<judge::Scores>();
  out->by_category = {value};
  return out;
}

TEST(MemoryCache, GivesBackWhatWasPutAndNothingElse) {
  MemoryCache cache(1024);
  cache.put(key(1), scores(0.25));
  ASSERT_NE(cache.find(key(1)), nullptr);
  EXPECT_EQ(cache.find(key(1))->by_category[0], 0.25);
  EXPECT_EQ(cache.find(key(2)), nullptr);
  cache.put(key(1), scores(0.5));
  EXPECT_EQ(cache.find(key(1))->by_category[0], 0.5);
  EXPECT_EQ(cache.counts().entries, 1u);
}

TEST(MemoryCache, NeverHoldsMoreThanItsBound) {
  constexpr std::size_t kEntries = 1600;
  MemoryCache cache(kEntries);
  for (std::uint64_t i = 0; i < 50'000; ++i) cache.put(key(i), scores(0));
  EXPECT_LE(cache.counts().entries, kEntries);
  EXPECT_GE(cache.counts().entries, kEntries * 9 / 10);
}

TEST(MemoryCache, AFloodOfNewTextsDoesNotWashOutTheOnesAskedForAgain) {
  MemoryCache cache(1600);
  constexpr std::uint64_t kHot = 400;
  for (std::uint64_t i = 0; i < kHot; ++i) cache.put(key(i), scores(0));
  for (std::uint64_t i = 0; i < kHot; ++i) cache.find(key(i));
  std::uint64_t found = 0;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    cache.put(key(1'000'000 + i), scores(0));
    if (i % 10 == 0) found += cache.find(key(i / 10 % kHot)) != nullptr;
  }
  EXPECT_GE(found, 2000u * 95 / 100);
}

TEST(MemoryCache, WhatReturnsAfterBeingThrownOutGoesToTheMainQueue) {
  MemoryCache cache(16);  // one entry a shard
  std::vector<Digest128> same_shard;
  for (std::uint64_t i = 0; same_shard.size() < 3; ++i) {
    if (key(i)[0] % MemoryCache::kShards == 0) same_shard.push_back(key(i));
  }
  cache.put(same_shard[0], scores(1));
  cache.put(same_shard[1], scores(2));
  EXPECT_EQ(cache.find(same_shard[0]), nullptr);
  cache.put(same_shard[0], scores(3));
  ASSERT_NE(cache.find(same_shard[0]), nullptr);
  EXPECT_EQ(cache.find(same_shard[0])->by_category[0], 3);
}

TEST(MemoryCache, IsUsedFromSeveralThreadsAtOnce) {
  MemoryCache cache(256);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&cache, t] {
      for (std::uint64_t i = 0; i < 5'000; ++i) {
        const std::uint64_t n = mix64(i * 4 + static_cast<std::uint64_t>(t)) % 600;
        if (const auto hit = cache.find(key(n))) {
          ASSERT_EQ(hit->by_category[0], static_cast<double>(n));
        } else {
          cache.put(key(n), scores(static_cast<double>(n)));
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_LE(cache.counts().entries, 256u);
}

}  // namespace
}  // namespace sekisho::adapters
