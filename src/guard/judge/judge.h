// Judge: from a normal text and a policy to evidence. Runs detectors and word lists, asks the
// cache, then the scorer; identical requests that arrive while one is being scored wait for that
// one.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/hash.h"
#include "base/task.h"
#include "guard/judge/detector.h"
#include "guard/judge/evidence.h"
#include "guard/judge/request.h"
#include "guard/judge/scorer.h"
#include "guard/judge/single_flight.h"
#include "guard/judge/verdict_cache.h"
#include "guard/policy/category.h"
#include "guard/text/normal_text.h"

namespace sekisho::judge {

// Thread safety: `evidence` may be called from several threads. The judge owns its parts.
class Judge {
 public:
  struct Parts {
    std::vector<std::unique_ptr<Detector>> detectors;
    std::unique_ptr<Scorer> scorer;
    std::unique_ptr<VerdictCache> cache = nullptr;  // null: every text is scored
  };
  Judge(Parts parts, const Clock& clock);

  // Never fails: what could not be found out is written into the evidence as unjudged. A text
  // longer than limits::kWindowCodePoints is scored by overlapping windows and the worst decides.
  // `request`, `text` and `set` outlive the task.
  Task<Evidence> evidence(const JudgeRequest& request, const text::NormalText& text,
                          const policy::CategorySet& set) const;

  const Scorer& scorer() const { return *parts_.scorer; }
  VerdictCache::Counts cache_counts() const;

 private:
  struct Scored {
    std::shared_ptr<const Scores> scores;
    bool from_cache = false;
  };
  void detect(const text::NormalText& text, const policy::CategorySet& set,
              Evidence& evidence) const;
  Task<Result<Scored>> score(const JudgeRequest& request, const text::NormalText& text,
                             const policy::CategorySet& set) const;
  Task<Result<Scored>> score_windows(const JudgeRequest& request, const text::NormalText& text,
                                     const policy::CategorySet& set) const;
  Digest128 cache_key(const JudgeRequest& request, const text::NormalText& text,
                      const policy::CategorySet& set) const;

  Parts parts_;
  const Clock& clock_;
  const Digest256 key_;  // of this process: nobody outside can compute a cache key
  mutable SingleFlight flights_;
};

}  // namespace sekisho::judge
