#include "access/data_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <thread>
#include <vector>

#include "base/file.h"

namespace sekisho::access {
namespace {

class DataFolderTest : public ::testing::Test {
 protected:
  DataFolderTest() {
    std::string pattern = ::testing::TempDir() + "sekisho-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
    path_ = root_ + "/data";
  }
  ~DataFolderTest() override { std::filesystem::remove_all(root_); }
  static unsigned mode(const std::string& path) {
    struct stat status{};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 07777;
  }
  std::string root_, path_;
};

TEST_F(DataFolderTest, MakesAPrivateFolderWithASecretThatStays) {
  const auto first = DataFolder::open(path_);
  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_EQ(mode(path_), 0700u);
  EXPECT_EQ(mode(path_ + "/secret"), 0600u);
  const auto second = DataFolder::open(path_);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(first->key_for(kApiKeyPurpose), second->key_for(kApiKeyPurpose));
  EXPECT_NE(first->key_for(kApiKeyPurpose), first->key_for(kFingerprintPurpose));
  EXPECT_EQ(first->file("journal.sqlite"), path_ + "/journal.sqlite");
  // Nothing else is left behind.
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(path_), {}), 1);
}

TEST_F(DataFolderTest, TwoFoldersHaveTwoSecrets) {
  const auto one = DataFolder::open(path_);
  const auto other = DataFolder::open(path_ + "2");
  ASSERT_TRUE(one.ok() && other.ok());
  EXPECT_NE(one->key_for(kApiKeyPurpose), other->key_for(kApiKeyPurpose));
}

TEST_F(DataFolderTest, WhoeverOpensAtOnceGetsOneSecret) {
  constexpr std::size_t kThreads = 8;
  std::vector<Digest256> keys(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] { keys[t] = must(DataFolder::open(path_)).key_for("test"); });
  }
  for (auto& thread : threads) thread.join();
  for (const Digest256& key : keys) EXPECT_EQ(key, keys[0]);
}

TEST_F(DataFolderTest, RefusesASecretThatOthersMayTouch) {
  ASSERT_TRUE(DataFolder::open(path_).ok());
  for (const mode_t loose : {0644, 0640, 0620, 0604, 0602, 0601, 0660}) {
    ASSERT_EQ(::chmod((path_ + "/secret").c_str(), loose), 0);
    const auto opened = DataFolder::open(path_);
    ASSERT_FALSE(opened.ok()) << std::oct << loose;
    EXPECT_EQ(opened.error().code, ErrorCode::kUnprocessable);
    EXPECT_NE(opened.error().message.find("chmod 600"), std::string::npos);
  }
  ASSERT_EQ(::chmod((path_ + "/secret").c_str(), 0400), 0);
  EXPECT_TRUE(DataFolder::open(path_).ok());
}

TEST_F(DataFolderTest, RefusesADamagedSecretAndKeepsIt) {
  ASSERT_TRUE(make_folder(path_).ok());
  for (const std::string& content : {std::string(), std::string(63, 'a'), std::string(64, 'A'),
                                     std::string(66, 'a'), std::string(1000, 'a')}) {
    ASSERT_TRUE(write_file_atomically(path_ + "/secret", content, 0600).ok());
    const auto opened = DataFolder::open(path_);
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(must(read_file(path_ + "/secret", 2000)), content);
  }
}

}  // namespace
}  // namespace sekisho::access
