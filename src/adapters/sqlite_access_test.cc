#include "adapters/sqlite_access.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "access/api_key.h"
#include "access/authenticator.h"
#include "base/file.h"

namespace sekisho::adapters {
namespace {

using access::ApiKey;
using access::KeyRecord;

class SqliteAccessTest : public ::testing::Test {
 protected:
  SqliteAccessTest() {
    std::string pattern = ::testing::TempDir() + "sekisho-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
    path_ = root_ + "/access.sqlite";
    store_ = must(SqliteAccess::open(path_));
  }
  ~SqliteAccessTest() override { std::filesystem::remove_all(root_); }

  static KeyRecord record(const std::string& id) {
    KeyRecord out;
    out.id = id;
    out.digest = random_digest<Digest256>();
    out.name = "客服ボット";
    out.created_unix_ms = 1000;
    return out;
  }
  std::string root_, path_;
  std::unique_ptr<SqliteAccess> store_;
};

TEST_F(SqliteAccessTest, GivesBackWhatWasAdded) {
  KeyRecord plain = record("a");
  KeyRecord full = record("b");
  full.created_unix_ms = 500;
  full.expires_unix_ms = 2000;
  full.rate_per_minute = 60;
  full.revoked_unix_ms = 1500;
  full.last_used_unix_ms = 1400;
  ASSERT_TRUE(store_->add(plain).ok());
  ASSERT_TRUE(store_->add(full).ok());
  store_.reset();
  const auto keys = must(must(SqliteAccess::open(path_))->keys());
  ASSERT_EQ(keys.size(), 2u);
  EXPECT_EQ(keys[0].id, "b");  // the older one
  EXPECT_EQ(keys[0].digest, full.digest);
  EXPECT_EQ(keys[0].expires_unix_ms, 2000);
  EXPECT_EQ(keys[0].rate_per_minute, 60);
  EXPECT_EQ(keys[0].revoked_unix_ms, 1500);
  EXPECT_EQ(keys[0].last_used_unix_ms, 1400);
  EXPECT_EQ(keys[1].name, "客服ボット");
  EXPECT_EQ(keys[1].created_unix_ms, 1000);
  EXPECT_FALSE(keys[1].expires_unix_ms || keys[1].rate_per_minute || keys[1].revoked_unix_ms ||
               keys[1].last_used_unix_ms);
}

TEST_F(SqliteAccessTest, RefusesWhatIsOutOfBounds) {
  ASSERT_TRUE(store_->add(record("a")).ok());
  EXPECT_EQ(store_->add(record("a")).error().field, "id");
  KeyRecord nameless = record("b");
  nameless.name = "";
  EXPECT_EQ(store_->add(nameless).error().field, "name");
  nameless.name = std::string(access::kKeyNameBytesMax + 1, 'n');
  EXPECT_EQ(store_->add(nameless).error().field, "name");
  for (const std::int64_t rate :
       {std::int64_t{0}, std::int64_t{-1}, access::kRatePerMinuteMax + 1}) {
    KeyRecord odd = record("c");
    odd.rate_per_minute = rate;
    EXPECT_EQ(store_->add(odd).error().field, "rate_per_minute");
  }
  EXPECT_EQ(must(store_->keys()).size(), 1u);
}

TEST_F(SqliteAccessTest, ARevocationKeepsItsFirstTime) {
  ASSERT_TRUE(store_->add(record("a")).ok());
  ASSERT_TRUE(store_->revoke("a", 2000).ok());
  ASSERT_TRUE(store_->revoke("a", 3000).ok());
  EXPECT_EQ(must(store_->keys())[0].revoked_unix_ms, 2000);
  EXPECT_EQ(store_->revoke("b", 2000).error().code, ErrorCode::kNotFound);
}

TEST_F(SqliteAccessTest, UsesMoveForwardOnly) {
  ASSERT_TRUE(store_->add(record("a")).ok());
  ASSERT_TRUE(store_->note_uses({{"a", 5000}, {"gone", 5000}}).ok());
  ASSERT_TRUE(store_->note_uses({{"a", 4000}}).ok());
  EXPECT_EQ(must(store_->keys())[0].last_used_unix_ms, 5000);
}

TEST_F(SqliteAccessTest, KeepsNoKeyOnlyItsDigest) {
  const ApiKey key = ApiKey::generate();
  KeyRecord one = record(std::string(key.id()));
  one.digest = key.digest(Hmac(random_digest<Digest256>()));
  ASSERT_TRUE(store_->add(one).ok());
  for (const auto& file : std::filesystem::directory_iterator(root_)) {
    const auto content = must(read_file(file.path().string(), 1 << 24));
    EXPECT_EQ(content.find(key.text().substr(28, 64)), std::string::npos);
    EXPECT_EQ(content.find(key.text()), std::string::npos);
  }
}

TEST_F(SqliteAccessTest, ARevocationByAnotherProcessReachesARunningServer) {
  const Digest256 server_key = random_digest<Digest256>();
  const ApiKey key = ApiKey::generate();
  KeyRecord one = record(std::string(key.id()));
  one.digest = key.digest(Hmac(server_key));
  ASSERT_TRUE(store_->add(one).ok());
  const auto authenticator =
      must(access::Authenticator::create(*store_, server_key, system_clock()));
  ASSERT_TRUE(authenticator->authenticate("Bearer " + key.text()).ok());
  const auto command_line = must(SqliteAccess::open(path_));
  ASSERT_TRUE(command_line->revoke(key.id(), 1).ok());
  ASSERT_TRUE(authenticator->refresh().ok());
  EXPECT_FALSE(authenticator->authenticate("Bearer " + key.text()).ok());
}

TEST_F(SqliteAccessTest, SeveralThreadsMayUseIt) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(store_->add(record(std::to_string(t * 100 + i))).ok());
        EXPECT_TRUE(store_->keys().ok());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(must(store_->keys()).size(), 80u);
}

}  // namespace
}  // namespace sekisho::adapters
