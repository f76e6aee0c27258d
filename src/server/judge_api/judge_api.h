// JudgeApi: the handlers of the judge API. Each reads its contract, asks the guard and writes the
// answer; which path leads to which handler stands in server/routes.cc.
//
// A handler answers an Error where its contract has no answer; the router gives it status and
// shape. Nothing that was not judged is ever answered as safe (wire/judged.h).
// Thread safety: handlers may be called from several threads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "access/authenticator.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/task.h"
#include "guard/guard.h"
#include "net/http.h"
#include "server/wire/asked.h"
#include "server/wire/judge_text.h"
#include "server/wire/judged.h"
#include "server/wire/models.h"

namespace sekisho::judge_api {

struct Options {
  // What is missing here, for people; /ready and /v1/models say it.
  std::vector<std::string> degraded;
  // A judgement that takes longer is unjudged. Clients of these contracts wait five seconds.
  std::int64_t judge_timeout_ms = 4000;
};

// A request and who sent it. Handlers that judge take their judgements from the caller's quota, so
// they need a caller that the authenticator let in; the others need none.
struct Call {
  access::Caller caller;
  net::Request request;
};

using Answer = Result<net::Response>;

class JudgeApi {
 public:
  // Everything borrowed outlives the API and the requests that are under way.
  struct Parts {
    Guard& guard;
    access::Authenticator& authenticator;
    const Metrics& metrics;
    const Clock& clock;
  };
  JudgeApi(Parts parts, Options options);

  Task<Answer> judge(Call call) const;
  Task<Answer> judge_text(Call call) const;
  Task<Answer> judge_chat(Call call) const;
  Task<Answer> guardrails_apply(Call call) const;
  Task<Answer> moderations(Call call) const;
  Task<Answer> models(Call call) const;

  // 200 while the process lives.
  Task<Answer> health(Call call) const;
  // 200 when a harmless text can be scored right now, else 503.
  Task<Answer> ready(Call call) const;
  Task<Answer> print_metrics(Call call) const;

 private:
  // What becomes of a text that is unjudged and whose set wants an error.
  enum class Unjudged { kIsError, kIsResult };
  // Fails with kRateLimited when the caller's quota is used up.
  Status admit(const Call& call, std::size_t judgements) const;
  // An `asked` that is an error already comes back as it is.
  Task<Result<wire::Judged>> judge_one(Result<wire::Asked> asked, Asker asker,
                                       Unjudged unjudged) const;
  Task<std::vector<Result<wire::Judged>>> judge_all(std::vector<Result<wire::Asked>> asked,
                                                    Asker asker, Unjudged unjudged) const;
  Task<Answer> judge_turns(wire::JudgeTextRequest request, Call call) const;
  std::int64_t deadline_us() const;
  wire::Service service() const;

  const Parts parts_;
  const Options options_;
};

}  // namespace sekisho::judge_api
