#include "adapters/policy_files.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/file.h"

namespace sekisho::adapters {
namespace {

class PolicyFolder : public ::testing::Test {
 protected:
  PolicyFolder() {
    char pattern[] = "/tmp/sekisho-policy-test-XXXXXX";
    folder_ = ::mkdtemp(pattern);
  }
  ~PolicyFolder() override { std::filesystem::remove_all(folder_); }
  std::string write(const std::string& name, const std::string& content) {
    const std::string path = folder_ + "/" + name;
    EXPECT_TRUE(write_file_atomically(path, content).ok());
    return path;
  }
  // What is said of a category set file, without its path.
  std::string refusal(const std::string& content) {
    const std::string path = write("bad.toml", content);
    const auto set = load_category_set(path);
    return set.ok() ? "accepted" : set.error().message.substr(path.size());
  }
  std::string folder_;
};

TEST_F(PolicyFolder, ReadsTheDocumentedExample) {
  write("shop.toml", R"(
id = "shop"
version = 3
on_unjudged = "block"
[categories."illicit/drugs"]
threshold = 0.6
action = "flag"
words = ["合法ハーブ"]
[categories.hate]
enabled = false
[categories.sales-mail]
name = "営業メール"
definition = "売り込む文章。"
examples = ["貴社の売上アップにつながるご提案がございます。"]
words = ["無料で資料請求"]
)");
  write("guardrails.toml", R"(
[[guardrail]]
id = "front-desk"
category_set = "shop"
topic_control = true
denied_topics = ["株の銘柄を教えて"]
)");
  const auto snapshot = must(PolicyFiles(folder_).load());
  const auto set = must(snapshot->set("SHOP"));
  EXPECT_EQ(set->version(), 3);
  EXPECT_EQ(set->on_unjudged(), policy::OnUnjudged::kBlock);
  ASSERT_EQ(set->categories().size(), policy::built_in_categories().size() + 1);
  const auto& drugs = set->categories()[*set->find("illicit/drugs")];
  EXPECT_EQ(drugs.threshold, 0.6);
  EXPECT_EQ(drugs.action, policy::Action::kFlag);
  EXPECT_FALSE(set->categories()[*set->find("hate")].enabled);
  const auto& own = set->categories().back();
  EXPECT_EQ(own.name, "営業メール");
  EXPECT_FALSE(own.built_in);
  const auto guardrail = must(snapshot->guardrail("front-desk"));
  EXPECT_TRUE(guardrail->topic_control && guardrail->moderation);
  EXPECT_EQ(guardrail->category_set_id, "shop");
}

TEST_F(PolicyFolder, AnAbsentFolderMeansTheBuiltInSet) {
  const auto snapshot = must(PolicyFiles(folder_ + "/none").load());
  EXPECT_EQ(must(snapshot->set(""))->categories().size(), policy::built_in_categories().size());
}

TEST_F(PolicyFolder, FaultsNameTheLineAndTheKey) {
  EXPECT_EQ(refusal("id = \"a\"\nversion = 1\ntreshold = 0.5\n"), ":3: unknown key 'treshold'");
  EXPECT_EQ(refusal("id = \"a\"\nversion = 1\n[categories.hate]\nactoin = \"flag\"\n"),
            ":4: unknown key 'actoin'");
  EXPECT_EQ(refusal("id = \"a\"\nversion = \"1\"\n"), ":2: version must be an integer");
  EXPECT_EQ(refusal("id = \"a\"\nversion = 1\non_unjudged = \"allow\"\n"),
            ":3: on_unjudged must be error, block or allow-unjudged");
  EXPECT_EQ(refusal("id = \"a\"\nversion = 1\n[categories.hate]\naction = \"warn\"\n"),
            ":4: action must be block, flag or record");
  EXPECT_NE(refusal("id = \"a\"\nversion = 1\n[categories.hate]\nname = \"別の名前\"\n"),
            "accepted");
  EXPECT_NE(refusal("id = \"a\"\nversion = 1\n[categories.own]\ndefinition = \"x\"\n"), "accepted");
  EXPECT_NE(refusal("id = \"a\"\nversion = 0\n"), "accepted");
  EXPECT_NE(refusal("id = \"a\"\n"), "accepted");
  EXPECT_NE(refusal("id = \"a\"\nid = \"b\"\nversion = 1\n"), "accepted");
  EXPECT_NE(refusal("id = [\n"), "accepted");
}

TEST_F(PolicyFolder, TwoFilesOfOneIdAreRefused) {
  write("a.toml", "id = \"same\"\nversion = 1\n");
  write("b.toml", "id = \"SAME\"\nversion = 2\n");
  EXPECT_FALSE(PolicyFiles(folder_).load().ok());
}

TEST_F(PolicyFolder, AGuardrailOfAnUnknownSetIsRefused) {
  write("guardrails.toml", "[[guardrail]]\nid = \"x\"\ncategory_set = \"gone\"\n");
  EXPECT_FALSE(PolicyFiles(folder_).load().ok());
  write("guardrails.toml", "[[guardrail]]\nid = \"x\"\nkeyword = []\n");
  EXPECT_FALSE(PolicyFiles(folder_).load().ok());
}

}  // namespace
}  // namespace sekisho::adapters
