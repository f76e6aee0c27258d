// SqliteJournal: the journal in one SQLite file. Format: docs/formats/journal.md.
//
// A row is keyed by its ULID, so writing an entry twice keeps one, and the order of keys is the
// order of time: the age of an entry is the time in its id.
//
// When a sync fails, the file counts as lost: it is set aside as PATH.failed-N, for a person to
// look at, and a new one is begun with the next batch. The batch whose sync failed is an error.
//
// Thread safety: as JournalStore says; every query reads through a connection of its own, in
// short steps, so that a slow reader never keeps the write-ahead log from being cut.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/sqlite_database.h"
#include "guard/journal/journal.h"

namespace sekisho::adapters {

struct SqliteJournalOptions {
  std::string path;
  // kReadOnly: for looking into the file while a server writes to it; `append` and `purge` fail.
  SqliteMode mode = SqliteMode::kReadWrite;
  Durability durability = Durability::kDefault;
  std::int64_t busy_timeout_ms = 2000;
};

class SqliteJournal final : public journal::JournalStore {
 public:
  static Result<std::unique_ptr<SqliteJournal>> open(SqliteJournalOptions options);

  Status append(const std::vector<journal::Entry>& batch) override;
  Status query(const journal::Query& query,
               const std::function<bool(std::string_view entry_json)>& visit) override;
  Result<std::int64_t> purge(std::int64_t unix_ms, std::int64_t entries_max) override;
  // Of the pages in use. The file itself may be up to kFreePagesMax larger while removed entries
  // wait to be overwritten, and the write-ahead log beside it adds about 4 MB.
  Result<std::int64_t> bytes_on_disk() override;

  static constexpr std::int64_t kFreePagesMax = 16384;    // 64 MiB
  static constexpr std::int64_t kPagesReturnedMax = 512;  // to the file system, in one purge
  static constexpr std::int64_t kQueryStepEntries = 256;  // read in one go

 private:
  struct Writer {
    SqliteDatabase database;
    SqliteStatement insert;  // after the database: it goes first
  };
  explicit SqliteJournal(SqliteJournalOptions options) : options_(std::move(options)) {}
  SqliteOptions database_options(SqliteMode mode) const;
  Status open_writer();
  Result<SqliteDatabase> open_reader() const;
  // The writer, opened anew when its file was lost.
  Result<Writer*> writer();
  Status set_aside();

  const SqliteJournalOptions options_;
  std::optional<Writer> writer_;
  // Removed entries may still be read in the write-ahead log, and the file is yet to be cut.
  bool wal_to_empty_ = false;
};

}  // namespace sekisho::adapters
