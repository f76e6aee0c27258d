#include "access/authenticator.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <unordered_map>
#include <utility>
#include <vector>

#include "access/api_key.h"
#include "base/diagnostics.h"

namespace sekisho::access {
namespace {

constexpr std::int64_t kUsPerMs = 1000;
constexpr std::int64_t kUsPerSecond = 1000 * 1000;
constexpr std::int64_t kUsPerMinute = 60 * kUsPerSecond;

Error unauthenticated() {
  return {ErrorCode::kUnauthenticated, "a valid API key is needed: Authorization: Bearer <key>"};
}

// The token of "Bearer <token>" (RFC 6750); empty when it is something else.
std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() < kScheme.size()) return {};
  const bool bearer =
      std::equal(kScheme.begin(), kScheme.end(), authorization.begin(), [](char wanted, char c) {
        return wanted == (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
      });
  if (!bearer) return {};
  authorization.remove_prefix(kScheme.size());
  authorization.remove_prefix(std::min(authorization.find_first_not_of(' '), authorization.size()));
  return authorization;
}

std::string_view as_text(const Digest256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

}  // namespace

// What of a key outlives a refresh.
struct LiveKey {
  // 0: no limit. Changes with the record.
  std::atomic<std::int64_t> rate_per_minute{0};
  // The time at which the bucket will be full again (monotonic).
  std::atomic<std::int64_t> full_us{0};
  std::atomic<std::int64_t> last_used_unix_ms{0};  // 0: not since it was loaded
  std::int64_t noted_unix_ms = 0;                  // of the thread that refreshes
};

struct Authenticator::Table {
  struct Row {
    KeyRecord record;
    std::shared_ptr<LiveKey> live;
  };
  std::unordered_map<std::string, Row, TextHash, std::equal_to<>> rows;
  std::int64_t read_us = 0;  // monotonic
};

Authenticator::Authenticator(AccessStore& store, const Digest256& server_key, const Clock& clock)
    : store_(store),
      server_(server_key),
      clock_(clock),
      note_uses_due_us_(clock.monotonic_us() + kNoteUsesMs * kUsPerMs),
      table_(std::make_shared<Table>()) {}

Authenticator::~Authenticator() = default;

Result<std::unique_ptr<Authenticator>> Authenticator::create(AccessStore& store,
                                                             const Digest256& server_key,
                                                             const Clock& clock) {
  std::unique_ptr<Authenticator> authenticator(new Authenticator(store, server_key, clock));
  CHECK_OK(authenticator->refresh());
  return authenticator;
}

std::shared_ptr<const Authenticator::Table> Authenticator::table() const {
  const MutexLock lock(mutex_);
  return table_;
}

Result<Caller> Authenticator::authenticate(std::string_view authorization) {
  const auto table = this->table();
  if (clock_.monotonic_us() - table->read_us > kStaleMs * kUsPerMs) {
    return Error{ErrorCode::kUnavailable, "API keys cannot be checked at the moment"};
  }
  const auto key = ApiKey::parse(bearer_token(authorization));
  if (!key) return unauthenticated();
  // Computed for unknown ids too: they take as long as wrong secrets.
  const Digest256 digest = key->digest(server_);
  const auto found = table->rows.find(key->id());
  if (found == table->rows.end()) return unauthenticated();
  const auto& [record, live] = found->second;
  if (!equal_in_constant_time(as_text(digest), as_text(record.digest))) return unauthenticated();
  const std::int64_t now_unix_ms = clock_.unix_ms();
  if (record.revoked_unix_ms) return unauthenticated();
  if (record.expires_unix_ms && now_unix_ms >= *record.expires_unix_ms) return unauthenticated();
  live->last_used_unix_ms.store(now_unix_ms, std::memory_order_relaxed);
  return Caller{record.id, live};
}

Admission Authenticator::admit(const Caller& caller, std::int64_t judgements) {
  LiveKey& key = *caller.key;
  const std::int64_t rate = key.rate_per_minute.load(std::memory_order_relaxed);
  if (rate == 0) return {};
  const std::int64_t each_us = kUsPerMinute / rate;  // rate <= kRatePerMinuteMax: at least 60
  const std::int64_t now_us = clock_.monotonic_us();
  std::int64_t seen_us = key.full_us.load(std::memory_order_relaxed);
  while (true) {
    const std::int64_t full_us = std::max(seen_us, now_us);
    // One judgement fits while the bucket lacks at most a minute's worth less one.
    const std::int64_t wait_us = full_us - now_us - (kUsPerMinute - each_us);
    if (wait_us > 0) return {false, (wait_us + kUsPerSecond - 1) / kUsPerSecond};
    if (key.full_us.compare_exchange_weak(seen_us, full_us + judgements * each_us,
                                          std::memory_order_relaxed)) {
      return {};
    }
  }
}

Status Authenticator::refresh() {
  const std::int64_t read_us = clock_.monotonic_us();
  TRY(std::vector<KeyRecord> keys, store_.keys());
  const auto before = table();
  auto now = std::make_shared<Table>();
  now->read_us = read_us;
  for (KeyRecord& record : keys) {
    const auto known = before->rows.find(record.id);
    auto live = known != before->rows.end() ? known->second.live : std::make_shared<LiveKey>();
    live->rate_per_minute.store(record.rate_per_minute.value_or(0), std::memory_order_relaxed);
    std::string id = record.id;
    now->rows.emplace(std::move(id), Table::Row{std::move(record), std::move(live)});
  }
  {
    const MutexLock lock(mutex_);
    table_ = now;
  }
  if (read_us < note_uses_due_us_) return ok_status();
  note_uses_due_us_ = read_us + kNoteUsesMs * kUsPerMs;
  return note_uses(*now);
}

Status Authenticator::note_uses(const Table& table) {
  std::vector<KeyUse> uses;
  for (const auto& [id, row] : table.rows) {
    const std::int64_t used = row.live->last_used_unix_ms.load(std::memory_order_relaxed);
    if (used > row.live->noted_unix_ms) uses.push_back({id, used});
  }
  if (uses.empty()) return ok_status();
  CHECK_OK(store_.note_uses(uses));
  for (const KeyUse& use : uses) table.rows.find(use.id)->second.live->noted_unix_ms = use.unix_ms;
  return ok_status();
}

KeyRefresher::KeyRefresher(Authenticator& authenticator) : authenticator_(authenticator) {
  thread_ = std::thread([this] { run(); });
}

KeyRefresher::~KeyRefresher() {
  {
    const MutexLock lock(mutex_);
    stopped_ = true;
  }
  stop_asked_.notify_all();
  thread_.join();
}

void KeyRefresher::run() {
  bool failing = false;
  while (!stopped_after_wait()) {
    const Status refreshed = authenticator_.refresh();
    if (!refreshed.ok() && !failing) {
      log(Severity::kError, "api_keys_not_refreshed", {{"cause", refreshed.error().message}});
    }
    if (refreshed.ok() && failing) log(Severity::kInfo, "api_keys_refreshed_again");
    failing = !refreshed.ok();
  }
}

bool KeyRefresher::stopped_after_wait() {
  using Steady = std::chrono::steady_clock;
  const auto due = Steady::now() + std::chrono::milliseconds(Authenticator::kRefreshMs);
  const MutexLock lock(mutex_);
  while (!stopped_ && Steady::now() < due) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - Steady::now());
    stop_asked_.wait_for(mutex_, left);
  }
  return stopped_;
}

}  // namespace sekisho::access
