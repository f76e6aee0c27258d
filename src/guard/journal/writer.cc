#include "guard/journal/writer.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <utility>

#include "base/diagnostics.h"

namespace sekisho::journal {
namespace {

constexpr std::int64_t kDayMs = 24 * 60 * 60 * 1000;
constexpr std::int64_t kUsPerMs = 1000;
// How long the thread sleeps when nothing comes; then it looks at its clock.
constexpr std::chrono::milliseconds kIdleWait(250);

// Callers are not told what the store says: that is for us.
Error unrecorded(std::string cause) {
  return {ErrorCode::kUnavailable, "the judgement could not be recorded", {}, std::move(cause)};
}

bool is_the_stores_fault(ErrorCode code) {
  return code == ErrorCode::kIo || code == ErrorCode::kUnavailable || code == ErrorCode::kCorrupt;
}

Counter& purged(Metrics& metrics, const std::string& reason) {
  return metrics.counter("sekisho_journal_purged_total", "Entries removed from the journal.",
                         "reason=\"" + reason + "\"");
}

}  // namespace

struct JournalWriter::Shared {
  Shared(std::size_t entries_max, Metrics& metrics)
      : queue(entries_max),
        committed(metrics.counter("sekisho_journal_committed_total",
                                  "Entries committed to the journal.")),
        batches(metrics.counter("sekisho_journal_batches_total",
                                "Transactions that committed entries.")),
        failed(metrics.counter("sekisho_journal_failed_total",
                               "Entries that the journal's store could not take.")),
        overloaded(metrics.counter("sekisho_journal_refused_total",
                                   "Entries refused before the store.", "reason=\"queue_full\"")),
        over_quota(metrics.counter("sekisho_journal_refused_total",
                                   "Entries refused before the store.", "reason=\"quota\"")),
        purged_age(purged(metrics, "age")),
        purged_quota(purged(metrics, "quota")),
        commit_time(metrics.histogram("sekisho_journal_commit_seconds",
                                      "Time of one transaction that commits entries.")) {}

  BoundedQueue<Pending> queue;
  std::atomic<bool> quota_reached{false};  // and new entries are refused for it
  std::atomic<std::int64_t> bytes{0};      // at the last check
  Counter &committed, &batches, &failed, &overloaded, &over_quota, &purged_age, &purged_quota;
  Histogram& commit_time;
};

JournalWriter::JournalWriter(WriterOptions options, JournalStore& store, const Clock& clock,
                             Metrics& metrics)
    : options_(options),
      store_(store),
      clock_(clock),
      shared_(std::make_shared<Shared>(options.queue_entries_max, metrics)),
      seen_us_(clock.monotonic_us()),
      seen_unix_ms_(clock.unix_ms()) {
  metrics.gauge("sekisho_journal_queue_entries", "Entries waiting to be committed.",
                [shared = shared_] { return static_cast<double>(shared->queue.size()); });
  metrics.gauge("sekisho_journal_bytes", "Size of the journal's store, about a second ago.",
                [shared = shared_] {
                  return static_cast<double>(shared->bytes.load(std::memory_order_relaxed));
                });
  thread_ = std::thread([this] { run(); });
}

JournalWriter::~JournalWriter() {
  stop();
}

void JournalWriter::stop() {
  shared_->queue.close();
  if (thread_.joinable()) thread_.join();
}

Task<Result<Unit>> JournalWriter::append(Entry entry) {
  if (shared_->quota_reached.load(std::memory_order_relaxed)) {
    shared_->over_quota.add();
    co_return unrecorded("the journal's quota is used up");
  }
  Pending pending{std::move(entry)};
  const auto committed = pending.committed;
  if (!shared_->queue.push(pending)) {
    shared_->overloaded.add();
    co_return Error{ErrorCode::kOverloaded, "too many judgements wait to be recorded"};
  }
  co_return co_await committed;
}

void JournalWriter::run() {
  while (!shared_->queue.closed_and_empty()) {
    auto batch = shared_->queue.take(kBatchEntriesMax, kIdleWait);
    if (!batch.empty()) commit(std::move(batch));
    maintain();
  }
}

void JournalWriter::commit(std::vector<Pending> batch) {
  std::vector<Entry> entries;
  std::vector<Completion<Result<Unit>>> callers;
  entries.reserve(batch.size());
  callers.reserve(batch.size());
  for (Pending& pending : batch) {
    entries.push_back(std::move(pending.entry));
    callers.push_back(std::move(pending.committed));
  }
  const std::int64_t started_us = clock_.monotonic_us();
  const Status stored = store_.append(entries);
  shared_->commit_time.observe(clock_.monotonic_us() - started_us);
  if (!stored.ok() && !is_the_stores_fault(stored.error().code) && entries.size() > 1) {
    return commit_one_by_one(entries, callers);
  }
  const Result<Unit> told = outcome(stored, entries.size());
  for (const auto& caller : callers) caller.deliver(told);
}

void JournalWriter::commit_one_by_one(const std::vector<Entry>& entries,
                                      const std::vector<Completion<Result<Unit>>>& callers) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    callers[i].deliver(outcome(store_.append({entries[i]}), 1));
  }
}

