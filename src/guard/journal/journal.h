// Journal: what was judged is kept before it is answered.
//
// JournalStore is where entries rest (SQLite; PostgreSQL later). JournalQueue is the way there: it
// takes an entry and says when it is committed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "guard/journal/entry.h"

namespace sekisho::journal {

struct Query {
  std::string tenant = "default";
  std::int64_t entries_max = 100;  // 0: all
  std::optional<Ulid> after = {};  // only entries younger than this one
  std::optional<judge::Outcome> outcome = {};
  bool newest_first = true;
};

// Thread safety: `append` and `purge` from one writer thread; the rest from any.
class JournalStore {
 public:
  virtual ~JournalStore() = default;
  // All or nothing; entries that are already there (same id) are left as they are.
  virtual Status append(const std::vector<Entry>& batch) = 0;
  // Calls `visit` for each match, as a stored entry in JSON; stops when it says false.
  virtual Status query(const Query& query,
                       const std::function<bool(std::string_view entry_json)>& visit) = 0;
  // Removes entries older than `unix_ms`, at most `entries_max` of them; how many were removed.
  virtual Result<std::int64_t> purge(std::int64_t unix_ms, std::int64_t entries_max) = 0;
  virtual Result<std::int64_t> bytes_on_disk() = 0;
};

class JournalQueue {
 public:
  virtual ~JournalQueue() = default;
  // Ends when the entry's batch is committed, or at once with kOverloaded when the queue is full.
  virtual Task<Result<Unit>> append(Entry entry) = 0;
};

}  // namespace sekisho::journal
