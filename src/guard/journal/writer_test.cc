#include "guard/journal/writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <semaphore>
#include <thread>

#include "base/diagnostics.h"
#include "base/manual_clock.h"

namespace sekisho::journal {
namespace {

constexpr std::int64_t kDayMs = 24 * 60 * 60 * 1000;

// A store in memory that fails, waits and refuses on command. Every entry "weighs" 1 byte.
class FakeStore final : public JournalStore {
 public:
  Status append(const std::vector<Entry>& batch) override {
    if (gated) gate.acquire();
    const MutexLock lock(mutex_);
    ++appends_;
    if (failure_) return Error{*failure_, "disk on fire"};
    for (const Entry& entry : batch) {
      if (entry.request_id == "poison") return Error{ErrorCode::kInternal, "bad entry"};
    }
    for (const Entry& entry : batch) entries_.emplace(entry.id, entry);
    return ok_status();
  }
  Status query(const Query&, const std::function<bool(std::string_view)>&) override {
    return ok_status();
  }
  Result<std::int64_t> purge(std::int64_t unix_ms, std::int64_t entries_max) override {
    const MutexLock lock(mutex_);
    std::int64_t removed = 0;
    while (removed < entries_max && !entries_.empty() &&
           entries_.begin()->first.unix_ms() < unix_ms) {
      entries_.erase(entries_.begin());
      ++removed;
    }
    largest_purge_ = std::max(largest_purge_, removed);
    return removed;
  }
  Result<std::int64_t> bytes_on_disk() override { return size(); }

  void fail(std::optional<ErrorCode> code) {
    const MutexLock lock(mutex_);
    failure_ = code;
  }
  std::int64_t size() {
    const MutexLock lock(mutex_);
    return static_cast<std::int64_t>(entries_.size());
  }
  std::int64_t oldest_unix_ms() {
    const MutexLock lock(mutex_);
    return entries_.empty() ? 0 : entries_.begin()->first.unix_ms();
  }
  bool has(const Ulid& id) {
    const MutexLock lock(mutex_);
    return entries_.contains(id);
  }
  int appends() {
    const MutexLock lock(mutex_);
    return appends_;
  }
  std::int64_t largest_purge() {
    const MutexLock lock(mutex_);
    return largest_purge_;
  }

  std::atomic<bool> gated{false};
  std::counting_semaphore<> gate{0};

