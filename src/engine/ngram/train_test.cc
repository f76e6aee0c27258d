#include "engine/ngram/train.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "base/hash.h"
#include "engine/ngram/model_file.h"
#include "engine/ngram/solver.h"

namespace sekisho::ngram {
namespace {

std::u32string filler(std::size_t size, std::uint64_t seed) {
  std::u32string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += static_cast<char32_t>(U'あ' + mix64(seed * 1000 + i) % 80);
  }
  return text;
}

// Label 0 says "赤い", label 1 says "青い", some texts say both, some neither.
std::vector<Example> toy_examples(std::size_t count, std::uint64_t seed) {
  std::vector<Example> examples;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t labels = mix64(seed + i) % 4;
    std::u32string text = filler(6, seed + i);
    if ((labels & 1) != 0) text += U"赤い";
    text += filler(5, seed + i + 50000);
    if ((labels & 2) != 0) text += U"青い";
    text += filler(4, seed + i + 90000);
    examples.push_back({.text = text, .labels = labels, .group = i / 2});
  }
  return examples;
}

TrainOptions toy_options() {
  TrainOptions options;
  options.labels = {"red", "blue"};
  options.slot_bits = 12;
  return options;
}

TEST(Train, SeparatesWhatIsSeparable) {
  const Trained trained = must(train(toy_examples(400, 1), toy_options()));
  EXPECT_GT(trained.ngrams, 50u);
  for (const LabelReport& report : trained.reports) {
    EXPECT_GT(report.average_precision, 0.99);
    EXPECT_GT(report.f1_best, 0.97);
  }
  std::size_t wrong = 0;
  for (const Example& example : toy_examples(400, 70000)) {
    const std::u32string_view view = example.text;
    std::array<float, 2> out;
    trained.model.score(std::span(&view, 1), out);
    for (std::size_t l = 0; l < 2; ++l) {
      wrong += (out[l] > 0.5F) != ((example.labels >> l & 1) != 0);
    }
  }
  EXPECT_LE(wrong, 8u);
}

TEST(Train, SameInputSameBytes) {
  const std::vector<Example> examples = toy_examples(200, 3);
  TrainOptions options = toy_options();
  const std::string digest = must(train(examples, options)).model.digest();
  EXPECT_EQ(must(train(examples, options)).model.digest(), digest);
  options.threads = 2;
  EXPECT_EQ(must(train(examples, options)).model.digest(), digest);
  options.seed = 2;
  EXPECT_NE(must(train(examples, options)).model.digest(), digest);
}

TEST(Train, ReportsProgressToTheEnd) {
  TrainOptions options = toy_options();
  options.threads = 2;
  std::vector<std::size_t> done;
  options.on_progress = [&](const TrainProgress& progress) {
    EXPECT_EQ(progress.all, 12u);
    done.push_back(progress.done);
  };
  ASSERT_TRUE(train(toy_examples(100, 3), options).ok());
  ASSERT_EQ(done.size(), 12u);
  EXPECT_EQ(done.front(), 1u);
  EXPECT_EQ(done.back(), 12u);
}

// A mark that is there nine times in ten when the label is, once in ten when it is not.
TEST(Train, ProbabilitiesAreCalibrated) {
  std::vector<Example> examples;
  for (std::uint64_t i = 0; i < 3000; ++i) {
    const bool mark = mix64(i) % 2 == 0;
    const bool label = (mix64(i + 77777) % 10 == 0) != mark;
    std::u32string text = filler(10, i);
    if (mark) text += U"印";
    examples.push_back({.text = text, .labels = label ? 1u : 0u, .group = i});
  }
  TrainOptions options;
  options.labels = {"label"};
  options.slot_bits = 12;
  options.penalty_inverse = 0.01;
  const Trained trained = must(train(examples, options));
  double with = 0, without = 0, with_count = 0, without_count = 0;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const bool mark = examples[i].text.back() == U'印';
    (mark ? with : without) += trained.held_out[i];
    (mark ? with_count : without_count) += 1;
  }
  EXPECT_NEAR(with / with_count, 0.9, 0.05);
  EXPECT_NEAR(without / without_count, 0.1, 0.05);
}

TEST(Train, HeldOutNeverSawItsGroup) {
  // Labels are drawn by chance, and each text stands twice in one group: a model that saw the twin
  // would know the answer, one that did not cannot.
  std::vector<Example> examples;
  for (std::uint64_t i = 0; i < 400; ++i) {
    examples.push_back({.text = filler(20, i / 2), .labels = mix64(i / 2) & 1, .group = i / 2});
  }
  TrainOptions options;
  options.labels = {"chance"};
  options.slot_bits = 12;
  const Trained trained = must(train(examples, options));
  EXPECT_LT(trained.reports[0].average_precision, 0.65);
  std::uint64_t next = 0;
  for (Example& example : examples) example.group = next++;
  EXPECT_GT(must(train(examples, options)).reports[0].average_precision, 0.8);
}

