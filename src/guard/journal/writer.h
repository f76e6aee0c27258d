// JournalWriter: the queue and the one thread between the judges and the store.
//
// Entries wait in a bounded queue; the thread takes what is there, up to kBatchEntriesMax, commits
// it as one transaction and then tells every caller. While it commits, the next batch gathers.
// Nothing accepted is dropped silently:
//   * queue full: kOverloaded at once;
//   * the store fails (kIo, kUnavailable, kCorrupt): the whole batch ends with kUnavailable. The
//     next batch is tried as if nothing had happened, so the writer recovers with the store;
//   * the store refuses the batch for any other reason: perhaps one entry is at fault, so each is
//     tried alone and told its own outcome;
//   * `stop`: what was accepted is still tried and told, then the thread ends.
// An entry whose caller was told of a failure may yet be in the store (a crash after the write).
//
// Between batches the thread keeps the store small, in steps of kPurgeEntries: entries older than
// the retention go, and beyond the quota the oldest ones go or new ones are refused. After a jump
// of the wall clock nothing is removed for its age until kClockSettleMs have passed: a wrong clock
// must not empty the journal.
//
// Thread safety: every member may be called from any thread. A flow that awaited `append` goes on
// on the writer's thread: it should hand itself on, and must not block there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "base/bounded_queue.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "guard/journal/journal.h"

namespace sekisho::journal {

enum class QuotaPolicy {
  kDeleteOldest,  // the oldest entries make room
  kRefuse,        // new entries are refused (kUnavailable) until age makes room
};

struct WriterOptions {
  std::size_t queue_entries_max = 4096;
  std::int64_t quota_bytes = std::int64_t{4} << 30;  // of the store; 0: none
  QuotaPolicy quota_policy = QuotaPolicy::kDeleteOldest;
  std::int64_t retention_days = 30;  // 0: entries are kept for ever
};

class JournalWriter final : public JournalQueue {
 public:
  // Everything borrowed outlives the writer, except `metrics`' readers: they may read on.
  JournalWriter(WriterOptions options, JournalStore& store, const Clock& clock, Metrics& metrics);
  ~JournalWriter() override;  // stops

  Task<Result<Unit>> append(Entry entry) override;
  // Ends after everything accepted was told. Later calls of `append` get kOverloaded. From one
  // thread at a time, and never from the writer's own.
  void stop();

  static constexpr std::size_t kBatchEntriesMax = 512;
  static constexpr std::int64_t kPurgeEntries = 1000;  // more than a batch: purging wins
  static constexpr std::int64_t kQuotaCheckMs = 1000;
  static constexpr std::int64_t kRetentionCheckMs = 60 * 1000;
  static constexpr std::int64_t kReportMs = 60 * 1000;     // between two log lines on one trouble
  static constexpr std::int64_t kClockJumpMs = 60 * 1000;  // between two checks; more is a jump
  static constexpr std::int64_t kClockSettleMs = 6 * 60 * 60 * 1000;
  static_assert(kPurgeEntries > std::int64_t{kBatchEntriesMax});

 private:
  struct Pending {
    Entry entry;
    Completion<Result<Unit>> committed = {};
  };
  struct Shared;  // what callers, the thread and the metrics' readers all see

  void run();
  void commit(std::vector<Pending> batch);
  void commit_one_by_one(const std::vector<Entry>& entries,
                         const std::vector<Completion<Result<Unit>>>& callers);
  // Counts and reports how the store took `entries` entries; what their callers are told.
  Result<Unit> outcome(const Status& stored, std::size_t entries);
  void report_failure(const Error& error);
  void maintain();
  void keep_quota();
  void keep_retention();
  bool clock_settled(std::int64_t now_us);

  const WriterOptions options_;
  JournalStore& store_;
  const Clock& clock_;
  const std::shared_ptr<Shared> shared_;

  // The thread's own. Times are monotonic unless they say otherwise.
  std::int64_t quota_check_due_us_ = 0;
  std::int64_t retention_check_due_us_ = 0;
  std::int64_t failure_report_due_us_ = 0;
  std::int64_t quota_report_due_us_ = 0;
  std::uint64_t failed_since_report_ = 0;
  bool failing_ = false;
  std::int64_t seen_us_ = 0;       // the two clocks at the last retention check
  std::int64_t seen_unix_ms_ = 0;  // wall clock
  std::int64_t clock_settled_us_ = 0;

  std::thread thread_;  // last: it uses everything above
};

}  // namespace sekisho::journal
