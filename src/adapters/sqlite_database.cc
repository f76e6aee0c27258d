#include "adapters/sqlite_database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/diagnostics.h"

namespace sekisho::adapters {

namespace sqlite_internal {
struct Connection {
  sqlite3* handle = nullptr;
  std::string path;
  std::int64_t busy_timeout_ms = 0;
  int wal_pages = 0;  // after the last commit
  bool sync_failed = false;
  bool checkpoint_failing = false;  // already logged

  ~Connection() { sqlite3_close_v2(handle); }
};
}  // namespace sqlite_internal

namespace {

using sqlite_internal::Connection;

// SQLite has these names in its header only. Codes that cannot happen here have no name.
const char* code_name(int code) {
#define SEKISHO_NAME(name) \
  case name:               \
    return #name
  switch (code) {
    SEKISHO_NAME(SQLITE_ERROR);
    SEKISHO_NAME(SQLITE_INTERNAL);
    SEKISHO_NAME(SQLITE_PERM);
    SEKISHO_NAME(SQLITE_ABORT);
    SEKISHO_NAME(SQLITE_BUSY);
    SEKISHO_NAME(SQLITE_BUSY_RECOVERY);
    SEKISHO_NAME(SQLITE_BUSY_SNAPSHOT);
    SEKISHO_NAME(SQLITE_LOCKED);
    SEKISHO_NAME(SQLITE_NOMEM);
    SEKISHO_NAME(SQLITE_READONLY);
    SEKISHO_NAME(SQLITE_READONLY_RECOVERY);
    SEKISHO_NAME(SQLITE_READONLY_CANTLOCK);
    SEKISHO_NAME(SQLITE_READONLY_DBMOVED);
    SEKISHO_NAME(SQLITE_READONLY_CANTINIT);
    SEKISHO_NAME(SQLITE_READONLY_DIRECTORY);
    SEKISHO_NAME(SQLITE_INTERRUPT);
    SEKISHO_NAME(SQLITE_IOERR);
    SEKISHO_NAME(SQLITE_IOERR_READ);
    SEKISHO_NAME(SQLITE_IOERR_SHORT_READ);
    SEKISHO_NAME(SQLITE_IOERR_WRITE);
    SEKISHO_NAME(SQLITE_IOERR_FSYNC);
    SEKISHO_NAME(SQLITE_IOERR_DIR_FSYNC);
    SEKISHO_NAME(SQLITE_IOERR_TRUNCATE);
    SEKISHO_NAME(SQLITE_IOERR_FSTAT);
    SEKISHO_NAME(SQLITE_IOERR_UNLOCK);
    SEKISHO_NAME(SQLITE_IOERR_RDLOCK);
    SEKISHO_NAME(SQLITE_IOERR_DELETE);
    SEKISHO_NAME(SQLITE_IOERR_NOMEM);
    SEKISHO_NAME(SQLITE_IOERR_ACCESS);
    SEKISHO_NAME(SQLITE_IOERR_LOCK);
    SEKISHO_NAME(SQLITE_IOERR_CLOSE);
    SEKISHO_NAME(SQLITE_IOERR_SHMOPEN);
    SEKISHO_NAME(SQLITE_IOERR_SHMSIZE);
    SEKISHO_NAME(SQLITE_IOERR_SHMLOCK);
    SEKISHO_NAME(SQLITE_IOERR_SHMMAP);
    SEKISHO_NAME(SQLITE_IOERR_CORRUPTFS);
    SEKISHO_NAME(SQLITE_CORRUPT);
    SEKISHO_NAME(SQLITE_CORRUPT_INDEX);
    SEKISHO_NAME(SQLITE_CORRUPT_SEQUENCE);
    SEKISHO_NAME(SQLITE_FULL);
    SEKISHO_NAME(SQLITE_CANTOPEN);
    SEKISHO_NAME(SQLITE_CANTOPEN_ISDIR);
    SEKISHO_NAME(SQLITE_CANTOPEN_FULLPATH);
    SEKISHO_NAME(SQLITE_PROTOCOL);
    SEKISHO_NAME(SQLITE_SCHEMA);
    SEKISHO_NAME(SQLITE_TOOBIG);
    SEKISHO_NAME(SQLITE_CONSTRAINT_CHECK);
    SEKISHO_NAME(SQLITE_CONSTRAINT_NOTNULL);
    SEKISHO_NAME(SQLITE_CONSTRAINT_PRIMARYKEY);
    SEKISHO_NAME(SQLITE_CONSTRAINT_UNIQUE);
    SEKISHO_NAME(SQLITE_CONSTRAINT_DATATYPE);
    SEKISHO_NAME(SQLITE_MISUSE);
    SEKISHO_NAME(SQLITE_AUTH);
    SEKISHO_NAME(SQLITE_RANGE);
    SEKISHO_NAME(SQLITE_NOTADB);
    default:
      return nullptr;
  }
#undef SEKISHO_NAME
}

ErrorCode error_code(int code) {
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_NOMEM:
      return ErrorCode::kUnavailable;
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return ErrorCode::kIo;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::kCorrupt;
    default:
      return ErrorCode::kInternal;
  }
}

// The error of the call on `connection` that just gave `code`.
Error error_of(Connection& connection, int code) {
  const int extended = sqlite3_extended_errcode(connection.handle);
  if ((extended & 0xFF) == (code & 0xFF)) code = extended;
  if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC) connection.sync_failed = true;
  const char* name = code_name(code);
  if (name == nullptr) name = code_name(code & 0xFF);
  return {error_code(code),
          connection.path + ": " + (name != nullptr ? name : "SQLite error") + " (" +
              sqlite3_errstr(code) + ")",
          {},
          sqlite3_errmsg(connection.handle)};
}

