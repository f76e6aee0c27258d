// Guard: the gatehouse. Takes a judge request, gives a verdict that has been recorded.
//
// The whole way of a judgement, from normalising to recording, is the function Guard::judge in
// guard.cc; everything it calls is one folder each.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/hash.h"
#include "base/metrics.h"
#include "base/task.h"
#include "base/ulid.h"
#include "guard/journal/journal.h"
#include "guard/judge/judge.h"
#include "guard/judge/request.h"
#include "guard/judge/verdict.h"
#include "guard/policy/snapshot.h"

namespace sekisho {

// Who asks, as far as the journal needs to know.
struct Asker {
  std::string tenant = "default";
  std::string key_id = {};
  std::string request_id = {};
};

struct Judgement {
  Ulid id;
  judge::Verdict verdict;
  bool recorded = false;  // false only where the caller asked for no record, or policy allows it
};

// What becomes of a judgement that could not be recorded.
enum class OnUnrecorded { kRefuse, kMark };

struct GuardOptions {
  journal::Storage storage = journal::Storage::kMasked;
  OnUnrecorded on_unrecorded = OnUnrecorded::kRefuse;
  Digest256 fingerprint_key{};  // of the data folder
};

// Thread safety: `judge` may be called from several threads.
class Guard {
 public:
  // `queue` may be null: then nothing is recorded (command line without --data).
  // Everything borrowed outlives the guard.
  Guard(GuardOptions options, const judge::Judge& judge, const policy::CurrentPolicy& policy,
        journal::JournalQueue* queue, const Clock& clock, Metrics& metrics);

  // Errors: the request's own faults (kInvalid, kUnprocessable, kNotFound), and kOverloaded or
  // kUnavailable when the judgement could not be recorded and policy refuses such answers.
  // An unjudged text is a Judgement, not an error: contracts decide how to say it.
  Task<Result<Judgement>> judge(judge::JudgeRequest request, Asker asker);

  const policy::CurrentPolicy& policy() const { return policy_; }
  const judge::Judge& judge_parts() const { return judge_; }

 private:
  journal::Entry entry(const judge::JudgeRequest& request, const Asker& asker,
                       const text::NormalText& text, const policy::CategorySet& set,
                       const judge::Evidence& evidence, const Judgement& judgement) const;
  void count(const judge::Verdict& verdict);

  const GuardOptions options_;
  const judge::Judge& judge_;
  const policy::CurrentPolicy& policy_;
  journal::JournalQueue* const queue_;
  const Clock& clock_;
  const Hmac fingerprint_;
  UlidGenerator ids_;
  struct Counters;
  const std::shared_ptr<Counters> counters_;
};

}  // namespace sekisho
