// What a SIGKILL leaves of the journal. SEKISHO_KILLS sets how many times a mode is killed.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <set>
#include <thread>

#include "adapters/sqlite_journal.h"
#include "base/task.h"
#include "base/ulid.h"
#include "guard/journal/writer.h"

namespace sekisho::adapters {
namespace {

int kills() {
  constexpr int kDefault = 25;
  const char* text = std::getenv("SEKISHO_KILLS");
  return text == nullptr ? kDefault : std::atoi(text);
}

journal::Entry entry(UlidGenerator& ids) {
  journal::Entry out;
  out.id = ids.next();
  out.unix_ms = out.id.unix_ms();
  out.tenant = "default";
  out.verdict_json = "{}";
  out.masked_text = std::string(200 + out.id.bytes[15], 'x');
  return out;
}

// The child: several callers append for ever, and say which ids were acknowledged.
[[noreturn]] void append_until_killed(const std::string& path, Durability durability, int pipe) {
  auto journal = SqliteJournal::open({.path = path, .durability = durability});
  if (!journal.ok()) _exit(3);
  Metrics metrics;
  UlidGenerator ids(system_clock());
  journal::JournalWriter writer({}, **journal, system_clock(), metrics);
  constexpr int kCallers = 4;
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&] {
      while (true) {
        const journal::Entry mine = entry(ids);
        if (!wait_for(writer.append(mine)).ok()) _exit(4);
        // A caller that did not hear the answer sends the entry again.
        if (mine.id.bytes[15] % 8 == 0 && !wait_for(writer.append(mine)).ok()) _exit(5);
        // Sixteen bytes go through a pipe whole or not at all.
        if (::write(pipe, mine.id.bytes.data(), mine.id.bytes.size()) != 16) _exit(6);
      }
    });
  }
  for (auto& caller : callers) caller.join();
  _exit(7);
}

class JournalKillTest : public ::testing::TestWithParam<Durability> {};

TEST_P(JournalKillTest, EveryAcknowledgedEntryIsThereOnce) {
  std::string pattern = ::testing::TempDir() + "sekisho-XXXXXX";
  const std::string root = ::mkdtemp(pattern.data());
  const std::string path = root + "/journal.sqlite";
  std::mt19937 random(20261124);
  std::set<Ulid> acknowledged;

  for (int kill = 0; kill < kills(); ++kill) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      append_until_killed(path, GetParam(), ends[1]);
    }
    ::close(ends[1]);
    // The first id shows that it runs; then any moment may be the last.
    Ulid id;
    ASSERT_EQ(::read(ends[0], id.bytes.data(), 16), 16);
    acknowledged.insert(id);
    std::thread killer([&, wait_us = random() % 60'000] {
      std::this_thread::sleep_for(std::chrono::microseconds(wait_us));
      ::kill(child, SIGKILL);
    });
    while (::read(ends[0], id.bytes.data(), 16) == 16) acknowledged.insert(id);
    ::close(ends[0]);
    killer.join();
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it ended by itself: " << WEXITSTATUS(status);

    auto journal = must(SqliteJournal::open({.path = path}));
    auto database = must(
        SqliteDatabase::open({.path = path, .migrations = std::vector<const char*>{"SELECT 1"}}));
    auto check = must(database.prepare("PRAGMA integrity_check"));
    ASSERT_EQ(must(check.step()), SqliteStatement::Step::kRow);
    ASSERT_EQ(check.bytes(0), "ok");
    auto find = must(database.prepare("SELECT count(*) FROM entries WHERE id = ?"));
    for (const Ulid& each : acknowledged) {
      find.bind_blob(1, {reinterpret_cast<const char*>(each.bytes.data()), 16});
      ASSERT_EQ(must(find.step()), SqliteStatement::Step::kRow);
      ASSERT_EQ(find.integer(0), 1) << each.text() << " after kill " << kill;
      find.reset();
    }
  }
  EXPECT_GT(acknowledged.size(), static_cast<std::size_t>(kills()));
  RecordProperty("kills", kills());
  RecordProperty("acknowledged", static_cast<int>(acknowledged.size()));
  std::filesystem::remove_all(root);
}

INSTANTIATE_TEST_SUITE_P(BothModes, JournalKillTest,
                         ::testing::Values(Durability::kDefault, Durability::kDurable),
                         [](const auto& info) {
                           return info.param == Durability::kDurable ? "Durable" : "Default";
                         });

}  // namespace
}  // namespace sekisho::adapters
