#include "adapters/sqlite_journal.h"

#include <array>
#include <filesystem>
#include <initializer_list>
#include <system_error>
#include <utility>

#include "base/diagnostics.h"

namespace sekisho::adapters {
namespace {

using judge::Contract;
using judge::Outcome;
using judge::Side;

// A rowid table, not WITHOUT ROWID: an entry is often larger than a quarter of a page, and rows of
// that size overflow in the latter (three times slower, 2.5 times the disk; measured).
constexpr const char* kMigrations[] = {
    R"(
CREATE TABLE entries (
  id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
  unix_ms INTEGER NOT NULL,
  tenant TEXT NOT NULL,
  key_id TEXT NOT NULL,
  request_id TEXT NOT NULL,
  side TEXT NOT NULL,
  contract TEXT NOT NULL,
  category_set_id TEXT NOT NULL,
  category_set_version INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  allowed INTEGER NOT NULL,
  score REAL NOT NULL,
  category TEXT NOT NULL,
  verdict TEXT NOT NULL,
  masked_text TEXT NOT NULL,
  code_points INTEGER NOT NULL,
  fingerprint TEXT NOT NULL
) STRICT;
CREATE INDEX entries_by_outcome ON entries (tenant, outcome, id);
)"};

constexpr std::string_view kColumns =
    "id, unix_ms, tenant, key_id, request_id, side, contract, category_set_id, "
    "category_set_version, outcome, allowed, score, category, verdict, masked_text, code_points, "
    "fingerprint";

// Not OR IGNORE: that would also pass over a row that breaks a rule of the table.
const std::string kInsert =
    "INSERT INTO entries (" + std::string(kColumns) +
    ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING";

constexpr const char* kPurge =
    "DELETE FROM entries WHERE rowid IN (SELECT rowid FROM entries WHERE id < ? ORDER BY id LIMIT "
    "?)";

std::string_view bytes_of(const Ulid& id) {
  return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

// Blobs that sort before and after every id.
constexpr std::string_view kBeforeAll;
const std::string kAfterAll(sizeof(Ulid::bytes) + 1, '\xFF');

// Sorts after every id made before `unix_ms`, and before every other.
std::string first_id_of(std::int64_t unix_ms) {
  constexpr int kTimeBits = 48;
  if (unix_ms <= 0) return std::string(kBeforeAll);
  if (unix_ms >> kTimeBits != 0) return kAfterAll;
  Ulid id;
  for (std::size_t i = 0; i < 6; ++i) {
    id.bytes[i] = static_cast<std::uint8_t>(unix_ms >> (8 * (5 - i)));
  }
  return std::string(bytes_of(id));
}

Result<std::int64_t> insert(SqliteStatement& statement, const journal::Entry& entry) {
  statement.bind_blob(1, bytes_of(entry.id))
      .bind(2, entry.unix_ms)
      .bind_text(3, entry.tenant)
      .bind_text(4, entry.key_id)
      .bind_text(5, entry.request_id)
      .bind_text(6, judge::side_name(entry.side))
      .bind_text(7, judge::contract_name(entry.contract))
      .bind_text(8, entry.category_set_id)
      .bind(9, entry.category_set_version)
      .bind_text(10, judge::outcome_name(entry.outcome))
      .bind(11, std::int64_t{entry.allowed})
      .bind(12, entry.score)
      .bind_text(13, entry.category)
      .bind_text(14, entry.verdict_json)
      .bind_text(15, entry.masked_text)
      .bind(16, std::int64_t{entry.code_points})
      .bind_text(17, entry.fingerprint);
  return statement.run();
}

template <typename Name, typename Enum>
bool parse_name(std::string_view text, Name name, std::initializer_list<Enum> values, Enum& out) {
  for (const Enum value : values) {
    if (name(value) != text) continue;
    out = value;
    return true;
  }
  return false;
}

// The row that `row` stands on. kCorrupt when no program of this schema wrote it.
Result<journal::Entry> read_entry(const SqliteStatement& row) {
  journal::Entry entry;
  const std::string_view id = row.bytes(0);
  const bool known =
      id.size() == entry.id.bytes.size() &&
      parse_name(row.bytes(5), judge::side_name, {Side::kInput, Side::kOutput}, entry.side) &&
      parse_name(row.bytes(6), judge::contract_name,
                 {Contract::kJudge, Contract::kJudgeText, Contract::kJudgeChat,
                  Contract::kGuardrails, Contract::kModerations, Contract::kCommandLine},
                 entry.contract) &&
      parse_name(row.bytes(9), judge::outcome_name,
                 {Outcome::kSafe, Outcome::kUnsafe, Outcome::kUnjudged}, entry.outcome);
  if (!known) return Error{ErrorCode::kCorrupt, "an entry of the journal is damaged"};
  std::copy(id.begin(), id.end(), entry.id.bytes.begin());
  entry.unix_ms = row.integer(1);
  entry.tenant = row.bytes(2);
  entry.key_id = row.bytes(3);
  entry.request_id = row.bytes(4);
  entry.category_set_id = row.bytes(7);
  entry.category_set_version = row.integer(8);
  entry.allowed = row.integer(10) != 0;
  entry.score = row.real(11);
  entry.category = row.bytes(12);
  entry.verdict_json = row.bytes(13);
  entry.masked_text = row.bytes(14);
  entry.code_points = static_cast<std::uint32_t>(row.integer(15));
  entry.fingerprint = row.bytes(16);
  return entry;
}

std::string select(const journal::Query& query) {
  // Without an outcome the primary key gives the order; the plus keeps SQLite from preferring the
  // index and sorting everything.
  return "SELECT " + std::string(kColumns) + " FROM entries WHERE " +
         (query.outcome ? "tenant = ?1 AND outcome = ?2" : "+tenant = ?1") +
         " AND id > ?3 AND id < ?4 ORDER BY id " + (query.newest_first ? "DESC" : "ASC") +
         " LIMIT ?5";
}

}  // namespace

Result<std::unique_ptr<SqliteJournal>> SqliteJournal::open(SqliteJournalOptions options) {
  std::unique_ptr<SqliteJournal> journal(new SqliteJournal(std::move(options)));
  if (journal->options_.mode == SqliteMode::kReadWrite) {
    CHECK_OK(journal->open_writer());
  } else {
    CHECK_OK(journal->open_reader());
  }
  return journal;
}

SqliteOptions SqliteJournal::database_options(SqliteMode mode) const {
  return {options_.path, mode, options_.durability, kMigrations, options_.busy_timeout_ms};
}

Status SqliteJournal::open_writer() {
  TRY(auto database, SqliteDatabase::open(database_options(SqliteMode::kReadWrite)));
  TRY(auto statement, database.prepare(kInsert.c_str()));
  writer_.emplace(Writer{std::move(database), std::move(statement)});
  return ok_status();
}

Result<SqliteDatabase> SqliteJournal::open_reader() const {
  return SqliteDatabase::open(database_options(SqliteMode::kReadOnly));
}

Result<SqliteJournal::Writer*> SqliteJournal::writer() {
  if (options_.mode == SqliteMode::kReadOnly) {
    return Error{ErrorCode::kForbidden, options_.path + " was opened for reading only"};
  }
  if (writer_ && writer_->database.sync_failed()) {
    writer_.reset();
    CHECK_OK(set_aside());
  }
  if (!writer_) CHECK_OK(open_writer());
  return &*writer_;
}

Status SqliteJournal::set_aside() {
  std::error_code failure;
  int number = 1;
  std::string aside;
  do {
    aside = options_.path + ".failed-" + std::to_string(number++);
  } while (std::filesystem::exists(aside, failure));
  // The log first: a file without its log is still a sound, older journal; a log without its file
  // would be taken for the new file's.
  for (const char* part : {"-wal", ""}) {
    std::filesystem::rename(options_.path + part, aside + part, failure);
    if (failure && failure != std::errc::no_such_file_or_directory) {
      return Error{ErrorCode::kIo,
                   "cannot set aside " + options_.path + part + ": " + failure.message()};
    }
  }
  std::filesystem::remove(options_.path + "-shm", failure);  // only an index of the log
  log(Severity::kError, "journal_file_lost", {{"kept_as", aside}, {"cause", "a sync failed"}});
  return ok_status();
}

Status SqliteJournal::append(const std::vector<journal::Entry>& batch) {
  TRY(Writer* const writer, this->writer());
  return writer->database.transaction([&](SqliteDatabase&) -> Status {
    for (const journal::Entry& entry : batch) CHECK_OK(insert(writer->insert, entry));
    return ok_status();
  });
}

Status SqliteJournal::query(const journal::Query& query,
                            const std::function<bool(std::string_view entry_json)>& visit) {
  TRY(auto database, open_reader());
  TRY(auto statement, database.prepare(select(query).c_str()));
  std::string lower(query.after ? bytes_of(*query.after) : kBeforeAll);
  std::string upper = kAfterAll;
  std::int64_t left = query.entries_max == 0 ? INT64_MAX : query.entries_max;
  while (left > 0) {
    statement.bind_text(1, query.tenant).bind_blob(3, lower).bind_blob(4, upper);
    if (query.outcome) statement.bind_text(2, judge::outcome_name(*query.outcome));
    statement.bind(5, std::min(left, kQueryStepEntries));
    std::vector<std::string> found;
    Ulid last;
    while (true) {
      TRY(const auto stepped, statement.step());
      if (stepped == SqliteStatement::Step::kDone) break;
      TRY(const journal::Entry entry, read_entry(statement));
      found.push_back(journal::entry_json(entry));
      last = entry.id;
    }
    statement.reset();
    for (const std::string& json : found) {
      if (!visit(json)) return ok_status();
    }
    const auto count = static_cast<std::int64_t>(found.size());
    if (count < std::min(left, kQueryStepEntries)) break;
    left -= count;
    (query.newest_first ? upper : lower) = bytes_of(last);
  }
  return ok_status();
}

Result<std::int64_t> SqliteJournal::purge(std::int64_t unix_ms, std::int64_t entries_max) {
  TRY(Writer* const writer, this->writer());
  const std::string bound = first_id_of(unix_ms);
  std::int64_t removed = 0;
  std::int64_t returned = 0;
  CHECK_OK(writer->database.transaction([&](SqliteDatabase& database) -> Status {
    TRY(auto statement, database.prepare(kPurge));
    TRY(removed, statement.bind_blob(1, bound).bind(2, entries_max).run());
    TRY(const std::int64_t free_pages, database.read_integer("PRAGMA freelist_count"));
    if (free_pages <= kFreePagesMax) return ok_status();
    returned = std::min(free_pages - kFreePagesMax, kPagesReturnedMax);
    return database.execute(
        ("PRAGMA incremental_vacuum(" + std::to_string(returned) + ")").c_str());
  }));
  wal_to_empty_ |= removed > 0 || returned > 0;
  if (wal_to_empty_ && removed < entries_max) {
    // Readers may be in the way; then a later purge does it.
    wal_to_empty_ = !writer->database.empty_wal().ok();
  }
  return removed;
}

Result<std::int64_t> SqliteJournal::bytes_on_disk() {
  TRY(auto database, open_reader());
  return database.read_integer(
      "SELECT (page_count - freelist_count) * page_size "
      "FROM pragma_page_count, pragma_freelist_count, pragma_page_size");
}

}  // namespace sekisho::adapters