int note_wal_pages(void* connection, sqlite3*, const char*, int pages) {
  static_cast<Connection*>(connection)->wal_pages = pages;
  return SQLITE_OK;
}

// SQLite would make the file readable for everybody. Only a file that nobody has open yet is
// touched: closing a descriptor would drop every lock this process holds on it.
Status make_private_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor >= 0) {
    ::close(descriptor);
    return ok_status();
  }
  if (errno == EEXIST) return ok_status();
  return Error{ErrorCode::kIo, "cannot create " + path + ": " + std::strerror(errno)};
}

}  // namespace

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

SqliteStatement& SqliteStatement::bind(int parameter, std::int64_t value) {
  note(sqlite3_bind_int64(statement_.get(), parameter, value));
  return *this;
}

SqliteStatement& SqliteStatement::bind(int parameter, double value) {
  note(sqlite3_bind_double(statement_.get(), parameter, value));
  return *this;
}

SqliteStatement& SqliteStatement::bind_text(int parameter, std::string_view text) {
  // A null pointer would bind NULL, and an empty view may hold one.
  const char* data = text.data() == nullptr ? "" : text.data();
  note(sqlite3_bind_text64(statement_.get(), parameter, data, text.size(), SQLITE_STATIC,
                           SQLITE_UTF8));
  return *this;
}

SqliteStatement& SqliteStatement::bind_blob(int parameter, std::string_view bytes) {
  const char* data = bytes.data() == nullptr ? "" : bytes.data();
  note(sqlite3_bind_blob64(statement_.get(), parameter, data, bytes.size(), SQLITE_STATIC));
  return *this;
}

SqliteStatement& SqliteStatement::bind_null(int parameter) {
  note(sqlite3_bind_null(statement_.get(), parameter));
  return *this;
}

Result<SqliteStatement::Step> SqliteStatement::step() {
  if (bind_code_ != SQLITE_OK) return error_of(*connection_, bind_code_);
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return Step::kRow;
  if (code == SQLITE_DONE) return Step::kDone;
  Error error = error_of(*connection_, code);
  sqlite3_reset(statement_.get());  // a failed statement must not hold its locks
  return error;
}

Result<std::int64_t> SqliteStatement::run() {
  while (true) {
    auto stepped = step();
    if (stepped.ok() && *stepped == Step::kRow) continue;
    reset();
    if (!stepped.ok()) return std::move(stepped).error();
    return sqlite3_changes64(connection_->handle);
  }
}

void SqliteStatement::reset() {
  sqlite3_reset(statement_.get());
  bind_code_ = SQLITE_OK;
}

bool SqliteStatement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t SqliteStatement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double SqliteStatement::real(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}

std::string_view SqliteStatement::bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return data == nullptr ? std::string_view() : std::string_view(data, std::size_t(size));
}

SqliteDatabase::SqliteDatabase(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)) {}
SqliteDatabase::SqliteDatabase(SqliteDatabase&&) noexcept = default;
SqliteDatabase& SqliteDatabase::operator=(SqliteDatabase&&) noexcept = default;
SqliteDatabase::~SqliteDatabase() = default;

