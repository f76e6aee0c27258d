#include <gtest/gtest.h>

#include "guard/policy/category.h"
#include "guard/policy/snapshot.h"

namespace sekisho::policy {
namespace {

Category category(std::string id) {
  Category out;
  out.id = std::move(id);
  return out;
}

std::string refusal(std::vector<Category> categories) {
  const auto set = CategorySet::create("set", 1, std::move(categories));
  return set.ok() ? "accepted" : set.error().message;
}

TEST(BuiltIn, HasTheSixteenOfTheContractAndTwoMore) {
  const std::vector<std::string> wanted = {"violence",           "violence/graphic",
                                           "self-harm",          "hate",
                                           "harassment",         "sexual",
                                           "sexual/minors",      "illicit/drugs",
                                           "illicit/weapons",    "illicit/bio",
                                           "illicit/property",   "illicit/financial",
                                           "illicit/cybercrime", "privacy/doxxing",
                                           "privacy/self",       "privacy/request",
                                           "injection",          "secret"};
  std::vector<std::string> have;
  for (const Category& built_in : built_in_categories()) {
    have.push_back(built_in.id);
    EXPECT_FALSE(built_in.name.empty() || built_in.name_en.empty());
    EXPECT_FALSE(built_in.definition.empty() || built_in.definition_en.empty());
    EXPECT_TRUE(built_in.built_in && built_in.enabled);
  }
  EXPECT_EQ(have, wanted);
  const CategorySet set = CategorySet::built_in();
  EXPECT_EQ(set.find("secret"), 17u);
  EXPECT_FALSE(set.find("nothing").has_value());
}

TEST(CategorySet, RefusesWhatBreaksARule) {
  EXPECT_EQ(refusal({category("own/thing-2")}), "accepted");
  EXPECT_NE(refusal({}), "accepted");
  EXPECT_NE(refusal({category("Upper")}), "accepted");
  EXPECT_NE(refusal({category("")}), "accepted");
  EXPECT_NE(refusal({category("/x")}), "accepted");
  EXPECT_NE(refusal({category(std::string(65, 'a'))}), "accepted");
  EXPECT_EQ(refusal({category("a"), category("b"), category("a")}), "category a is given twice");
  EXPECT_NE(refusal(std::vector<Category>(65, category("x"))), "accepted");

  Category bad = category("x");
  bad.threshold = 0;
  EXPECT_EQ(refusal({bad}), "categories.x.threshold must be above 0 and at most 1");
  bad = category("x");
  bad.words = {"\u200B"};
  EXPECT_EQ(refusal({bad}), "category x has a word with nothing visible in it");
  bad = category("x");
  bad.definition = "\xFF";
  EXPECT_EQ(refusal({bad}), "categories.x.definition is not UTF-8");
}

TEST(Snapshot, FindsSetsInEitherCaseAndAlwaysHasADefault) {
  const auto snapshot = must(Snapshot::create(
      {must(CategorySet::create("01jfrm3xhas2ftcpr39qqdktqa", 4, {category("x")}))}, {}));
  EXPECT_EQ(must(snapshot->set("01JFRM3XHAS2FTCPR39QQDKTQA"))->version(), 4);
  EXPECT_EQ(must(snapshot->set(""))->id(), "default");
  EXPECT_EQ(snapshot->set("other").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(snapshot->set("other").error().field, "category_set_id");
  EXPECT_EQ(must(snapshot->guardrail(""))->id, "default");
  EXPECT_EQ(snapshot->guardrail("none").error().field, "guardrail_id");

  Guardrail lost;
  lost.id = "lost";
  lost.category_set_id = "gone";
  EXPECT_FALSE(Snapshot::create({}, {lost}).ok());
}

TEST(CurrentPolicy, ARequestKeepsTheSnapshotItTook) {
  const auto first = must(Snapshot::create({}, {}));
  const auto second = must(Snapshot::create({}, {}));
  CurrentPolicy current(first);
  const auto held = current.get();
  current.publish(second);
  EXPECT_EQ(held, first);
  EXPECT_EQ(current.get(), second);
}

}  // namespace
}  // namespace sekisho::policy
