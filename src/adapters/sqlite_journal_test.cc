#include "adapters/sqlite_journal.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/file.h"
#include "base/json_reader.h"

namespace sekisho::adapters {
namespace {

using journal::Entry;
using journal::Query;
using judge::Outcome;

constexpr std::int64_t kStartUnixMs = 1'800'000'000'000;

class SteppingClock final : public Clock {
 public:
  std::int64_t unix_ms() const override { return ++now_ms_; }
  std::int64_t monotonic_us() const override { return 0; }

 private:
  mutable std::atomic<std::int64_t> now_ms_{kStartUnixMs};
};

class SqliteJournalTest : public ::testing::Test {
 protected:
  SqliteJournalTest() {
    std::string pattern = ::testing::TempDir() + "sekisho-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
    path_ = root_ + "/journal.sqlite";
  }
  ~SqliteJournalTest() override { std::filesystem::remove_all(root_); }

  std::unique_ptr<SqliteJournal> open(SqliteMode mode = SqliteMode::kReadWrite) {
    return must(SqliteJournal::open({.path = path_, .mode = mode, .busy_timeout_ms = 50}));
  }
  Entry entry(Outcome outcome = Outcome::kSafe) {
    Entry out;
    out.id = ids_.next();
    out.unix_ms = out.id.unix_ms();
    out.tenant = "default";
    out.key_id = "0123456789abcdef";
    out.request_id = "request-1";
    out.side = judge::Side::kOutput;
    out.contract = judge::Contract::kGuardrails;
    out.category_set_id = "default";
    out.category_set_version = 7;
    out.outcome = outcome;
    out.allowed = true;
    out.score = 0.25;
    out.category = "violence";
    out.verdict_json = R"({"outcome":"safe"})";
    out.masked_text = "電話は［phone］まで\n\"引用\"";
    out.code_points = 17;
    out.fingerprint = "00ff";
    return out;
  }
  std::vector<Entry> entries(int count, Outcome outcome = Outcome::kSafe) {
    std::vector<Entry> out;
    for (int i = 0; i < count; ++i) out.push_back(entry(outcome));
    return out;
  }
  static std::vector<std::string> found(SqliteJournal& journal, const Query& query) {
    std::vector<std::string> out;
    const auto status = journal.query(query, [&](std::string_view json) {
      out.emplace_back(json);
      return true;
    });
    EXPECT_TRUE(status.ok()) << status.error().message;
    return out;
  }
  bool in_any_file(std::string_view needle) const {
    for (const auto& file : std::filesystem::directory_iterator(root_)) {
      const auto content = must(read_file(file.path().string(), 1 << 30));
      if (content.find(needle) != std::string::npos) return true;
    }
    return false;
  }