TEST(Train, RefusesWhatItCannotLearn) {
  const std::vector<Example> good = toy_examples(50, 1);
  const auto field = [](const std::vector<Example>& examples, const TrainOptions& options) {
    const auto trained = train(examples, options);
    return trained.ok() ? std::string("accepted") : trained.error().field;
  };
  EXPECT_EQ(field(good, toy_options()), "accepted");
  EXPECT_EQ(field({}, toy_options()), "labels");
  std::vector<Example> bad = good;
  bad[0].text.clear();
  EXPECT_EQ(field(bad, toy_options()), "text");
  bad = good;
  bad[0].weight = 0;
  EXPECT_EQ(field(bad, toy_options()), "weight");
  bad = good;
  bad[0].labels = 4;
  EXPECT_EQ(field(bad, toy_options()), "labels");
  bad = good;
  for (Example& example : bad) example.labels |= 2;
  EXPECT_EQ(field(bad, toy_options()), "labels");
  TrainOptions options = toy_options();
  options.slot_bits = 21;
  EXPECT_EQ(field(good, options), "slot_bits");
  options = toy_options();
  options.folds = 1;
  EXPECT_EQ(field(good, options), "folds");
  options = toy_options();
  options.features.order_max = 9;
  EXPECT_EQ(field(good, options), "features");
  options = toy_options();
  options.penalty_inverse = NAN;
  EXPECT_EQ(field(good, options), "options");
}

TEST(TrainHead, LearnsFromFewExamples) {
  std::vector<std::u32string> background;
  for (std::uint64_t i = 0; i < 300; ++i) background.push_back(filler(20, i));
  const std::vector<std::u32string> positives = {U"明日の会議室の予約を取り消して",
                                                 U"会議室を予約したい", U"会議室の予約はどこから",
                                                 U"第二会議室は予約できますか"};
  const std::vector<std::u32string> negatives = {U"美容院を予約したい", U"会議が長い"};
  const std::vector<std::u32string> words = {U"会議室"};
  const Model head = must(train_head({.label = "rooms",
                                      .positives = positives,
                                      .negatives = negatives,
                                      .words = words,
                                      .definition = U"会議室の予約についての文",
                                      .background = background}));
  const auto score = [&](std::u32string_view text) {
    std::array<float, 1> out;
    head.score(std::span(&text, 1), out);
    return out[0];
  };
  EXPECT_GT(score(U"来週、会議室の予約をお願いします"), 0.6);
  EXPECT_LT(score(filler(20, 9999)), 0.4);
  EXPECT_LT(score(U"美容院の予約"), score(U"会議室の予約"));
  const std::string bytes = encode(head.parts());
  EXPECT_LT(bytes.size(), 128u << 10);
  EXPECT_EQ(must(decode(bytes)).digest(), head.digest());
}

TEST(TrainHead, NeedsBothSides) {
  const std::vector<std::u32string> texts = {U"一つ"};
  EXPECT_FALSE(train_head({.label = "x", .positives = texts}).ok());
  EXPECT_FALSE(train_head({.label = "x", .background = texts}).ok());
}

TEST(Solver, CalibrationFindsTheSigmoidThatMadeTheData) {
  std::vector<double> margins;
  std::vector<std::int8_t> signs;
  for (std::uint64_t i = 0; i < 20000; ++i) {
    const double margin = static_cast<double>(mix64(i) % 4001) / 1000 - 2;
    const double probability = 1 / (1 + std::exp(-(1.5 * margin - 0.7)));
    margins.push_back(margin);
    signs.push_back(static_cast<double>(mix64(i + 1000000) % 10000) < probability * 10000 ? 1 : -1);
  }
  const Calibration found =
      fit_calibration(margins, signs, std::vector<double>(margins.size(), 1.0));
  EXPECT_NEAR(found.slope, 1.5, 0.08);
  EXPECT_NEAR(found.offset, -0.7, 0.08);
}

TEST(Solver, SlopeIsNeverTurnedAround) {
  const std::vector<double> margins = {-1, -2, 1, 2};
  const std::vector<std::int8_t> signs = {1, 1, -1, -1};
  EXPECT_GT(fit_calibration(margins, signs, std::vector<double>(4, 1.0)).slope, 0);
}

}  // namespace
}  // namespace sekisho::ngram