 private:
  Mutex mutex_;
  std::map<Ulid, Entry> entries_ GUARDED_BY(mutex_);
  std::optional<ErrorCode> failure_ GUARDED_BY(mutex_);
  int appends_ GUARDED_BY(mutex_) = 0;
  std::int64_t largest_purge_ GUARDED_BY(mutex_) = 0;
};

// Callers that do not wait: how each was answered, by number.
struct Answers {
  std::vector<std::optional<Result<Unit>>> told = std::vector<std::optional<Result<Unit>>>(5000);
  std::atomic<int> count{0};
};

class JournalWriterTest : public ::testing::Test {
 protected:
  Entry entry(std::int64_t age_ms = 0) {
    Entry out;
    out.id = ids_.next();
    if (age_ms != 0) {
      const std::int64_t ms = clock_.unix_ms() - age_ms;
      for (std::size_t i = 0; i < 6; ++i) {
        out.id.bytes[i] = static_cast<std::uint8_t>(ms >> (8 * (5 - i)));
      }
    }
    out.unix_ms = out.id.unix_ms();
    return out;
  }
  static Task<Result<Unit>> number(JournalWriter& writer, Entry entry) {
    co_return co_await writer.append(std::move(entry));
  }
  void append(JournalWriter& writer, Entry entry, std::size_t n) {
    start(number(writer, std::move(entry)), [this, n](Result<Unit> result) {
      answers_.told[n].emplace(std::move(result));
      ++answers_.count;
    });
  }
  template <typename Condition>
  static bool eventually(Condition condition) {
    for (int i = 0; i < 2000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
  }
  // The writer has looked at the clock since it was last moved.
  void let_maintain(JournalWriter& writer) {
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(wait_for(writer.append(entry())).ok());
  }
  bool printed(const std::string& line) {
    return metrics_.print().find("\n" + line + "\n") != std::string::npos;
  }

  ManualClock clock_;
  FakeStore store_;
  Metrics metrics_;
  UlidGenerator ids_{clock_};
  Answers answers_;
};

TEST_F(JournalWriterTest, CommitsWhatSeveralThreadsAppendInBatches) {
  JournalWriter writer({}, store_, clock_, metrics_);
  constexpr int kThreads = 8;
  constexpr int kEach = 200;
  std::atomic<int> acknowledged{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        const Entry mine = entry();
        if (wait_for(writer.append(mine)).ok() && store_.has(mine.id)) ++acknowledged;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(acknowledged, kThreads * kEach);
  EXPECT_EQ(store_.size(), kThreads * kEach);
  EXPECT_TRUE(printed("sekisho_journal_committed_total 1600"));
}

TEST_F(JournalWriterTest, TakesWhatWaitsAsOneBatchOfBoundedSize) {
  store_.gated = true;
  JournalWriter writer({}, store_, clock_, metrics_);
  append(writer, entry(), 0);
  ASSERT_TRUE(eventually([&] { return printed("sekisho_journal_queue_entries 0"); }));
  for (std::size_t i = 1; i <= 1000; ++i) append(writer, entry(), i);
  store_.gated = false;
  store_.gate.release();
  ASSERT_TRUE(eventually([&] { return answers_.count == 1001; }));
  EXPECT_EQ(store_.appends(), 3);  // 1, 512, 488
}

TEST_F(JournalWriterTest, RefusesAtOnceWhenFull) {
  store_.gated = true;
  JournalWriter writer({.queue_entries_max = 4}, store_, clock_, metrics_);
  append(writer, entry(), 0);
  ASSERT_TRUE(eventually([&] { return printed("sekisho_journal_queue_entries 0"); }));
  for (std::size_t i = 1; i <= 5; ++i) append(writer, entry(), i);
  ASSERT_EQ(answers_.count, 1);
  EXPECT_EQ(answers_.told[5]->error().code, ErrorCode::kOverloaded);
  store_.gated = false;
  store_.gate.release();
  ASSERT_TRUE(eventually([&] { return answers_.count == 6; }));
  for (std::size_t i = 0; i <= 4; ++i) EXPECT_TRUE(answers_.told[i]->ok());
  EXPECT_TRUE(printed("sekisho_journal_refused_total{reason=\"queue_full\"} 1"));
}

TEST_F(JournalWriterTest, TellsEveryCallerOfAFailedStoreAndRecoversWithIt) {
  std::string logged;
  capture_log(&logged);
  {
    JournalWriter writer({}, store_, clock_, metrics_);
    for (const ErrorCode code :
         {ErrorCode::kIo, ErrorCode::kUnavailable, ErrorCode::kCorrupt, ErrorCode::kInternal}) {
      store_.fail(code);
      const auto told = wait_for(writer.append(entry()));
      ASSERT_FALSE(told.ok());
      EXPECT_EQ(told.error().code, ErrorCode::kUnavailable);
      EXPECT_EQ(told.error().message.find("fire"), std::string::npos);
      EXPECT_EQ(told.error().detail, "disk on fire");
    }
    store_.fail(std::nullopt);
    EXPECT_TRUE(wait_for(writer.append(entry())).ok());
  }
  capture_log(nullptr);
  EXPECT_EQ(store_.size(), 1);
  EXPECT_TRUE(printed("sekisho_journal_failed_total 4"));
  EXPECT_EQ(logged.find("journal_failed"), logged.rfind("journal_failed")) << logged;
  EXPECT_NE(logged.find("disk on fire"), std::string::npos);
  EXPECT_NE(logged.find("journal_recovered"), std::string::npos);
}

TEST_F(JournalWriterTest, FailsABatchWholeWhenTheStoreIsAtFault) {
  store_.gated = true;
  JournalWriter writer({}, store_, clock_, metrics_);
  append(writer, entry(), 0);
  ASSERT_TRUE(eventually([&] { return printed("sekisho_journal_queue_entries 0"); }));
  for (std::size_t i = 1; i <= 10; ++i) append(writer, entry(), i);
  store_.fail(ErrorCode::kIo);
  store_.gated = false;
  store_.gate.release();
  ASSERT_TRUE(eventually([&] { return answers_.count == 11; }));
  EXPECT_EQ(store_.appends(), 2);
  for (std::size_t i = 0; i <= 10; ++i) EXPECT_FALSE(answers_.told[i]->ok());
}

TEST_F(JournalWriterTest, OneBadEntryDoesNotHarmItsNeighbours) {
  store_.gated = true;
  JournalWriter writer({}, store_, clock_, metrics_);
  append(writer, entry(), 0);
  ASSERT_TRUE(eventually([&] { return printed("sekisho_journal_queue_entries 0"); }));
  for (std::size_t i = 1; i <= 10; ++i) {
    Entry one = entry();
    if (i == 4) one.request_id = "poison";
    append(writer, std::move(one), i);
  }
  store_.gated = false;
  store_.gate.release();
  ASSERT_TRUE(eventually([&] { return answers_.count == 11; }));
  for (std::size_t i = 0; i <= 10; ++i) EXPECT_EQ(answers_.told[i]->ok(), i != 4) << i;
  EXPECT_EQ(store_.size(), 10);
}

TEST_F(JournalWriterTest, AStopDrainsWhatWasAccepted) {
  store_.gated = true;
  JournalWriter writer({}, store_, clock_, metrics_);
  for (std::size_t i = 0; i < 2000; ++i) append(writer, entry(), i);
  std::thread stopper([&] { writer.stop(); });
  store_.gated = false;
  store_.gate.release();
  stopper.join();
  EXPECT_EQ(answers_.count, 2000);
  EXPECT_EQ(store_.size(), 2000);
  EXPECT_EQ(wait_for(writer.append(entry())).error().code, ErrorCode::kOverloaded);
}

TEST_F(JournalWriterTest, RemovesOldEntriesInSteps) {
  std::vector<Entry> old;
  for (int i = 0; i < 2500; ++i) old.push_back(entry(31 * kDayMs));
  for (int i = 0; i < 10; ++i) old.push_back(entry(29 * kDayMs));
  ASSERT_TRUE(store_.append(old).ok());
  JournalWriter writer({}, store_, clock_, metrics_);
  ASSERT_TRUE(eventually([&] { return store_.size() == 10; }));
  EXPECT_EQ(store_.largest_purge(), JournalWriter::kPurgeEntries);
  EXPECT_TRUE(
      eventually([&] { return printed("sekisho_journal_purged_total{reason=\"age\"} 2500"); }));
  // A day and a bit later the others are too old as well.
  for (int hour = 0; hour < 25; ++hour) {
    clock_.pass_ms(60 * 60 * 1000);
    let_maintain(writer);
  }
  EXPECT_TRUE(eventually([&] { return store_.oldest_unix_ms() >= ManualClock::kStartUnixMs; }));
}

TEST_F(JournalWriterTest, AJumpOfTheClockRemovesNothing) {
  ASSERT_TRUE(store_.append({entry(kDayMs)}).ok());
  JournalWriter writer({}, store_, clock_, metrics_);
  let_maintain(writer);
  clock_.jump_ms(400 * kDayMs);
  clock_.pass_ms(2 * JournalWriter::kRetentionCheckMs);
  let_maintain(writer);
  EXPECT_EQ(store_.oldest_unix_ms(), ManualClock::kStartUnixMs - kDayMs);
  // Back to the right time: a jump again.
  clock_.jump_ms(-400 * kDayMs);
  clock_.pass_ms(2 * JournalWriter::kRetentionCheckMs);
  let_maintain(writer);
  EXPECT_EQ(store_.oldest_unix_ms(), ManualClock::kStartUnixMs - kDayMs);
  // A jump that lasts is believed.
  clock_.jump_ms(40 * kDayMs);
  for (std::int64_t ms = 0; ms <= JournalWriter::kClockSettleMs + 30 * 60 * 1000;
       ms += 30 * 60 * 1000) {
    clock_.pass_ms(30 * 60 * 1000);
    let_maintain(writer);
  }
  EXPECT_TRUE(eventually([&] { return store_.oldest_unix_ms() > ManualClock::kStartUnixMs; }));
}

TEST_F(JournalWriterTest, BeyondTheQuotaTheOldestGo) {
  std::vector<Entry> many;
  for (int i = 0; i < 4000; ++i) many.push_back(entry((5000 - i) * std::int64_t{1000}));
  ASSERT_TRUE(store_.append(many).ok());
  JournalWriter writer({.quota_bytes = 1500}, store_, clock_, metrics_);
  ASSERT_TRUE(eventually([&] { return store_.size() == 1000; }));
  EXPECT_EQ(store_.largest_purge(), JournalWriter::kPurgeEntries);
  EXPECT_FALSE(store_.has(many.front().id));
  EXPECT_TRUE(store_.has(many.back().id));
  EXPECT_TRUE(
      eventually([&] { return printed("sekisho_journal_purged_total{reason=\"quota\"} 3000"); }));
}

TEST_F(JournalWriterTest, BeyondTheQuotaNewEntriesAreRefusedIfAsked) {
  std::vector<Entry> many;
  for (int i = 0; i < 100; ++i) many.push_back(entry());
  ASSERT_TRUE(store_.append(many).ok());
  JournalWriter writer({.quota_bytes = 50, .quota_policy = QuotaPolicy::kRefuse}, store_, clock_,
                       metrics_);
  ASSERT_TRUE(eventually([&] { return !wait_for(writer.append(entry())).ok(); }));
  EXPECT_EQ(wait_for(writer.append(entry())).error().code, ErrorCode::kUnavailable);
  EXPECT_GE(store_.size(), 100);
  ASSERT_TRUE(store_.purge(INT64_MAX, 90).ok());
  clock_.pass_ms(JournalWriter::kQuotaCheckMs);
  EXPECT_TRUE(eventually([&] { return wait_for(writer.append(entry())).ok(); }));
}

}  // namespace
}  // namespace sekisho::journal