  std::string root_, path_;
  SteppingClock clock_;
  UlidGenerator ids_{clock_};
};

TEST_F(SqliteJournalTest, GivesBackWhatWasWritten) {
  auto journal = open();
  const Entry written = entry();
  ASSERT_TRUE(journal->append({written}).ok());
  EXPECT_EQ(found(*journal, {}), std::vector<std::string>{journal::entry_json(written)});
  journal.reset();
  EXPECT_EQ(found(*open(), {}), std::vector<std::string>{journal::entry_json(written)});
}

TEST_F(SqliteJournalTest, EveryOutcomeSideAndContractReadsBack) {
  auto journal = open();
  std::vector<std::string> expected;
  for (const Outcome outcome : {Outcome::kSafe, Outcome::kUnsafe, Outcome::kUnjudged}) {
    for (int contract = 0; contract <= static_cast<int>(judge::Contract::kCommandLine);
         ++contract) {
      Entry one = entry(outcome);
      one.contract = static_cast<judge::Contract>(contract);
      one.side = contract % 2 == 0 ? judge::Side::kInput : judge::Side::kOutput;
      ASSERT_TRUE(journal->append({one}).ok());
      expected.push_back(journal::entry_json(one));
    }
  }
  EXPECT_EQ(found(*journal, {.newest_first = false}), expected);
}

TEST_F(SqliteJournalTest, AnEntryWrittenTwiceIsKeptOnceAndUnchanged) {
  auto journal = open();
  const Entry first = entry();
  Entry changed = first;
  changed.masked_text = "other";
  ASSERT_TRUE(journal->append({first, first}).ok());
  const Entry more = entry();
  ASSERT_TRUE(journal->append({changed, more}).ok());
  EXPECT_EQ(found(*journal, {.newest_first = false}),
            (std::vector<std::string>{journal::entry_json(first), journal::entry_json(more)}));
}

TEST_F(SqliteJournalTest, ABatchIsAllOrNothing) {
  auto journal = open();
  auto batch = entries(3);
  batch[1].score = std::numeric_limits<double>::quiet_NaN();  // SQLite makes it NULL
  const auto refused = journal->append(batch);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kInternal);
  EXPECT_NE(refused.error().message.find("SQLITE_CONSTRAINT"), std::string::npos);
  EXPECT_TRUE(found(*journal, {}).empty());
  batch[1].score = 0;
  EXPECT_TRUE(journal->append(batch).ok());
  EXPECT_EQ(found(*journal, {}).size(), 3u);
}

TEST_F(SqliteJournalTest, AnswersQueries) {
  auto journal = open();
  std::vector<std::string> all, unsafe_ones;
  std::vector<Ulid> ids;
  for (int i = 0; i < 1000; ++i) {
    const Entry one = entry(i % 3 == 0 ? Outcome::kUnsafe : Outcome::kSafe);
    ASSERT_TRUE(journal->append({one}).ok());
    all.push_back(journal::entry_json(one));
    if (i % 3 == 0) unsafe_ones.push_back(all.back());
    ids.push_back(one.id);
  }
  Entry foreign = entry(Outcome::kUnsafe);
  foreign.tenant = "other";
  ASSERT_TRUE(journal->append({foreign}).ok());

  EXPECT_EQ(found(*journal, {.entries_max = 0, .newest_first = false}), all);
  EXPECT_EQ(found(*journal, {.entries_max = 0, .outcome = Outcome::kUnsafe, .newest_first = false}),
            unsafe_ones);
  EXPECT_TRUE(found(*journal, {.outcome = Outcome::kUnjudged}).empty());
  EXPECT_EQ(found(*journal, {.tenant = "other"}),
            std::vector<std::string>{journal::entry_json(foreign)});
  const auto newest = found(*journal, {.entries_max = 300});
  EXPECT_EQ(newest, std::vector<std::string>(all.rbegin(), all.rbegin() + 300));
  EXPECT_EQ(found(*journal, {.entries_max = 300, .after = ids[499], .newest_first = false}),
            std::vector<std::string>(all.begin() + 500, all.begin() + 800));
  EXPECT_EQ(found(*journal, {.entries_max = 0, .after = ids[499]}),
            std::vector<std::string>(all.rbegin(), all.rbegin() + 500));
  EXPECT_EQ(found(*journal, {.entries_max = SqliteJournal::kQueryStepEntries}).size(), 256u);
  int visited = 0;
  ASSERT_TRUE(journal->query({}, [&](std::string_view) { return ++visited < 3; }).ok());
  EXPECT_EQ(visited, 3);
}

TEST_F(SqliteJournalTest, ReadersOfOtherProcessesSeeWhatIsCommitted) {
  auto journal = open();
  ASSERT_TRUE(journal->append(entries(10)).ok());
  auto reader = open(SqliteMode::kReadOnly);
  EXPECT_EQ(found(*reader, {}).size(), 10u);
  ASSERT_TRUE(journal->append(entries(10)).ok());
  EXPECT_EQ(found(*reader, {}).size(), 20u);
  EXPECT_EQ(reader->append(entries(1)).error().code, ErrorCode::kForbidden);
  EXPECT_EQ(reader->purge(INT64_MAX, 1).error().code, ErrorCode::kForbidden);
  journal.reset();
  EXPECT_EQ(found(*reader, {}).size(), 20u);
}

TEST_F(SqliteJournalTest, ReadsWhileItWrites) {
  auto journal = open();
  std::atomic<bool> done{false};
  std::thread reader([&] {
    while (!done) {
      std::size_t count = 0;
      EXPECT_TRUE(
          journal->query({.entries_max = 0}, [&](std::string_view) { return ++count > 0; }).ok());
      EXPECT_TRUE(journal->bytes_on_disk().ok());
    }
  });
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(journal->append(entries(20)).ok());
  done = true;
  reader.join();
  EXPECT_EQ(found(*journal, {.entries_max = 0}).size(), 1000u);
}

TEST_F(SqliteJournalTest, PurgesTheOldestInSteps) {
  auto journal = open();
  const auto batch = entries(100);
  ASSERT_TRUE(journal->append(batch).ok());
  EXPECT_EQ(must(journal->purge(batch[30].id.unix_ms(), 20)), 20);
  EXPECT_EQ(must(journal->purge(batch[30].id.unix_ms(), 20)), 10);
  EXPECT_EQ(must(journal->purge(batch[30].id.unix_ms(), 20)), 0);
  EXPECT_EQ(must(journal->purge(0, 20)), 0);
  EXPECT_EQ(must(journal->purge(-5, 20)), 0);
  const auto left = found(*journal, {.entries_max = 0, .newest_first = false});
  ASSERT_EQ(left.size(), 70u);
  EXPECT_EQ(left[0], journal::entry_json(batch[30]));
  EXPECT_EQ(must(journal->purge(INT64_MAX, 1000)), 70);
}

TEST_F(SqliteJournalTest, WhatWasPurgedIsNowhere) {
  auto journal = open();
  auto batch = entries(500);
  for (Entry& one : batch) one.masked_text = "CANARY" + std::string(300, 'y');
  ASSERT_TRUE(journal->append(batch).ok());
  const auto kept = entries(5);
  ASSERT_TRUE(journal->append(kept).ok());
  EXPECT_TRUE(in_any_file("CANARY"));
  ASSERT_EQ(must(journal->purge(kept[0].id.unix_ms(), 1000)), 500);
  EXPECT_FALSE(in_any_file("CANARY"));
  EXPECT_EQ(found(*journal, {}).size(), 5u);
}

TEST_F(SqliteJournalTest, KnowsItsSize) {
  auto journal = open();
  const auto before = must(journal->bytes_on_disk());
  auto batch = entries(100);
  for (Entry& one : batch) one.masked_text = std::string(10'000, 'x');
  ASSERT_TRUE(journal->append(batch).ok());
  const auto after = must(journal->bytes_on_disk());
  EXPECT_GT(after - before, 1'000'000);
  EXPECT_LT(after - before, 1'500'000);
  ASSERT_TRUE(journal->purge(INT64_MAX, 1000).ok());
  EXPECT_LT(must(journal->bytes_on_disk()), before + 50'000);
}

TEST_F(SqliteJournalTest, SpaceOfManyRemovedEntriesIsReturned) {
  auto journal = open();
  auto large = entries(1);
  large[0].masked_text = std::string(80 << 20, 'x');
  ASSERT_TRUE(journal->append(large).ok());
  ASSERT_EQ(must(journal->purge(INT64_MAX, 1)), 1);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(journal->purge(INT64_MAX, 10).ok());
  constexpr std::int64_t kPageBytes = 4096;
  EXPECT_LE(static_cast<std::int64_t>(std::filesystem::file_size(path_)),
            (SqliteJournal::kFreePagesMax + 64) * kPageBytes);
}

TEST_F(SqliteJournalTest, ADamagedFileIsANamedError) {
  {
    auto journal = open();
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(journal->append(entries(100)).ok());
    ASSERT_TRUE(journal->purge(1, 1).ok());
  }
  {
    // Into the file itself, past its schema.
    SqliteDatabase database = must(
        SqliteDatabase::open({.path = path_, .migrations = std::vector<const char*>{"SELECT 1"}}));
    ASSERT_TRUE(database.empty_wal().ok());
  }
  {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(5 * 4096);
    const std::string noise(static_cast<std::size_t>(std::filesystem::file_size(path_)) - 5 * 4096,
                            '\xA5');
    file.write(noise.data(), static_cast<std::streamsize>(noise.size()));
  }
  auto journal = open();
  const auto read = journal->query({.entries_max = 0}, [](std::string_view) { return true; });
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
  const auto written = journal->append(entries(10));
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, ErrorCode::kCorrupt);
  EXPECT_NE(written.error().message.find("SQLITE_CORRUPT"), std::string::npos);
}

TEST_F(SqliteJournalTest, ARowNobodyWroteIsANamedError) {
  auto journal = open();
  ASSERT_TRUE(journal->append(entries(1)).ok());
  auto database = must(
      SqliteDatabase::open({.path = path_, .migrations = std::vector<const char*>{"SELECT 1"}}));
  ASSERT_TRUE(database.execute("UPDATE entries SET contract = 'unheard-of'").ok());
  const auto read = journal->query({}, [](std::string_view) { return true; });
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
}

TEST_F(SqliteJournalTest, ANewerSchemaIsRefused) {
  open();
  {
    auto database = must(SqliteDatabase::open(
        {.path = path_, .migrations = std::vector<const char*>{"SELECT 1", "SELECT 1"}}));
  }
  const auto refused = SqliteJournal::open({.path = path_});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUnprocessable);
}

}  // namespace
}  // namespace sekisho::adapters
