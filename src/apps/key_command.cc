#include <fmt/format.h>

#include "access/api_key.h"
#include "access/data_folder.h"
#include "adapters/sqlite_access.h"
#include "apps/assembly.h"
#include "apps/commands.h"
#include "apps/terminal.h"
#include "base/clock.h"

namespace sekisho::apps {
namespace {

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;

std::string when(const std::optional<std::int64_t>& unix_ms) {
  return unix_ms ? format_utc(*unix_ms) : "-";
}

}  // namespace

int run_key_create(const KeyCreateOptions& options) {
  auto folder = access::DataFolder::open(options.data);
  if (!folder.ok()) return refuse(folder.error());
  auto store = adapters::SqliteAccess::open(folder->file(kAccessFile));
  if (!store.ok()) return refuse(store.error());
  const access::ApiKey key = access::ApiKey::generate();
  access::KeyRecord record;
  record.id = std::string(key.id());
  record.digest = key.digest(Hmac(folder->key_for(access::kApiKeyPurpose)));
  record.name = options.name;
  record.created_unix_ms = system_clock().unix_ms();
  record.rate_per_minute = options.rate_per_minute;
  if (options.expires_days) {
    record.expires_unix_ms = record.created_unix_ms + *options.expires_days * kDayMs;
  }
  const Status added = (*store)->add(record);
  if (!added.ok()) return refuse(added.error());
  fmt::print(stderr, "Key {} is made. It is shown this once:\n", record.id);
  fmt::print("{}\n", key.text());
  return 0;
}

int run_key_list(const std::string& data) {
  auto folder = access::DataFolder::open(data);
  if (!folder.ok()) return refuse(folder.error());
  auto store = adapters::SqliteAccess::open(folder->file(kAccessFile));
  if (!store.ok()) return refuse(store.error());
  const auto keys = (*store)->keys();
  if (!keys.ok()) return refuse(keys.error());
  fmt::print("{:<16}  {:<24}  {:<24}  {:<24}  {:<24}  {:>10}  {}\n", "id", "created", "last used",
             "expires", "revoked", "per minute", "name");
  for (const access::KeyRecord& key : *keys) {
    fmt::print("{:<16}  {:<24}  {:<24}  {:<24}  {:<24}  {:>10}  {}\n", key.id,
               format_utc(key.created_unix_ms), when(key.last_used_unix_ms),
               when(key.expires_unix_ms), when(key.revoked_unix_ms),
               key.rate_per_minute ? std::to_string(*key.rate_per_minute) : "-", key.name);
  }
  return 0;
}

int run_key_revoke(const std::string& data, const std::string& id) {
  auto folder = access::DataFolder::open(data);
  if (!folder.ok()) return refuse(folder.error());
  auto store = adapters::SqliteAccess::open(folder->file(kAccessFile));
  if (!store.ok()) return refuse(store.error());
  const Status revoked = (*store)->revoke(id, system_clock().unix_ms());
  if (!revoked.ok()) return refuse(revoked.error());
  fmt::print("Key {} is revoked; running servers refuse it within 5 seconds.\n", id);
  return 0;
}

}  // namespace sekisho::apps
