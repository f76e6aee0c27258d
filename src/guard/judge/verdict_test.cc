#include "guard/judge/verdict.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "guard/judge/verdict_json.h"

namespace sekisho::judge {
namespace {

using policy::Action;
using policy::Category;
using policy::CategorySet;

Category category(std::string id, Action action = Action::kBlock, double threshold = 0.5) {
  Category out;
  out.id = std::move(id);
  out.action = action;
  out.threshold = threshold;
  return out;
}

CategorySet three(Action action = Action::kBlock) {
  return must(CategorySet::create("set", 1,
                                  {category("harassment", action), category("privacy/self", action),
                                   category("violence", action, 0.8)}));
}

Evidence scored(std::vector<double> scores) {
  Evidence evidence;
  evidence.scores = Scores{std::move(scores), {}};
  return evidence;
}

TEST(Decide, SafeNeedsEveryPartToHaveJudged) {
  const CategorySet set = three();
  EXPECT_EQ(decide(set, scored({0.1, 0.2, 0.79})).outcome(), Outcome::kSafe);
  EXPECT_TRUE(decide(set, scored({0.1, 0.2, 0.79})).allowed());

  EXPECT_EQ(decide(set, Evidence{}).outcome(), Outcome::kUnjudged);
  Evidence partly = scored({0, 0, 0});
  partly.unjudged.push_back({"detectors", UnjudgedReason::kFailed});
  EXPECT_EQ(decide(set, partly).outcome(), Outcome::kUnjudged);
  EXPECT_FALSE(decide(set, partly).allowed());
}

TEST(Decide, NumbersThatAreNoProbabilitiesCountAsMissing) {
  const CategorySet set = three();
  const double bad[] = {std::nan(""), -0.01, 1.01, std::numeric_limits<double>::infinity(),
                        -std::numeric_limits<double>::infinity()};
  for (const double value : bad) {
    const Verdict verdict = decide(set, scored({0.1, value, 0.1}));
    EXPECT_EQ(verdict.outcome(), Outcome::kUnjudged) << value;
    EXPECT_FALSE(verdict.unjudged().empty());
  }
  EXPECT_EQ(decide(set, scored({0.1, 0.1})).outcome(), Outcome::kUnjudged);
  EXPECT_EQ(decide(set, scored({})).outcome(), Outcome::kUnjudged);
}

TEST(Decide, KnownHarmIsKnownEvenWhenAPartIsMissing) {
  Evidence evidence;
  evidence.findings.push_back({"privacy/self", {3, 9}, "card", Action::kBlock});
  evidence.unjudged.push_back({"scorer", UnjudgedReason::kUnavailable});
  const Verdict verdict = decide(three(), evidence);
  EXPECT_EQ(verdict.outcome(), Outcome::kUnsafe);
  EXPECT_FALSE(verdict.allowed());
  EXPECT_EQ(verdict.category(), "privacy/self");
  EXPECT_EQ(verdict.score(), 1.0);
  EXPECT_EQ(verdict.unjudged().size(), 1u);
}

TEST(Decide, ThresholdsAreReachedFromBelow) {
  const CategorySet set = three();
  EXPECT_EQ(decide(set, scored({0, 0, 0.8})).category(), "violence");
  EXPECT_EQ(decide(set, scored({0, 0, std::nextafter(0.8, 0)})).outcome(), Outcome::kSafe);
}

TEST(Decide, TheCategoryIsFoundBeforeScoredThenTheHighest) {
  Evidence evidence = scored({0.7, 0.1, 0.9});
  EXPECT_EQ(decide(three(), evidence).category(), "violence");
  EXPECT_EQ(decide(three(), evidence).score(), 0.9);
  evidence.findings.push_back({"harassment", {0, 2}, "words", Action::kBlock});
  EXPECT_EQ(decide(three(), evidence).category(), "harassment");
  EXPECT_EQ(decide(three(), evidence).score(), 1.0);
}

TEST(Decide, ActionsAreTheGentlerOfFinderAndCategory) {
  Evidence evidence = scored({0, 0, 0});
  evidence.findings.push_back({"privacy/self", {0, 4}, "phone", Action::kRecord});
  const Verdict recorded = decide(three(), evidence);
  EXPECT_EQ(recorded.outcome(), Outcome::kSafe);
  ASSERT_EQ(recorded.spans().size(), 1u);
  EXPECT_EQ(recorded.spans()[0].action, Action::kRecord);

  evidence.findings[0].action = Action::kBlock;
  EXPECT_FALSE(decide(three(), evidence).allowed());
  const Verdict flagged = decide(three(Action::kFlag), evidence);
  EXPECT_EQ(flagged.outcome(), Outcome::kUnsafe);
  EXPECT_TRUE(flagged.allowed());
  EXPECT_EQ(decide(three(Action::kRecord), evidence).outcome(), Outcome::kSafe);
}

TEST(Decide, DisabledCategoriesSayNothing) {
  std::vector<Category> categories = three().categories();
  categories[1].enabled = false;
  const CategorySet set = must(CategorySet::create("set", 2, categories));
  Evidence evidence = scored({0.1, 0.99, 0.1});
  evidence.findings.push_back({"privacy/self", {0, 4}, "card", Action::kBlock});
  evidence.findings.push_back({"unknown", {0, 4}, "card", Action::kBlock});
  const Verdict verdict = decide(set, evidence);
  EXPECT_EQ(verdict.outcome(), Outcome::kSafe);
  EXPECT_EQ(verdict.score(), 0.1);
  EXPECT_EQ(verdict.scores().size(), 2u);
  EXPECT_TRUE(verdict.spans().empty());
}

TEST(Decide, UnjudgedFollowsTheSetAndIsNeverAllowedByDefault) {
  const auto with = [](policy::OnUnjudged choice) {
    return must(CategorySet::create("set", 1, {category("violence")}, choice));
  };
  EXPECT_FALSE(decide(with(policy::OnUnjudged::kError), Evidence{}).allowed());
  EXPECT_FALSE(decide(with(policy::OnUnjudged::kBlock), Evidence{}).allowed());
  const Verdict allowed = decide(with(policy::OnUnjudged::kAllow), Evidence{});
  EXPECT_TRUE(allowed.allowed());
  EXPECT_EQ(allowed.outcome(), Outcome::kUnjudged);
}

TEST(Decide, IsTotalPureAndNeverSafeWithoutScores) {
  std::mt19937_64 random(7);
  const CategorySet set = three();
  const double values[] = {0, 0.3, 0.5, 0.8, 1, -1, 2, std::nan("")};
  for (int i = 0; i < 20'000; ++i) {
    Evidence evidence;
    if (random() % 4) {
      Scores scores;
      for (std::uint64_t n = random() % 5; n > 0; --n) {
        scores.by_category.push_back(values[random() % 8]);
      }
      evidence.scores = scores;
    }
    for (std::uint64_t n = random() % 3; n > 0; --n) {
      evidence.findings.push_back({random() % 2 ? "violence" : "privacy/self",
                                   {0, 1},
                                   "x",
                                   static_cast<Action>(random() % 3)});
    }
    if (random() % 5 == 0) evidence.unjudged.push_back({"scorer", UnjudgedReason::kFailed});
    const Verdict verdict = decide(set, evidence);
    if (verdict.outcome() == Outcome::kSafe) {
      ASSERT_TRUE(evidence.scores && evidence.unjudged.empty());
      ASSERT_EQ(evidence.scores->by_category.size(), 3u);
      ASSERT_TRUE(verdict.allowed());
    } else if (verdict.outcome() == Outcome::kUnjudged) {
      ASSERT_FALSE(verdict.allowed());
    }
    std::string first, second;
    JsonWriter a(first), b(second);
    write_verdict(a, verdict);
    write_verdict(b, decide(set, evidence));
    ASSERT_EQ(first, second);
  }
}

TEST(VerdictJson, LeavesUnsafeOutWhenUnjudged) {
  const auto json_of = [](const Verdict& verdict) {
    std::string out;
    JsonWriter json(out);
    json.begin_object();
    write_verdict(json, verdict);
    json.end_object();
    return out;
  };
  const std::string unjudged = json_of(decide(three(), Evidence{}));
  EXPECT_EQ(unjudged.find("\"unsafe\""), std::string::npos) << unjudged;
  EXPECT_NE(unjudged.find("\"outcome\":\"unjudged\",\"allowed\":false"), std::string::npos);
  EXPECT_NE(json_of(decide(three(), scored({0.12345, 0, 0})))
                .find("\"outcome\":\"safe\",\"allowed\":true,\"unsafe\":false,\"score\":0.1235,"
                      "\"category\":null"),
            std::string::npos)
      << json_of(decide(three(), scored({0.12345, 0, 0})));
}

}  // namespace
}  // namespace sekisho::judge
