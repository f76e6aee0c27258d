#include "guard/judge/judge.h"

#include <algorithm>
#include <string>

#include "base/utf8.h"

namespace sekisho::judge {
namespace {

UnjudgedReason reason_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::kTimeout:
      return UnjudgedReason::kDeadline;
    case ErrorCode::kOverloaded:
    case ErrorCode::kRateLimited:
      return UnjudgedReason::kOverloaded;
    case ErrorCode::kUnavailable:
    case ErrorCode::kNotFound:
      return UnjudgedReason::kUnavailable;
    default:
      return UnjudgedReason::kFailed;
  }
}

// Scores of one window, put where the window stands in the whole text.
void merge(Scores& whole, const Scores& window, std::uint32_t offset) {
  whole.by_category.resize(window.by_category.size(), 0);
  for (std::size_t i = 0; i < window.by_category.size(); ++i) {
    whole.by_category[i] = std::max(whole.by_category[i], window.by_category[i]);
  }
  for (Finding span : window.spans) {
    span.span.begin += offset;
    span.span.end += offset;
    whole.spans.push_back(std::move(span));
  }
}

}  // namespace

Judge::Judge(Parts parts, const Clock& clock)
    : parts_(std::move(parts)), clock_(clock), key_(random_digest<Digest256>()) {
  if (parts_.scorer == nullptr) bug("a judge without a scorer");
}

VerdictCache::Counts Judge::cache_counts() const {
  return parts_.cache ? parts_.cache->counts() : VerdictCache::Counts{};
}

// The coroutines here are awaited at once by flows that own what they refer to (judge.h).
// NOLINTBEGIN(cppcoreguidelines-avoid-reference-coroutine-parameters)
Task<Evidence> Judge::evidence(const JudgeRequest& request, const text::NormalText& text,
                               const policy::CategorySet& set) const {
  Evidence evidence;
  const std::int64_t started_us = clock_.monotonic_us();
  detect(text, set, evidence);
  const std::int64_t detected_us = clock_.monotonic_us();

  Result<Scored> scored = text.code_points() > limits::kWindowCodePoints
                              ? co_await score_windows(request, text, set)
                              : co_await score(request, text, set);
  if (scored.ok()) {
    evidence.scores = *scored->scores;
    if (scored->from_cache) evidence.judged_by.emplace_back("cache");
    evidence.judged_by.push_back(std::string(parts_.scorer->name()) + "@" +
                                 parts_.scorer->digest().substr(0, 8));
  } else {
    evidence.unjudged.push_back({"scorer", reason_of(scored.error())});
  }
  evidence.timings.detect_us = detected_us - started_us;
  evidence.timings.score_us = clock_.monotonic_us() - detected_us;
  co_return evidence;
}

void Judge::detect(const text::NormalText& text, const policy::CategorySet& set,
                   Evidence& evidence) const {
  for (const auto& detector : parts_.detectors) detector->detect(text, evidence.findings);
  set.words().find(text, [&](std::size_t category, text::Span span) {
    evidence.findings.push_back(
        {set.categories()[category].id, span, "words", set.categories()[category].action});
  });
  evidence.judged_by.emplace_back("detectors");
}

Task<Result<Judge::Scored>> Judge::score(const JudgeRequest& request, const text::NormalText& text,
                                         const policy::CategorySet& set) const {
  if (request.deadline_us && clock_.monotonic_us() >= *request.deadline_us) {
    co_return Error{ErrorCode::kTimeout, "the deadline passed before the text was scored"};
  }
  const Digest128 key = cache_key(request, text, set);
  if (parts_.cache) {
    if (auto hit = parts_.cache->find(key)) co_return Scored{std::move(hit), true};
  }
  if (const auto flight = flights_.join(key)) {
    Result<std::shared_ptr<const Scores>> landed = co_await *flight;
    CO_TRY(auto scores, std::move(landed));
    co_return Scored{std::move(scores), true};
  }
  // The flight before this one may have landed between the look into the cache and here.
  std::shared_ptr<const Scores> scores = parts_.cache ? parts_.cache->find(key) : nullptr;
  const bool from_cache = scores != nullptr;
  if (!from_cache) {
    const std::span<const Turn> context(request.turns.data(), request.turns.size() - 1);
    auto fresh =
        co_await parts_.scorer->score({text, context, request.side, set, request.deadline_us});
    // Seen here, before a cache keeps it or the windows of a long text are merged.
    if (fresh.ok() && !are_probabilities(*fresh, set.categories().size())) {
      fresh = Error{ErrorCode::kInternal, "the scorer's answer is not one of probabilities"};
    }
    if (!fresh.ok()) {
      flights_.land(key, fresh.error());
      co_return std::move(fresh).error();
    }
    scores = std::make_shared<const Scores>(std::move(fresh).value());
    if (parts_.cache) parts_.cache->put(key, scores);
  }
  flights_.land(key, scores);
  co_return Scored{std::move(scores), from_cache};
}

Task<Result<Judge::Scored>> Judge::score_windows(const JudgeRequest& request,
                                                 const text::NormalText& text,
                                                 const policy::CategorySet& set) const {
  static constexpr std::size_t kStep = limits::kWindowCodePoints - limits::kWindowOverlapCodePoints;
  Scores whole;
  bool from_cache = true;
  for (std::size_t begin = 0;; begin += kStep) {
    const std::size_t end = std::min(begin + limits::kWindowCodePoints, text.code_points());
    auto window = text::NormalText::create(std::string(utf8::slice(text.raw(), begin, end)));
    if (window.ok()) {  // a window of nothing visible has nothing to judge
      CO_TRY(const Scored scored, co_await score(request, *window, set));
      merge(whole, *scored.scores, static_cast<std::uint32_t>(begin));
      from_cache &= scored.from_cache;
    }
    if (end == text.code_points()) break;
  }
  co_return Scored{std::make_shared<const Scores>(std::move(whole)), from_cache};
}
// NOLINTEND(cppcoreguidelines-avoid-reference-coroutine-parameters)

Digest128 Judge::cache_key(const JudgeRequest& request, const text::NormalText& text,
                           const policy::CategorySet& set) const {
  ContentHasher hasher(key_);
  hasher.add(side_name(request.side))
      .add(contract_name(request.contract))
      .add(parts_.scorer->digest())
      .add(set.id())
      .add(static_cast<std::uint64_t>(set.version()))
      .add(static_cast<std::uint64_t>(request.turns.size()));
  for (const Turn& turn : request.turns) hasher.add(turn.role).add(turn.content);
  // The raw bytes of what is scored: a window of the last turn, or all of it.
  hasher.add(text.raw());
  return hasher.finish();
}

}  // namespace sekisho::judge
