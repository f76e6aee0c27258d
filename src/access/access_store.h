// AccessStore: where API keys are kept, as digests. KeyRecord: what is kept of one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/result.h"

namespace sekisho::access {

// All of them are held in memory by every server.
inline constexpr std::size_t kKeysMax = 10000;
inline constexpr std::size_t kKeyNameBytesMax = 200;
inline constexpr std::int64_t kRatePerMinuteMax = 1'000'000;

struct KeyRecord {
  std::string id;
  Digest256 digest{};  // ApiKey::digest under the server's key
  std::string name;    // for people
  std::int64_t created_unix_ms = 0;
  std::optional<std::int64_t> expires_unix_ms = {};
  std::optional<std::int64_t> rate_per_minute = {};  // judgements; nothing: no limit
  std::optional<std::int64_t> revoked_unix_ms = {};
  std::optional<std::int64_t> last_used_unix_ms = {};  // about a minute late
};

struct KeyUse {
  std::string id;
  std::int64_t unix_ms = 0;
};

// Thread safety: every member may be called from several threads, also while other processes use
// the same store.
class AccessStore {
 public:
  virtual ~AccessStore() = default;
  // kUnprocessable for a name or rate out of bounds, an id that exists, or one key too many.
  virtual Status add(const KeyRecord& key) = 0;
  virtual Result<std::vector<KeyRecord>> keys() = 0;  // oldest first
  // A revoked key stays revoked since the first time. kNotFound when there is no such key.
  virtual Status revoke(std::string_view id, std::int64_t unix_ms) = 0;
  // Moves `last_used` forward; ids that are gone are passed over.
  virtual Status note_uses(const std::vector<KeyUse>& uses) = 0;
};

}  // namespace sekisho::access
