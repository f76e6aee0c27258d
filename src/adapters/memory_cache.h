// MemoryCache: the verdict cache of one process. Bounded in entries and, by a fixed price an entry,
// in bytes; sharded; admission by S3-FIFO (Yang et al., "FIFO queues are all you need for cache
// eviction", SOSP 2023): a small queue for newcomers, a main queue for what was asked for again,
// and a memory of what was recently thrown out. A flood of texts seen once cannot wash out the
// rest. Thread safety: every member may be called from several threads; shards lock separately.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "guard/judge/verdict_cache.h"

namespace sekisho::adapters {

class MemoryCache final : public judge::VerdictCache {
 public:
  // At least kShards entries. Scores larger than kSpansMax spans are not kept.
  explicit MemoryCache(std::size_t entries_max);
  ~MemoryCache() override;

  std::shared_ptr<const judge::Scores> find(const Digest128& key) override;
  void put(const Digest128& key, std::shared_ptr<const judge::Scores> scores) override;
  Counts counts() const override;

  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kSpansMax = 64;

 private:
  class Shard;
  Shard& shard(const Digest128& key) { return *shards_[key[0] % kShards]; }
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace sekisho::adapters