Result<SqliteDatabase> SqliteDatabase::open(const SqliteOptions& options) {
  const bool writable = options.mode == SqliteMode::kReadWrite;
  if (writable) {
    CHECK_OK(make_private_file(options.path));
  } else if (::access(options.path.c_str(), F_OK) != 0) {
    return not_found("no such file: " + options.path);
  }
  auto connection = std::make_unique<Connection>();
  connection->path = options.path;
  connection->busy_timeout_ms = options.busy_timeout_ms;
  // NOMUTEX: a connection here is used by one thread at a time.
  const int flags = (writable ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(options.path.c_str(), &connection->handle, flags, nullptr);
  if (code != SQLITE_OK) return error_of(*connection, code);
  SqliteDatabase database(std::move(connection));
  CHECK_OK(database.configure(options));
  CHECK_OK(database.migrate(options));
  return database;
}

Status SqliteDatabase::configure(const SqliteOptions& options) {
  sqlite3* handle = connection_->handle;
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  // A file whose sync failed must be left alone, also by closing it.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_busy_timeout(handle, static_cast<int>(options.busy_timeout_ms));
  CHECK_OK(execute("PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;"));
  if (options.mode == SqliteMode::kReadOnly) return execute("PRAGMA query_only=ON");

  // auto_vacuum takes effect in a new file only, before its first table.
  CHECK_OK(execute("PRAGMA auto_vacuum=INCREMENTAL; PRAGMA secure_delete=ON;"));
  TRY(auto mode, prepare("PRAGMA journal_mode=WAL"));
  TRY(const auto stepped, mode.step());
  if (stepped != SqliteStatement::Step::kRow || mode.bytes(0) != "wal") {
    return Error{ErrorCode::kIo,
                 connection_->path + ": this file system does not allow write-ahead logging"};
  }
  // Replaces SQLite's own checkpoints, which swallow their errors.
  sqlite3_wal_hook(handle, note_wal_pages, connection_.get());
  return execute(options.durability == Durability::kDurable ? "PRAGMA synchronous=FULL"
                                                            : "PRAGMA synchronous=NORMAL");
}

Status SqliteDatabase::migrate(const SqliteOptions& options) {
  const auto newest = static_cast<std::int64_t>(options.migrations.size());
  TRY(std::int64_t version, read_integer("PRAGMA user_version"));
  const auto refuse = [&](const char* advice) -> Status {
    return Error{ErrorCode::kUnprocessable,
                 connection_->path + ": its schema has version " + std::to_string(version) +
                     ", this program knows version " + std::to_string(newest) + "; " + advice};
  };
  if (version > newest) return refuse("use the newer program that wrote it");
  if (version == newest) return ok_status();
  if (options.mode == SqliteMode::kReadOnly) return refuse("start the server once");
  return transaction([&](SqliteDatabase&) -> Status {
    // Again, inside the lock: another process may have been faster.
    TRY(version, read_integer("PRAGMA user_version"));
    if (version > newest) return refuse("use the newer program that wrote it");
    for (; version < newest; ++version) {
      CHECK_OK(execute(options.migrations[static_cast<std::size_t>(version)]));
    }
    return execute(("PRAGMA user_version=" + std::to_string(newest)).c_str());
  });
}

Result<SqliteStatement> SqliteDatabase::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(connection_->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (code != SQLITE_OK) return error_of(*connection_, code);
  return SqliteStatement(*connection_, statement);
}

Status SqliteDatabase::execute(const char* sql) {
  const int code = sqlite3_exec(connection_->handle, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error_of(*connection_, code);
  return ok_status();
}

Result<std::int64_t> SqliteDatabase::read_integer(const char* sql) {
  TRY(auto statement, prepare(sql));
  TRY(const auto stepped, statement.step());
  if (stepped == SqliteStatement::Step::kDone) {
    return Error{ErrorCode::kInternal, connection_->path + ": a question had no answer", {}, sql};
  }
  return statement.integer(0);
}

Status SqliteDatabase::transaction(const std::function<Status(SqliteDatabase&)>& work) {
  CHECK_OK(execute("BEGIN IMMEDIATE"));
  Status outcome = work(*this);
  if (outcome.ok()) outcome = execute("COMMIT");
  if (!outcome.ok()) {
    // Several failures roll back by themselves; then there is nothing left to do.
    if (sqlite3_get_autocommit(connection_->handle) == 0) {
      sqlite3_exec(connection_->handle, "ROLLBACK", nullptr, nullptr, nullptr);
    }
    return outcome;
  }
  checkpoint_if_due();
  return outcome;
}

void SqliteDatabase::checkpoint_if_due() {
  if (connection_->wal_pages < kWalPagesMax) return;
  const int code = sqlite3_wal_checkpoint_v2(connection_->handle, nullptr,
                                             SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  // Busy: another process is at it.
  const bool failing = code != SQLITE_OK && (code & 0xFF) != SQLITE_BUSY;
  if (failing) {
    const Error error = error_of(*connection_, code);
    if (!connection_->checkpoint_failing) {
      log(Severity::kError, "checkpoint_failed", {{"cause", error.message}});
    }
  }
  connection_->checkpoint_failing = failing;
}

Status SqliteDatabase::empty_wal() {
  sqlite3_busy_timeout(connection_->handle, 0);
  const int code = sqlite3_wal_checkpoint_v2(connection_->handle, nullptr,
                                             SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  sqlite3_busy_timeout(connection_->handle, static_cast<int>(connection_->busy_timeout_ms));
  if (code != SQLITE_OK) return error_of(*connection_, code);
  connection_->wal_pages = 0;
  return ok_status();
}

bool SqliteDatabase::sync_failed() const {
  return connection_->sync_failed;
}

}  // namespace sekisho::adapters
