#include "guard/guard.h"

#include <gtest/gtest.h>

#include "base/json_reader.h"
#include "guard/journal/masking.h"

namespace sekisho {
namespace {

using journal::Entry;

class FixedScorer final : public judge::Scorer {
 public:
  std::string_view name() const override { return "fixed"; }
  const std::string& digest() const override { return digest_; }
  Task<Result<judge::Scores>> score(judge::ScoreInput input) const override {
    if (away) co_return Error{ErrorCode::kUnavailable, "away"};
    judge::Scores scores;
    scores.by_category.assign(input.set.categories().size(), unsafe);
    co_return scores;
  }
  bool away = false;
  double unsafe = 0.1;

 private:
  std::string digest_ = "0000000000000000";
};

// Finds the digits of a telephone number, for the record.
class PhoneDetector final : public judge::Detector {
 public:
  std::string_view name() const override { return "phone"; }
  void detect(const text::NormalText& text, std::vector<judge::Finding>& found) const override {
    const std::size_t at = text.raw().find("090");
    if (at == std::string::npos) return;
    const auto begin = static_cast<std::uint32_t>(at);
    found.push_back({"privacy/self", {begin, begin + 13}, "phone", policy::Action::kRecord});
  }
};

class FakeQueue final : public journal::JournalQueue {
 public:
  Task<Result<Unit>> append(Entry entry) override {
    if (full) co_return Error{ErrorCode::kOverloaded, "the journal is full"};
    entries.push_back(std::move(entry));
    co_return Unit{};
  }
  bool full = false;
  std::vector<Entry> entries;
};

struct House {
  explicit House(GuardOptions options = {}) {
    auto fixed = std::make_unique<FixedScorer>();
    scorer = fixed.get();
    judge::Judge::Parts parts;
    parts.detectors.push_back(std::make_unique<PhoneDetector>());
    parts.scorer = std::move(fixed);
    judge = std::make_unique<judge::Judge>(std::move(parts), system_clock());
    guard = std::make_unique<Guard>(options, *judge, policy, &queue, system_clock(), metrics);
  }
  Result<Judgement> ask(std::string text, std::string set = {}) {
    judge::JudgeRequest request;
    request.turns = {{"user", std::move(text)}};
    request.category_set_id = std::move(set);
    return wait_for(guard->judge(std::move(request), {"default", "key-1", "request-1"}));
  }
  FixedScorer* scorer = nullptr;
  std::unique_ptr<judge::Judge> judge;
  policy::CurrentPolicy policy{must(policy::Snapshot::create({}, {}))};
  FakeQueue queue;
  Metrics metrics;
  std::unique_ptr<Guard> guard;
};

TEST(Guard, RecordsWhatItAnswersUnderTheSameId) {
  House house;
  const auto judgement = house.ask("call 090-1234-5678");
  ASSERT_TRUE(judgement.ok());
  EXPECT_TRUE(judgement->recorded);
  ASSERT_EQ(house.queue.entries.size(), 1u);
  const Entry& entry = house.queue.entries[0];
  EXPECT_EQ(entry.id, judgement->id);
  EXPECT_EQ(entry.outcome, judge::Outcome::kSafe);
  EXPECT_EQ(entry.masked_text, "call ［phone］");
  EXPECT_EQ(entry.key_id, "key-1");
  EXPECT_EQ(entry.code_points, 18u);
  EXPECT_EQ(entry.fingerprint.size(), 32u);
  const auto json = must(JsonDocument::parse(journal::entry_json(entry)));
  EXPECT_EQ(json.root().find("id")->string(), judgement->id.text());
  EXPECT_EQ(json.root().find("verdict")->find("outcome")->string(), "safe");
}

TEST(Guard, KeepsNoTextWhereNoneIsWanted) {
  GuardOptions options;
  options.storage = journal::Storage::kNone;
  House house(options);
  ASSERT_TRUE(house.ask("something private").ok());
  EXPECT_EQ(house.queue.entries[0].masked_text, "");
  const std::string first = house.queue.entries[0].fingerprint;
  ASSERT_TRUE(house.ask("something private").ok());
  ASSERT_TRUE(house.ask("something else").ok());
  EXPECT_EQ(house.queue.entries[1].fingerprint, first);
  EXPECT_NE(house.queue.entries[2].fingerprint, first);
}

TEST(Guard, AnUnjudgedTextIsRecordedAndNeverSafe) {
  House house;
  house.scorer->away = true;
  const auto judgement = house.ask("hello");
  ASSERT_TRUE(judgement.ok());
  EXPECT_EQ(judgement->verdict.outcome(), judge::Outcome::kUnjudged);
  EXPECT_FALSE(judgement->verdict.allowed());
  EXPECT_EQ(house.queue.entries.at(0).outcome, judge::Outcome::kUnjudged);
  EXPECT_NE(house.metrics.print().find("sekisho_judgements_total{outcome=\"unjudged\"} 1"),
            std::string::npos);
}

TEST(Guard, WhatCannotBeRecordedIsRefusedOrMarked) {
  House refusing;
  refusing.queue.full = true;
  EXPECT_EQ(refusing.ask("hello").error().code, ErrorCode::kOverloaded);

  GuardOptions options;
  options.on_unrecorded = OnUnrecorded::kMark;
  House marking(options);
  marking.queue.full = true;
  const auto judgement = marking.ask("hello");
  ASSERT_TRUE(judgement.ok());
  EXPECT_FALSE(judgement->recorded);
}

TEST(Guard, FaultsOfTheRequestAreErrorsAndNotRecorded) {
  House house;
  EXPECT_EQ(house.ask("\xFF").error().code, ErrorCode::kInvalid);
  EXPECT_FALSE(house.ask("").ok());
  EXPECT_FALSE(house.ask(std::string(2049, 'a')).ok());
  EXPECT_EQ(house.ask("hello", "no-such-set").error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(house.queue.entries.empty());
}

TEST(Mask, ReplacesPersonalDataAndSecretsOnly) {
  const std::string raw = "鍵は sk-1 電話は090 です";
  const std::vector<judge::Finding> findings = {
      {"secret", {3, 7}, "api_key", policy::Action::kBlock},
      {"privacy/self", {11, 14}, "phone", policy::Action::kRecord},
      {"injection", {0, 2}, "prompt_injection", policy::Action::kBlock}};
  EXPECT_EQ(journal::mask(raw, findings), "鍵は ［api_key］ 電話は［phone］ です");
  EXPECT_EQ(journal::mask(raw, {}), raw);
  // Overlapping findings become one mark, named by the widest.
  EXPECT_EQ(journal::mask("abcdefgh", {{"secret", {1, 4}, "short", policy::Action::kBlock},
                                       {"secret", {2, 7}, "long", policy::Action::kBlock}}),
            "a［long］h");
}

}  // namespace
}  // namespace sekisho
