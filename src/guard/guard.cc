#include "guard/guard.h"

#include "guard/journal/masking.h"
#include "guard/text/normal_text.h"

namespace sekisho {

// One counter an outcome, one histogram a stage.
struct Guard::Counters {
  explicit Counters(Metrics& metrics)
      : safe(outcome(metrics, "safe")),
        unsafe(outcome(metrics, "unsafe")),
        unjudged(outcome(metrics, "unjudged")),
        unrecorded(
            metrics.counter("sekisho_unrecorded_total", "Judgements that could not be recorded.")),
        normalise(stage(metrics, "normalise")),
        detect(stage(metrics, "detect")),
        score(stage(metrics, "score")),
        record(stage(metrics, "record")) {}
  static Counter& outcome(Metrics& metrics, const std::string& name) {
    return metrics.counter("sekisho_judgements_total", "Judgements by outcome.",
                           "outcome=\"" + name + "\"");
  }
  static Histogram& stage(Metrics& metrics, const std::string& name) {
    return metrics.histogram("sekisho_stage_seconds", "Time of a judgement by stage.",
                             "stage=\"" + name + "\"");
  }
  Counter &safe, &unsafe, &unjudged, &unrecorded;
  Histogram &normalise, &detect, &score, &record;
};

Guard::Guard(GuardOptions options, const judge::Judge& judge, const policy::CurrentPolicy& policy,
             journal::JournalQueue* queue, const Clock& clock, Metrics& metrics)
    : options_(options),
      judge_(judge),
      policy_(policy),
      queue_(queue),
      clock_(clock),
      fingerprint_(options.fingerprint_key),
      ids_(clock),
      counters_(std::make_shared<Counters>(metrics)) {}

Task<Result<Judgement>> Guard::judge(judge::JudgeRequest request, Asker asker) {
  const std::int64_t started_us = clock_.monotonic_us();
  CO_TRY(const auto set, policy_.get()->set(request.category_set_id));
  CO_TRY(const auto text,
         text::NormalText::create(request.turns.back().content, request.code_points_max));
  const std::int64_t normalised_us = clock_.monotonic_us();

  judge::Evidence evidence = co_await judge_.evidence(request, text, *set);
  evidence.timings.normalise_us = normalised_us - started_us;
  evidence.timings.total_us = clock_.monotonic_us() - started_us;

  Judgement judgement{ids_.next(), judge::decide(*set, evidence)};
  count(judgement.verdict);
  if (queue_ == nullptr) co_return judgement;

  const std::int64_t decided_us = clock_.monotonic_us();
  const auto recorded =
      co_await queue_->append(entry(request, asker, text, *set, evidence, judgement));
  counters_->record.observe(clock_.monotonic_us() - decided_us);
  judgement.recorded = recorded.ok();
  if (!recorded.ok()) {
    counters_->unrecorded.add();
    if (options_.on_unrecorded == OnUnrecorded::kRefuse) co_return recorded.error();
  }
  co_return judgement;
}

journal::Entry Guard::entry(const judge::JudgeRequest& request, const Asker& asker,
                            const text::NormalText& text, const policy::CategorySet& set,
                            const judge::Evidence& evidence, const Judgement& judgement) const {
  const judge::Verdict& verdict = judgement.verdict;
  journal::Entry entry;
  entry.id = judgement.id;
  entry.unix_ms = clock_.unix_ms();
  entry.tenant = asker.tenant;
  entry.key_id = asker.key_id;
  entry.request_id = asker.request_id;
  entry.side = request.side;
  entry.contract = request.contract;
  entry.category_set_id = set.id();
  entry.category_set_version = set.version();
  entry.outcome = verdict.outcome();
  entry.allowed = verdict.allowed();
  entry.score = verdict.score();
  entry.category = verdict.category();
  entry.verdict_json = journal::verdict_json(verdict);
  if (options_.storage == journal::Storage::kMasked) {
    entry.masked_text = journal::mask(text.raw(), evidence.findings);
  }
  entry.code_points = static_cast<std::uint32_t>(text.code_points());
  entry.fingerprint = to_hex(fingerprint_.sign(text.raw())).substr(0, 32);
  return entry;
}

void Guard::count(const judge::Verdict& verdict) {
  switch (verdict.outcome()) {
    case judge::Outcome::kSafe:
      counters_->safe.add();
      break;
    case judge::Outcome::kUnsafe:
      counters_->unsafe.add();
      break;
    case judge::Outcome::kUnjudged:
      counters_->unjudged.add();
      break;
  }
  counters_->normalise.observe(verdict.timings().normalise_us);
  counters_->detect.observe(verdict.timings().detect_us);
  counters_->score.observe(verdict.timings().score_us);
}

}  // namespace sekisho
