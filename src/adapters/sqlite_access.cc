#include "adapters/sqlite_access.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace sekisho::adapters {
namespace {

using access::KeyRecord;

constexpr const char* kMigrations[] = {
    R"(
CREATE TABLE api_keys (
  id TEXT PRIMARY KEY NOT NULL,
  digest BLOB NOT NULL CHECK (length(digest) = 32),
  name TEXT NOT NULL,
  created_unix_ms INTEGER NOT NULL,
  expires_unix_ms INTEGER,
  rate_per_minute INTEGER,
  revoked_unix_ms INTEGER,
  last_used_unix_ms INTEGER
) STRICT, WITHOUT ROWID;
)"};

constexpr const char* kColumns =
    "id, digest, name, created_unix_ms, expires_unix_ms, rate_per_minute, revoked_unix_ms, "
    "last_used_unix_ms";

void bind(SqliteStatement& statement, int parameter, std::optional<std::int64_t> value) {
  if (value) {
    statement.bind(parameter, *value);
  } else {
    statement.bind_null(parameter);
  }
}

std::optional<std::int64_t> optional_integer(const SqliteStatement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.integer(column);
}

Result<KeyRecord> read_key(const SqliteStatement& row) {
  KeyRecord key;
  const std::string_view digest = row.bytes(1);
  if (digest.size() != key.digest.size()) {
    return Error{ErrorCode::kCorrupt, "an API key in the store is damaged"};
  }
  key.id = row.bytes(0);
  std::copy(digest.begin(), digest.end(), key.digest.begin());
  key.name = row.bytes(2);
  key.created_unix_ms = row.integer(3);
  key.expires_unix_ms = optional_integer(row, 4);
  key.rate_per_minute = optional_integer(row, 5);
  key.revoked_unix_ms = optional_integer(row, 6);
  key.last_used_unix_ms = optional_integer(row, 7);
  return key;
}

Status check(const KeyRecord& key) {
  if (key.name.empty() || key.name.size() > access::kKeyNameBytesMax) {
    return unprocessable(
        "the name of a key has 1 to " + std::to_string(access::kKeyNameBytesMax) + " bytes",
        "name");
  }
  if (key.rate_per_minute &&
      (*key.rate_per_minute < 1 || *key.rate_per_minute > access::kRatePerMinuteMax)) {
    return unprocessable(
        "the rate of a key is 1 to " + std::to_string(access::kRatePerMinuteMax) + " a minute",
        "rate_per_minute");
  }
  return ok_status();
}

}  // namespace

Result<std::unique_ptr<SqliteAccess>> SqliteAccess::open(const std::string& path) {
  SqliteOptions options;
  options.path = path;
  options.durability = Durability::kDurable;
  options.migrations = kMigrations;
  TRY(auto database, SqliteDatabase::open(options));
  return std::unique_ptr<SqliteAccess>(new SqliteAccess(std::move(database)));
}

Status SqliteAccess::add(const KeyRecord& key) {
  CHECK_OK(check(key));
  const MutexLock lock(mutex_);
  return database_.transaction([&](SqliteDatabase& database) -> Status {
    TRY(const std::int64_t count, database.read_integer("SELECT count(*) FROM api_keys"));
    if (count >= static_cast<std::int64_t>(access::kKeysMax)) {
      return unprocessable("there are " + std::to_string(count) + " keys, the most there may be");
    }
    TRY(auto statement,
        database.prepare((std::string("INSERT INTO api_keys (") + kColumns +
                          ") VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING")
                             .c_str()));
    statement.bind_text(1, key.id)
        .bind_blob(2, {reinterpret_cast<const char*>(key.digest.data()), key.digest.size()})
        .bind_text(3, key.name)
        .bind(4, key.created_unix_ms);
    bind(statement, 5, key.expires_unix_ms);
    bind(statement, 6, key.rate_per_minute);
    bind(statement, 7, key.revoked_unix_ms);
    bind(statement, 8, key.last_used_unix_ms);
    TRY(const std::int64_t added, statement.run());
    if (added == 0) return unprocessable("a key with this id exists", "id");
    return ok_status();
  });
}

Result<std::vector<KeyRecord>> SqliteAccess::keys() {
  const MutexLock lock(mutex_);
  TRY(auto statement, database_.prepare((std::string("SELECT ") + kColumns +
                                         " FROM api_keys ORDER BY created_unix_ms, id")
                                            .c_str()));
  std::vector<KeyRecord> keys;
  while (true) {
    TRY(const auto stepped, statement.step());
    if (stepped == SqliteStatement::Step::kDone) return keys;
    TRY(KeyRecord key, read_key(statement));
    keys.push_back(std::move(key));
  }
}

Status SqliteAccess::revoke(std::string_view id, std::int64_t unix_ms) {
  const MutexLock lock(mutex_);
  return database_.transaction([&](SqliteDatabase& database) -> Status {
    TRY(auto statement,
        database.prepare("UPDATE api_keys SET revoked_unix_ms = coalesce(revoked_unix_ms, ?) "
                         "WHERE id = ?"));
    TRY(const std::int64_t changed, statement.bind(1, unix_ms).bind_text(2, id).run());
    if (changed == 0) return not_found("there is no API key with this id", "id");
    return ok_status();
  });
}

Status SqliteAccess::note_uses(const std::vector<access::KeyUse>& uses) {
  const MutexLock lock(mutex_);
  return database_.transaction([&](SqliteDatabase& database) -> Status {
    TRY(auto statement, database.prepare("UPDATE api_keys SET last_used_unix_ms = "
                                         "max(coalesce(last_used_unix_ms, 0), ?) WHERE id = ?"));
    for (const access::KeyUse& use : uses) {
      CHECK_OK(statement.bind(1, use.unix_ms).bind_text(2, use.id).run());
    }
    return ok_status();
  });
}

}  // namespace sekisho::adapters
