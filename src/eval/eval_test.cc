#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "base/json_reader.h"
#include "eval/dataset.h"
#include "eval/metrics.h"
#include "eval/report.h"

namespace sekisho::eval {
namespace {

// truth, score; said unsafe from 0.5
std::vector<Judged> rows(std::initializer_list<std::pair<int, double>> list) {
  std::vector<Judged> out;
  for (const auto& [truth, score] : list) out.push_back({truth == 1, score >= 0.5, false, score});
  return out;
}

TEST(Metrics, AgreeWithAHandComputedExample) {
  const auto example = rows({{1, 0.9}, {1, 0.8}, {0, 0.7}, {1, 0.4}, {0, 0.3}, {0, 0.1}});
  const Counts counts = count(example);
  EXPECT_EQ(counts.true_positives, 2u);
  EXPECT_EQ(counts.false_positives, 1u);
  EXPECT_EQ(counts.false_negatives, 1u);
  EXPECT_DOUBLE_EQ(precision(counts), 2.0 / 3);
  EXPECT_DOUBLE_EQ(recall(counts), 2.0 / 3);
  EXPECT_DOUBLE_EQ(f1(counts), 2.0 / 3);
  EXPECT_DOUBLE_EQ(false_positive_rate(counts), 1.0 / 3);
  EXPECT_DOUBLE_EQ(auc(example), 8.0 / 9);
  EXPECT_DOUBLE_EQ(average_precision(example), (1.0 + 1.0 + 3.0 / 4) / 3);
  EXPECT_NEAR(expected_calibration_error(example), (0.1 + 0.2 + 0.7 + 0.6 + 0.3 + 0.1) / 6, 1e-12);
}

TEST(Metrics, TiesCountHalf) {
  const auto tied = rows({{1, 0.5}, {0, 0.5}});
  EXPECT_DOUBLE_EQ(auc(tied), 0.5);
  EXPECT_DOUBLE_EQ(average_precision(tied), 0.5);
  EXPECT_TRUE(std::isnan(auc(rows({{1, 0.5}}))));
}

TEST(Metrics, NothingIsGainedByNotJudging) {
  std::vector<Judged> all = {{true, false, true, 0}, {false, false, true, 0}};
  EXPECT_EQ(count(all).false_negatives, 1u);
  EXPECT_EQ(count(all).false_positives, 1u);
}

TEST(Metrics, TheBootstrapIsDeterministicAndHoldsTheValue) {
  std::vector<Judged> many;
  for (int i = 0; i < 200; ++i) many.push_back({i % 2 == 0, i % 10 != 0 && i % 2 == 0, false, 0.5});
  const auto metric = [](const std::vector<Judged>& r) { return recall(count(r)); };
  const Interval first = bootstrap(many, metric);
  const Interval second = bootstrap(many, metric);
  EXPECT_DOUBLE_EQ(first.value, 0.8);
  EXPECT_LT(first.low, first.value);
  EXPECT_GT(first.high, first.value);
  EXPECT_GT(first.low, 0.65);
  EXPECT_EQ(first.low, second.low);
  EXPECT_EQ(first.high, second.high);
}

class Files : public ::testing::Test {
 protected:
  Files() {
    char pattern[] = "/tmp/sekisho-eval-test-XXXXXX";
    folder_ = ::mkdtemp(pattern);
  }
  ~Files() override { std::filesystem::remove_all(folder_); }
  std::string write(const std::string& name, const std::string& content) {
    const std::string path = folder_ + "/" + name;
    EXPECT_TRUE(write_file_atomically(path, content).ok());
    return path;
  }
  std::string folder_;
};

TEST_F(Files, ARowNeedsOnlyTextAndLabel) {
  const auto path =
      write("a.jsonl",
            "{\"text\":\"x\",\"label\":\"safe\"}\n\n"
            "{\"text\":\"y\",\"label\":\"unsafe\",\"category\":\"hate\",\"extra\":1}\n"
            "{\"id\":\"z1\",\"text\":\"z\",\"label\":\"unsafe\",\"categories\":[\"a\","
            "\"b\"],\"split\":\"test\",\"register\":\"sns\"}\n");
  const auto all = must(read_dataset(path));
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].id, "line 1");
  EXPECT_TRUE(all[0].categories.empty());
  EXPECT_EQ(all[1].categories, (std::vector<std::string>{"hate"}));
  EXPECT_EQ(all[2].categories, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(must(read_datasets(folder_, "test")).size(), 1u);
  EXPECT_FALSE(read_datasets(folder_, "valid").ok());
}

TEST_F(Files, FaultsNameFileAndLine) {
  const auto message = [&](const std::string& content) {
    const auto path = write("bad.jsonl", content);
    const auto result = read_dataset(path);
    return result.ok() ? "accepted" : result.error().message.substr(path.size());
  };
  const std::string good = "{\"text\":\"x\",\"label\":\"safe\"}\n";
  EXPECT_EQ(message(good + "{"), ":2: not valid JSON");
  EXPECT_EQ(message(good + "{\"text\":\"x\"}"), ":2: label is missing");
  EXPECT_EQ(message("{\"text\":\"x\",\"label\":\"maybe\"}"),
            ":1: label must be safe or unsafe, not maybe");
}

TEST(Report, SaysWhatWasRightAndWrong) {
  std::vector<LabelledText> truth(4);
  truth[0] = {"a", "very bad", true, {"hate"}, "sns", "unsafe", "t", "test"};
  truth[1] = {"b", "missed", true, {"hate"}, "sns", "unsafe", "t", "test"};
  truth[2] = {"c", "fine", false, {}, "news", "everyday", "t", "test"};
  truth[3] = {"d", "false | alarm\n", false, {}, "news", "contrast", "t", "test"};
  const std::vector<Answer> answers = {{false, true, 0.9, "hate"},
                                       {false, false, 0.1, ""},
                                       {false, false, 0.2, ""},
                                       {false, true, 0.8, "violence"}};
  const ReportInput input{truth, answers, "test@1"};
  const std::string text = report_text(input);
  EXPECT_NE(text.find("| unsafe | 1 | 1 |\n| safe | 1 | 1 |"), std::string::npos) << text;
  EXPECT_NE(text.find("0.1000 b [hate] missed"), std::string::npos);
  EXPECT_NE(text.find("0.8000 d [violence] false   alarm"), std::string::npos);
  EXPECT_EQ(text, report_text(input));
  const auto json = must(JsonDocument::parse(report_json(input)));
  EXPECT_EQ(json.root().find("f1")->find("value")->number(), 0.5);
  EXPECT_EQ(json.root().find("categories")->find("hate")->find("named_right")->integer(), 1);
}

}  // namespace
}  // namespace sekisho::eval
