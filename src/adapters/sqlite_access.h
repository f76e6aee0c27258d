// SqliteAccess: API keys in one SQLite file (DIR/access.sqlite), apart from the journal so that
// neither's fate, size or backup is the other's. Every change survives a power cut.
// Format: docs/formats/access.md. Thread safety: as AccessStore says; one connection under a lock.
#pragma once

#include <memory>
#include <string>

#include "access/access_store.h"
#include "adapters/sqlite_database.h"
#include "base/mutex.h"

namespace sekisho::adapters {

class SqliteAccess final : public access::AccessStore {
 public:
  static Result<std::unique_ptr<SqliteAccess>> open(const std::string& path);

  Status add(const access::KeyRecord& key) override EXCLUDES(mutex_);
  Result<std::vector<access::KeyRecord>> keys() override EXCLUDES(mutex_);
  Status revoke(std::string_view id, std::int64_t unix_ms) override EXCLUDES(mutex_);
  Status note_uses(const std::vector<access::KeyUse>& uses) override EXCLUDES(mutex_);

 private:
  explicit SqliteAccess(SqliteDatabase database) : database_(std::move(database)) {}
  Mutex mutex_;
  SqliteDatabase database_ GUARDED_BY(mutex_);
};

}  // namespace sekisho::adapters
