// Snapshot: the policy as one request sees it. PolicyStore: where policy comes from.
//
// A snapshot never changes; publishing swaps a shared pointer. A request takes one snapshot and
// keeps it to its end, so it is judged by one policy even while another is published.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "guard/policy/category.h"

namespace sekisho::policy {

// Policy of chakoshi's guardrails/apply that no category set holds: which guards are on.
struct Guardrail {
  std::string id;
  std::string category_set_id;
  bool moderation = true;
  bool keyword_filter = false;
  bool prompt_guard = true;
  bool pii_filter = true;
  bool topic_control = false;
  std::vector<std::string> keywords;
  std::string topic;  // the conversation's theme, free text
  std::vector<std::string> allowed_topics;
  std::vector<std::string> denied_topics;  // phrases
};

class Snapshot {
 public:
  // Sets and guardrails are found by id, whatever its case. Two of one id: kUnprocessable.
  // The set "default" is added (built in) when `sets` has none; so is the guardrail "default".
  static Result<std::shared_ptr<const Snapshot>> create(std::vector<CategorySet> sets,
                                                        std::vector<Guardrail> guardrails);

  // An empty id means "default". kNotFound names the field category_set_id / guardrail_id.
  Result<std::shared_ptr<const CategorySet>> set(std::string_view id) const;
  Result<std::shared_ptr<const Guardrail>> guardrail(std::string_view id) const;
  std::vector<std::shared_ptr<const CategorySet>> sets() const;

 private:
  Snapshot() = default;
  std::map<std::string, std::shared_ptr<const CategorySet>, std::less<>> sets_;
  std::map<std::string, std::shared_ptr<const Guardrail>, std::less<>> guardrails_;
};

// Where policy is kept: files today, a database behind the console later.
// Thread safety: `load` may be called from one thread at a time.
class PolicyStore {
 public:
  virtual ~PolicyStore() = default;
  virtual Result<std::shared_ptr<const Snapshot>> load() = 0;
};

// The current snapshot. Thread safety: both may be called from several threads.
class CurrentPolicy {
 public:
  explicit CurrentPolicy(std::shared_ptr<const Snapshot> snapshot)
      : snapshot_(std::move(snapshot)) {}
  std::shared_ptr<const Snapshot> get() const EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    return snapshot_;
  }
  void publish(std::shared_ptr<const Snapshot> snapshot) EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    snapshot_ = std::move(snapshot);
  }

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const Snapshot> snapshot_ GUARDED_BY(mutex_);
};

}  // namespace sekisho::policy
