// Authenticator: from a bearer header to the caller behind it. KeyRefresher: keeps it up to date.
//
// Keys are held in memory and read anew every kRefreshMs, so a key made or revoked by any process
// takes effect within 5 s; expiry at once. When the store cannot be read, the keys last read hold
// for kStaleMs; then nobody is let in (kUnavailable): a revocation must not be waited out.
// When a key was last used is written back in the background, at most every kNoteUsesMs.
//
// Thread safety: `authenticate` and `admit` may be called from several threads, beside one thread
// that calls `refresh`. Neither of the two waits for the store.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "access/access_store.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/mutex.h"
#include "base/result.h"

namespace sekisho::access {

struct LiveKey;  // a key and what it has used up; lives on while a caller holds it

struct Caller {
  std::string key_id;
  std::shared_ptr<LiveKey> key;
};

struct Admission {
  bool admitted = true;
  std::int64_t retry_after_s = 0;  // at least 1 when not admitted
};

class Authenticator {
 public:
  // `server_key` is DataFolder::key_for(kApiKeyPurpose). Fails when the store cannot be read.
  static Result<std::unique_ptr<Authenticator>> create(AccessStore& store,
                                                       const Digest256& server_key,
                                                       const Clock& clock);
  ~Authenticator();

  // `authorization` is the value of the header, "Bearer sk-sekisho-…". kUnauthenticated, with one
  // message for every reason, so that nothing is learnt from it; kUnavailable as said above.
  Result<Caller> authenticate(std::string_view authorization);

  // Takes `judgements` from the caller's quota: a bucket of one minute's worth that fills evenly
  // (as one number, GCRA: ITU-T I.371). A call is admitted while anything is left, and may
  // overdraw: a large batch is not refused for ever, the caller only waits longer after it.
  Admission admit(const Caller& caller, std::int64_t judgements = 1);

  // Reads the keys, and writes back when they were used if that is due.
  Status refresh();

  static constexpr std::int64_t kRefreshMs = 2000;
  static constexpr std::int64_t kStaleMs = 60 * 1000;
  static constexpr std::int64_t kNoteUsesMs = 60 * 1000;

 private:
  struct Table;
  Authenticator(AccessStore& store, const Digest256& server_key, const Clock& clock);
  std::shared_ptr<const Table> table() const EXCLUDES(mutex_);
  Status note_uses(const Table& table);

  AccessStore& store_;
  const Hmac server_;
  const Clock& clock_;
  std::int64_t note_uses_due_us_;  // of the thread that refreshes
  mutable Mutex mutex_;
  std::shared_ptr<const Table> table_ GUARDED_BY(mutex_);
};

// A thread that refreshes `authenticator`, which must outlive it, until destroyed. A refresh that
// fails is logged, once until one succeeds.
class KeyRefresher {
 public:
  explicit KeyRefresher(Authenticator& authenticator);
  ~KeyRefresher();

 private:
  void run();
  bool stopped_after_wait() EXCLUDES(mutex_);

  Authenticator& authenticator_;
  Mutex mutex_;
  ConditionVariable stop_asked_;
  bool stopped_ GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: it uses everything above
};

}  // namespace sekisho::access
