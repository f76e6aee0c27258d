// VerdictCache: scores that were computed before, by content.
//
// What is kept is the scorer's part of the evidence, never a verdict: thresholds and actions may
// change and are applied anew. The key is a keyed hash over everything the scorer saw (every turn
// with its role, side, model digest, set id and version, contract), so one text cannot be folded
// onto another's entry.
// Thread safety: every member may be called from several threads.
#pragma once

#include <cstdint>
#include <memory>

#include "base/hash.h"
#include "guard/judge/evidence.h"

namespace sekisho::judge {

class VerdictCache {
 public:
  struct Counts {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t entries = 0;
  };
  virtual ~VerdictCache() = default;
  virtual std::shared_ptr<const Scores> find(const Digest128& key) = 0;  // null when absent
  virtual void put(const Digest128& key, std::shared_ptr<const Scores> scores) = 0;
  virtual Counts counts() const = 0;
};

}  // namespace sekisho::judge
