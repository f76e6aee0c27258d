#include "guard/judge/judge.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "guard/judge/verdict.h"

namespace sekisho::judge {
namespace {

using policy::CategorySet;
using text::NormalText;

// A scorer that does what it is told, counts, and can be held back.
class FakeScorer final : public Scorer {
 public:
  std::string_view name() const override { return "fake"; }
  const std::string& digest() const override { return digest_; }
  Task<Result<Scores>> score(ScoreInput input) const override {
    ++calls;
    texts.push_back(input.text.raw());
    if (hold) co_await *hold;
    if (fail) co_return Error{*fail, "told to fail"};
    Scores scores;
    scores.by_category.assign(input.set.categories().size(), 0.0);
    const std::size_t at = input.text.raw().find("WICKED");
    if (at != std::string::npos) {
      scores.by_category[0] = 0.9;
      const auto begin = static_cast<std::uint32_t>(input.text.raw().substr(0, at).size());
      scores.spans.push_back({input.set.categories()[0].id, {begin, begin + 6}, "fake"});
    }
    co_return scores;
  }
  mutable std::atomic<int> calls = 0;
  mutable std::vector<std::string> texts;
  std::optional<Completion<int>> hold;
  std::optional<ErrorCode> fail;

 private:
  std::string digest_ = "0123456789abcdef";
};

// An unbounded cache, to see what is asked of it.
class FakeCache final : public VerdictCache {
 public:
  std::shared_ptr<const Scores> find(const Digest128& key) override {
    const auto found = entries.find(key);
    return found == entries.end() ? nullptr : found->second;
  }
  void put(const Digest128& key, std::shared_ptr<const Scores> scores) override {
    entries[key] = std::move(scores);
  }
  Counts counts() const override { return {0, 0, entries.size()}; }
  std::map<Digest128, std::shared_ptr<const Scores>> entries;
};

struct Bench {
  explicit Bench(bool cached = true) {
    auto fake_scorer = std::make_unique<FakeScorer>();
    scorer = fake_scorer.get();
    Judge::Parts parts;
    parts.scorer = std::move(fake_scorer);
    if (cached) {
      auto fake_cache = std::make_unique<FakeCache>();
      cache = fake_cache.get();
      parts.cache = std::move(fake_cache);
    }
    judge = std::make_unique<Judge>(std::move(parts), system_clock());
  }
  Evidence evidence(const JudgeRequest& request) {
    const auto text =
        must(NormalText::create(request.turns.back().content, request.code_points_max));
    return wait_for(judge->evidence(request, text, set));
  }
  const CategorySet set = CategorySet::built_in();
  FakeScorer* scorer = nullptr;
  FakeCache* cache = nullptr;
  std::unique_ptr<Judge> judge;
};

JudgeRequest request(std::string content) {
  JudgeRequest out;
  out.turns = {{"user", std::move(content)}};
  return out;
}

TEST(Judge, ScoresOnceAndThenAnswersFromTheCache) {
  Bench bench;
  EXPECT_EQ(bench.evidence(request("hello")).judged_by,
            (std::vector<std::string>{"detectors", "fake@01234567"}));
  EXPECT_EQ(bench.evidence(request("hello")).judged_by,
            (std::vector<std::string>{"detectors", "cache", "fake@01234567"}));
  EXPECT_EQ(bench.scorer->calls, 1);
}

TEST(Judge, TheCacheKeyCoversEverythingThatWasJudged) {
  Bench bench;
  const JudgeRequest base = request("same");
  std::vector<JudgeRequest> different(6, base);
  different[0].turns.back().content = "other";
  different[1].turns.back().role = "assistant";
  different[2].turns.insert(different[2].turns.begin(), {"user", "before"});
  different[3].side = Side::kOutput;
  different[4].contract = Contract::kJudgeText;
  // What folds onto the same canonical text is still another text (reliability: cache confusion).
  different[5].turns.back().content = "ｓａｍｅ";
  bench.evidence(base);
  for (const JudgeRequest& other : different) bench.evidence(other);
  EXPECT_EQ(bench.scorer->calls, 7);
  EXPECT_EQ(bench.cache->entries.size(), 7u);
}

TEST(Judge, AThousandIdenticalRequestsMakeOneScoring) {
  Bench bench(/*cached=*/false);
  bench.scorer->hold.emplace();
  const JudgeRequest same = request("everyone asks this");
  const auto text = must(NormalText::create(same.turns.back().content));
  std::atomic<int> answered = 0;
  for (int i = 0; i < 1'000; ++i) {
    start(bench.judge->evidence(same, text, bench.set),
          [&](const Evidence& evidence) { answered += evidence.scores.has_value(); });
  }
  EXPECT_EQ(bench.scorer->calls, 1);
  EXPECT_EQ(answered, 0);
  bench.scorer->hold->deliver(1);
  EXPECT_EQ(answered, 1'000);
  EXPECT_EQ(bench.scorer->calls, 1);
}

TEST(Judge, AFailureReachesEverybodyWhoWaitsAndIsNotKept) {
  Bench bench;
  bench.scorer->hold.emplace();
  bench.scorer->fail = ErrorCode::kUnavailable;
  const JudgeRequest same = request("unlucky");
  const auto text = must(NormalText::create(same.turns.back().content));
  int unjudged = 0;
  for (int i = 0; i < 10; ++i) {
    start(bench.judge->evidence(same, text, bench.set), [&](const Evidence& evidence) {
      ASSERT_EQ(evidence.unjudged.size(), 1u);
      EXPECT_EQ(evidence.unjudged[0].reason, UnjudgedReason::kUnavailable);
      unjudged += !evidence.scores.has_value();
    });
  }
  bench.scorer->hold->deliver(1);
  EXPECT_EQ(unjudged, 10);
  EXPECT_TRUE(bench.cache->entries.empty());
  bench.scorer->hold.reset();
  bench.scorer->fail.reset();
  EXPECT_TRUE(bench.evidence(same).scores.has_value());
}

TEST(Judge, WorkWhoseDeadlineHasPassedIsNotStarted) {
  Bench bench;
  JudgeRequest late = request("late");
  late.deadline_us = system_clock().monotonic_us() - 1;
  const Evidence evidence = bench.evidence(late);
  EXPECT_EQ(bench.scorer->calls, 0);
  ASSERT_EQ(evidence.unjudged.size(), 1u);
  EXPECT_EQ(evidence.unjudged[0].reason, UnjudgedReason::kDeadline);
  EXPECT_EQ(decide(bench.set, evidence).outcome(), Outcome::kUnjudged);
}

TEST(Judge, LongTextsAreJudgedByWindowsAndTheWorstDecides) {
  Bench bench;
  // At every distance from the window borders, so that some window holds the word whole.
  for (const std::size_t at : {0, 1'000, 1'790, 2'040, 2'046, 3'000, 4'090, 9'990}) {
    std::string text(10'000, 'a');
    text.replace(at, 6, "WICKED");
    text.resize(10'000);
    JudgeRequest long_request = request(text);
    long_request.code_points_max = limits::kModerationCodePoints;
    const Evidence evidence = bench.evidence(long_request);
    ASSERT_TRUE(evidence.scores.has_value());
    EXPECT_EQ(evidence.scores->by_category[0], 0.9) << at;
    ASSERT_FALSE(evidence.scores->spans.empty());
    const auto begin = static_cast<std::uint32_t>(at);
    EXPECT_EQ(evidence.scores->spans[0].span, (text::Span{begin, begin + 6}));
  }
  for (const std::string& scored : bench.scorer->texts) {
    EXPECT_LE(scored.size(), limits::kWindowCodePoints);
  }
}

TEST(Judge, WordsOfTheSetAreFoundThroughDisguises) {
  std::vector<policy::Category> categories = policy::built_in_categories();
  categories.emplace_back();
  categories.back().id = "rival";
  categories.back().words = {"ライバル社", "Acme"};
  const CategorySet set = must(CategorySet::create("shop", 1, categories));
  Bench bench;
  const JudgeRequest disguised = request("ﾗｲﾊﾞﾙ社とａｃＭｅ");
  const auto text = must(NormalText::create(disguised.turns.back().content));
  const Evidence evidence = wait_for(bench.judge->evidence(disguised, text, set));
  ASSERT_EQ(evidence.findings.size(), 2u);
  EXPECT_EQ(evidence.findings[0].category, "rival");
  EXPECT_EQ(evidence.findings[0].span, (text::Span{0, 6}));
  EXPECT_EQ(evidence.findings[1].span, (text::Span{7, 11}));
  EXPECT_EQ(decide(set, evidence).category(), "rival");
}

}  // namespace
}  // namespace sekisho::judge
