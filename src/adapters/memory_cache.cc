#include "adapters/memory_cache.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <unordered_map>

#include "base/mutex.h"

namespace sekisho::adapters {
namespace {

// The key is the output of a keyed hash: any eight of its bytes are a good table hash.
struct KeyHash {
  std::size_t operator()(const Digest128& key) const {
    std::uint64_t value = 0;
    std::memcpy(&value, key.data() + 8, sizeof value);
    return value;
  }
};

constexpr int kFrequencyMax = 3;  // the paper's two bits

}  // namespace

class MemoryCache::Shard {
 public:
  explicit Shard(std::size_t entries_max)
      : small_max_(std::max<std::size_t>(1, entries_max / 10)), entries_max_(entries_max) {}

  std::shared_ptr<const judge::Scores> find(const Digest128& key) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    const auto found = entries_.find(key);
    if (found == entries_.end() || found->second.scores == nullptr) {
      ++misses_;
      return nullptr;
    }
    ++hits_;
    found->second.frequency = std::min(found->second.frequency + 1, kFrequencyMax);
    return found->second.scores;
  }

  void put(const Digest128& key, std::shared_ptr<const judge::Scores> scores) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    const auto [entry, added] = entries_.try_emplace(key);
    if (!added && entry->second.scores != nullptr) {
      entry->second.scores = std::move(scores);
      return;
    }
    // A key that was thrown out a moment ago has shown that it comes back: straight to main.
    const bool returns = !added;
    entry->second = {std::move(scores), 0};
    (returns ? main_ : small_).push_back(key);
    while (small_.size() + main_.size() > entries_max_) evict();
  }

  void add_counts(Counts& counts) const EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    counts.hits += hits_;
    counts.misses += misses_;
    counts.entries += small_.size() + main_.size();
  }

 private:
  struct Entry {
    std::shared_ptr<const judge::Scores> scores;  // null: only the memory that it was here
    int frequency = 0;
  };

  void evict() REQUIRES(mutex_) {
    if (small_.size() >= small_max_ || main_.empty()) {
      evict_from_small();
    } else {
      evict_from_main();
    }
  }

  void evict_from_small() REQUIRES(mutex_) {
    const Digest128 key = small_.front();
    small_.pop_front();
    Entry& entry = entries_.at(key);
    if (entry.frequency > 0) {
      entry.frequency = 0;
      main_.push_back(key);
      return;
    }
    entry.scores = nullptr;
    ghosts_.push_back(key);
    while (ghosts_.size() > entries_max_) {
      const auto oldest = entries_.find(ghosts_.front());
      // A ghost may have come back to life since; then its entry stays.
      if (oldest != entries_.end() && oldest->second.scores == nullptr) entries_.erase(oldest);
      ghosts_.pop_front();
    }
  }

  void evict_from_main() REQUIRES(mutex_) {
    const Digest128 key = main_.front();
    main_.pop_front();
    Entry& entry = entries_.at(key);
    if (entry.frequency > 0) {
      --entry.frequency;
      main_.push_back(key);
      return;
    }
    entries_.erase(key);
  }

  const std::size_t small_max_;
  const std::size_t entries_max_;
  mutable Mutex mutex_;
  std::unordered_map<Digest128, Entry, KeyHash> entries_ GUARDED_BY(mutex_);
  std::deque<Digest128> small_ GUARDED_BY(mutex_);
  std::deque<Digest128> main_ GUARDED_BY(mutex_);
  std::deque<Digest128> ghosts_ GUARDED_BY(mutex_);
  std::uint64_t hits_ GUARDED_BY(mutex_) = 0;
  std::uint64_t misses_ GUARDED_BY(mutex_) = 0;
};

MemoryCache::MemoryCache(std::size_t entries_max) {
  const std::size_t entries_a_shard = std::max<std::size_t>(1, entries_max / kShards);
  for (std::size_t i = 0; i < kShards; ++i) {
    shards_.push_back(std::make_unique<Shard>(entries_a_shard));
  }
}

MemoryCache::~MemoryCache() = default;

std::shared_ptr<const judge::Scores> MemoryCache::find(const Digest128& key) {
  return shard(key).find(key);
}

void MemoryCache::put(const Digest128& key, std::shared_ptr<const judge::Scores> scores) {
  if (scores->spans.size() > kSpansMax) return;
  shard(key).put(key, std::move(scores));
}

judge::VerdictCache::Counts MemoryCache::counts() const {
  Counts counts;
  for (const auto& shard : shards_) shard->add_counts(counts);
  return counts;
}

}  // namespace sekisho::adapters
