// Assembly: the parts of the program put together as a configuration says. Swapping an adapter is
// one line in assembly.cc.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "access/data_folder.h"
#include "adapters/sqlite_journal.h"
#include "apps/config.h"
#include "base/metrics.h"
#include "guard/guard.h"
#include "guard/journal/writer.h"
#include "guard/judge/judge.h"
#include "guard/policy/snapshot.h"

namespace sekisho::apps {

// What judges: detectors, scorer, cache and policy.
struct Judging {
  std::unique_ptr<judge::Judge> judge;
  std::unique_ptr<policy::CurrentPolicy> policy;
  std::vector<std::string> degraded;  // what is missing here, for people
};
Result<Judging> assemble_judging(const Config& config);

// Where judgements are kept. The writer ends before the store that it writes to.
struct Recording {
  access::DataFolder folder;
  std::unique_ptr<adapters::SqliteJournal> store;
  std::unique_ptr<journal::JournalWriter> writer;
};
Result<Recording> assemble_recording(const Config& config, Metrics& metrics);

// The guard over both; `recording` may be null. Everything passed outlives it.
std::unique_ptr<Guard> assemble_guard(const Config& config, const Judging& judging,
                                      const Recording* recording, Metrics& metrics);

// The journal of a data folder, for looking into while a server writes to it.
Result<std::unique_ptr<adapters::SqliteJournal>> open_journal_to_read(const std::string& data);

inline constexpr std::string_view kJournalFile = "journal.sqlite";
inline constexpr std::string_view kAccessFile = "access.sqlite";

}  // namespace sekisho::apps
