// SqliteDatabase: one connection to one SQLite file, opened the one way Sekisho opens them.
//
// Files are write-ahead logged, tables STRICT, deleted content is overwritten (secure_delete),
// extensions cannot be loaded and a malformed schema cannot run code (defensive). The schema is a
// list of numbered steps; `user_version` says how many of them a file has seen. A file that has
// seen more than this program knows is refused.
//
// Errors name the file and SQLite's extended code, and are for diagnostics and command lines, not
// for callers of an API: kUnavailable (locked), kIo (full disk, failed read, write or sync, no
// access), kCorrupt, kInternal (a statement that should not have been).
//
// Thread safety: a connection and its statements are used by one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3_stmt;

namespace sekisho::adapters {

enum class SqliteMode { kReadWrite, kReadOnly };

// What a committed transaction survives.
enum class Durability {
  kDefault,  // synchronous=NORMAL: any crash or SIGKILL of the process
  kDurable,  // synchronous=FULL: a power cut too, for one flush of the disk a transaction
};

struct SqliteOptions {
  std::string path;  // its folder must exist; a new file gets mode 0600
  SqliteMode mode = SqliteMode::kReadWrite;
  Durability durability = Durability::kDefault;
  std::span<const char* const> migrations = {};  // step i takes version i to i + 1; never edited
  std::int64_t busy_timeout_ms = 2000;           // how long to wait for another process's lock
};

namespace sqlite_internal {
struct Connection;
}

// A prepared statement. Parameters count from 1, columns from 0. Must not outlive its database.
class SqliteStatement {
 public:
  enum class Step { kRow, kDone };

  // Text and blobs are borrowed until the next `reset` or `run`. A refused value makes the next
  // `step` fail.
  SqliteStatement& bind(int parameter, std::int64_t value);
  SqliteStatement& bind(int parameter, double value);
  SqliteStatement& bind_text(int parameter, std::string_view text);
  SqliteStatement& bind_blob(int parameter, std::string_view bytes);
  SqliteStatement& bind_null(int parameter);

  Result<Step> step();
  // Steps to the end, ignoring rows, and resets. How many rows were changed.
  Result<std::int64_t> run();
  void reset();

  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  // Valid until the next `step` or `reset`; for TEXT and BLOB columns.
  std::string_view bytes(int column) const;

 private:
  friend class SqliteDatabase;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  SqliteStatement(sqlite_internal::Connection& connection, sqlite3_stmt* statement)
      : connection_(&connection), statement_(statement) {}
  void note(int code) { bind_code_ = bind_code_ != 0 ? bind_code_ : code; }

  sqlite_internal::Connection* connection_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bind_code_ = 0;  // of the first bind since the last reset that was refused
};

class SqliteDatabase {
 public:
  // Read-write: makes the file if needed and brings its schema up to date. Read-only: the file
  // must exist with exactly this schema; another process may be writing to it meanwhile.
  // kNotFound, kUnprocessable for a schema newer than `migrations`, and the errors above.
  static Result<SqliteDatabase> open(const SqliteOptions& options);
  SqliteDatabase(SqliteDatabase&&) noexcept;
  SqliteDatabase& operator=(SqliteDatabase&&) noexcept;
  ~SqliteDatabase();

  Result<SqliteStatement> prepare(const char* sql);
  Status execute(const char* sql);  // one or more statements without parameters
  // The first column of the first row of `sql`: for pragmas and counts.
  Result<std::int64_t> read_integer(const char* sql);

  // Runs `work` inside one transaction and commits it, or rolls back when either fails. The
  // write-ahead log is copied back into the file when it has grown to kWalPagesMax; that this
  // failed is logged, and no failure of the transaction.
  Status transaction(const std::function<Status(SqliteDatabase&)>& work);

  // Copies the write-ahead log back into the file and cuts it to nothing, so that deleted content
  // is in neither. Waits for nobody: kUnavailable while a reader is in the way.
  Status empty_wal();

  // True once a sync failed, for ever: what the operating system said it had may be gone, and a
  // later sync that succeeds proves nothing. The file must not be written any more.
  bool sync_failed() const;

  static constexpr int kWalPagesMax = 1000;  // 4 MB

 private:
  explicit SqliteDatabase(std::unique_ptr<sqlite_internal::Connection> connection);
  Status configure(const SqliteOptions& options);
  Status migrate(const SqliteOptions& options);
  void checkpoint_if_due();
  std::unique_ptr<sqlite_internal::Connection> connection_;
};

}  // namespace sekisho::adapters
