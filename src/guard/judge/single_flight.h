// SingleFlight: of many identical computations at once, one runs and all get its result.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/task.h"
#include "guard/judge/evidence.h"

namespace sekisho::judge {

// Thread safety: every member may be called from several threads.
class SingleFlight {
 public:
  using Value = Result<std::shared_ptr<const Scores>>;

  // Nothing: the caller leads, computes and must call `land`. Otherwise the value to wait for.
  std::optional<Completion<Value>> join(const Digest128& key) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    const auto [flight, leads] = flights_.try_emplace(key);
    if (leads) return std::nullopt;
    flight->second.emplace_back();
    return flight->second.back();
  }

  // Ends the flight and resumes everybody who waits for it, on this thread.
  void land(const Digest128& key, const Value& value) EXCLUDES(mutex_) {
    std::vector<Completion<Value>> waiting;
    {
      const MutexLock lock(mutex_);
      const auto flight = flights_.find(key);
      if (flight == flights_.end()) bug("a flight landed that never started");
      waiting = std::move(flight->second);
      flights_.erase(flight);
    }
    for (const auto& completion : waiting) completion.deliver(value);
  }

 private:
  Mutex mutex_;
  std::map<Digest128, std::vector<Completion<Value>>> flights_ GUARDED_BY(mutex_);
};

}  // namespace sekisho::judge