Result<Unit> JournalWriter::outcome(const Status& stored, std::size_t entries) {
  if (stored.ok()) {
    shared_->batches.add();
    shared_->committed.add(entries);
    if (failing_) log(Severity::kInfo, "journal_recovered");
    failing_ = false;
    return Unit{};
  }
  shared_->failed.add(entries);
  failed_since_report_ += entries;
  report_failure(stored.error());
  return unrecorded(stored.error().message);
}

void JournalWriter::report_failure(const Error& error) {
  const std::int64_t now_us = clock_.monotonic_us();
  const bool repeated = std::exchange(failing_, true);
  if (repeated && now_us < failure_report_due_us_) return;
  failure_report_due_us_ = now_us + kReportMs * kUsPerMs;
  log(Severity::kError, "journal_failed",
      {{"cause", error.message},
       {"detail", error.detail},
       {"entries", static_cast<std::int64_t>(std::exchange(failed_since_report_, 0))}});
}

void JournalWriter::maintain() {
  if (options_.quota_bytes > 0) keep_quota();
  if (options_.retention_days > 0) keep_retention();
}

// One check, and at most one step of purging, so that waiting entries wait for little.
void JournalWriter::keep_quota() {
  const std::int64_t now_us = clock_.monotonic_us();
  if (now_us < quota_check_due_us_) return;
  quota_check_due_us_ = now_us + kQuotaCheckMs * kUsPerMs;
  const auto bytes = store_.bytes_on_disk();
  if (!bytes.ok()) return report_failure(bytes.error());
  shared_->bytes.store(*bytes, std::memory_order_relaxed);
  const bool reached = *bytes > options_.quota_bytes;
  const bool refuse = options_.quota_policy == QuotaPolicy::kRefuse;
  shared_->quota_reached.store(reached && refuse, std::memory_order_relaxed);
  if (!reached) return;
  if (now_us >= quota_report_due_us_) {
    quota_report_due_us_ = now_us + kReportMs * kUsPerMs;
    log(Severity::kWarning, "journal_quota_reached",
        {{"bytes", *bytes},
         {"quota_bytes", options_.quota_bytes},
         {"then", refuse ? "new entries are refused" : "the oldest entries are removed"}});
  }
  if (refuse) return;
  const auto removed = store_.purge(std::numeric_limits<std::int64_t>::max(), kPurgeEntries);
  if (!removed.ok()) return report_failure(removed.error());
  shared_->purged_quota.add(static_cast<std::uint64_t>(*removed));
  if (*removed == kPurgeEntries) quota_check_due_us_ = now_us;  // go on after the next batch
}

void JournalWriter::keep_retention() {
  const std::int64_t now_us = clock_.monotonic_us();
  if (now_us < retention_check_due_us_) return;
  retention_check_due_us_ = now_us + kRetentionCheckMs * kUsPerMs;
  if (!clock_settled(now_us)) return;
  const auto removed =
      store_.purge(clock_.unix_ms() - options_.retention_days * kDayMs, kPurgeEntries);
  if (!removed.ok()) return report_failure(removed.error());
  shared_->purged_age.add(static_cast<std::uint64_t>(*removed));
  if (*removed == kPurgeEntries) retention_check_due_us_ = now_us;
}

bool JournalWriter::clock_settled(std::int64_t now_us) {
  const std::int64_t unix_ms = clock_.unix_ms();
  const std::int64_t jump_ms = std::abs((unix_ms - seen_unix_ms_) - (now_us - seen_us_) / kUsPerMs);
  seen_us_ = now_us;
  seen_unix_ms_ = unix_ms;
  if (jump_ms > kClockJumpMs) {
    clock_settled_us_ = now_us + kClockSettleMs * kUsPerMs;
    log(Severity::kWarning, "clock_jumped", {{"by_ms", jump_ms}});
  }
  return now_us >= clock_settled_us_;
}

}  // namespace sekisho::journal
