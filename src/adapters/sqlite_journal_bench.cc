// The journal: rows a second by batch size and mode, and what recording adds to an answer.
// The disk matters: set TMPDIR to the one in question.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "adapters/sqlite_journal.h"
#include "base/task.h"
#include "guard/journal/writer.h"

namespace sekisho::adapters {
namespace {

class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sekisho-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::unique_ptr<SqliteJournal> journal(std::int64_t durability) const {
    return must(SqliteJournal::open(
        {.path = path_ + "/journal.sqlite", .durability = static_cast<Durability>(durability)}));
  }

 private:
  std::string path_;
};

// About as large as a real one: a verdict of 600 bytes, a text of 100 Japanese characters.
journal::Entry entry(UlidGenerator& ids) {
  journal::Entry out;
  out.id = ids.next();
  out.unix_ms = out.id.unix_ms();
  out.tenant = "default";
  out.key_id = "0123456789abcdef";
  out.request_id = "0123456789abcdef";
  out.category_set_id = "default";
  out.verdict_json = R"({"outcome":"safe","x":")" + std::string(600, 'x') + R"("})";
  for (int i = 0; i < 100; ++i) out.masked_text += "字";
  out.fingerprint = std::string(32, 'f');
  return out;
}

void BM_Append(benchmark::State& state) {
  const Folder folder;
  const auto journal = folder.journal(state.range(0));
  UlidGenerator ids(system_clock());
  std::vector<journal::Entry> batch(static_cast<std::size_t>(state.range(1)), entry(ids));
  for (auto _ : state) {
    for (journal::Entry& one : batch) one.id = ids.next();
    must(journal->append(batch));
  }
  state.SetItemsProcessed(state.iterations() * state.range(1));
}
BENCHMARK(BM_Append)
    ->ArgNames({"durable", "batch"})
    ->ArgsProduct({{0, 1}, {1, 10, 100, 512}})
    ->UseRealTime();

// Callers that each wait for their entry, as judgements do.
void BM_Latency(benchmark::State& state) {
  const Folder folder;
  const auto journal = folder.journal(state.range(0));
  const auto callers = static_cast<std::size_t>(state.range(1));
  constexpr int kEach = 50;
  Metrics metrics;
  journal::JournalWriter writer({}, *journal, system_clock(), metrics);
  UlidGenerator ids(system_clock());
  std::vector<std::vector<std::int64_t>> taken(callers);
  for (auto _ : state) {
    std::vector<std::thread> threads;
    for (auto& mine : taken) {
      threads.emplace_back([&] {
        for (int i = 0; i < kEach; ++i) {
          auto one = entry(ids);
          const std::int64_t started_us = system_clock().monotonic_us();
          must(wait_for(writer.append(std::move(one))));
          mine.push_back(system_clock().monotonic_us() - started_us);
        }
      });
    }
    for (auto& thread : threads) thread.join();
  }
  std::vector<std::int64_t> all;
  for (const auto& mine : taken) all.insert(all.end(), mine.begin(), mine.end());
  std::sort(all.begin(), all.end());
  state.counters["p50_us"] = static_cast<double>(all[all.size() / 2]);
  state.counters["p99_us"] = static_cast<double>(all[all.size() * 99 / 100]);
  state.SetItemsProcessed(static_cast<std::int64_t>(all.size()));
}
BENCHMARK(BM_Latency)
    ->ArgNames({"durable", "callers"})
    ->ArgsProduct({{0, 1}, {1, 64}})
    ->UseRealTime();

// A step of purging, which the next batch waits for.
void BM_Purge(benchmark::State& state) {
  const Folder folder;
  const auto journal = folder.journal(0);
  UlidGenerator ids(system_clock());
  std::vector<journal::Entry> batch(journal::JournalWriter::kPurgeEntries, entry(ids));
  for (auto _ : state) {
    state.PauseTiming();
    for (journal::Entry& one : batch) one.id = ids.next();
    must(journal->append(batch));
    state.ResumeTiming();
    must(journal->purge(INT64_MAX, journal::JournalWriter::kPurgeEntries));
  }
  state.SetItemsProcessed(state.iterations() * journal::JournalWriter::kPurgeEntries);
}
BENCHMARK(BM_Purge)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_BytesOnDisk(benchmark::State& state) {
  const Folder folder;
  const auto journal = folder.journal(0);
  for (auto _ : state) benchmark::DoNotOptimize(must(journal->bytes_on_disk()));
}
BENCHMARK(BM_BytesOnDisk);

}  // namespace
}  // namespace sekisho::adapters

BENCHMARK_MAIN();
