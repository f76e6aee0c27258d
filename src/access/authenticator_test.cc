#include "access/authenticator.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <thread>
#include <vector>

#include "access/api_key.h"
#include "base/manual_clock.h"

namespace sekisho::access {
namespace {

class FakeStore final : public AccessStore {
 public:
  Status add(const KeyRecord& key) override {
    const MutexLock lock(mutex_);
    keys_[key.id] = key;
    return ok_status();
  }
  Result<std::vector<KeyRecord>> keys() override {
    const MutexLock lock(mutex_);
    if (away) return Error{ErrorCode::kIo, "away"};
    std::vector<KeyRecord> out;
    for (const auto& [id, key] : keys_) out.push_back(key);
    return out;
  }
  Status revoke(std::string_view id, std::int64_t unix_ms) override {
    const MutexLock lock(mutex_);
    keys_[std::string(id)].revoked_unix_ms = unix_ms;
    return ok_status();
  }
  Status note_uses(const std::vector<KeyUse>& uses) override {
    const MutexLock lock(mutex_);
    ++notes;
    for (const KeyUse& use : uses) keys_[use.id].last_used_unix_ms = use.unix_ms;
    return ok_status();
  }
  KeyRecord get(std::string_view id) {
    const MutexLock lock(mutex_);
    return keys_[std::string(id)];
  }
  std::atomic<bool> away{false};
  std::atomic<int> notes{0};

 private:
  Mutex mutex_;
  std::map<std::string, KeyRecord> keys_ GUARDED_BY(mutex_);
};

class AuthenticatorTest : public ::testing::Test {
 protected:
  ApiKey add_key(KeyRecord record = {}) {
    const ApiKey key = ApiKey::generate();
    record.id = key.id();
    record.digest = key.digest(Hmac(server_key_));
    EXPECT_TRUE(store_.add(record).ok());
    return key;
  }
  std::unique_ptr<Authenticator> authenticator() {
    return must(Authenticator::create(store_, server_key_, clock_));
  }
  static std::string bearer(const ApiKey& key) { return "Bearer " + key.text(); }

  ManualClock clock_;
  FakeStore store_;
  const Digest256 server_key_ = random_digest<Digest256>();
};

TEST_F(AuthenticatorTest, LetsAKnownKeyIn) {
  const ApiKey key = add_key();
  const auto authenticator = this->authenticator();
  for (const std::string& header :
       {bearer(key), "bearer " + key.text(), "BEARER   " + key.text()}) {
    const auto caller = authenticator->authenticate(header);
    ASSERT_TRUE(caller.ok()) << header;
    EXPECT_EQ(caller->key_id, key.id());
  }
}

TEST_F(AuthenticatorTest, TellsEverybodyElseTheSame) {
  const ApiKey key = add_key();
  const auto authenticator = this->authenticator();
  // The right id with another secret.
  std::string forged = key.text().substr(0, 28) + ApiKey::generate().text().substr(28, 64);
  forged += to_hex(sha256(forged).data(), 4);
  ASSERT_TRUE(ApiKey::parse(forged));
  std::string message;
  for (const std::string& header :
       {std::string(), std::string("Bearer"), std::string("Bearer "), std::string("Basic abc"),
        key.text(), "Bearer" + key.text(), bearer(key) + " ", "Bearer\t" + key.text(),
        "Bearer " + key.text().substr(1), bearer(ApiKey::generate()), "Bearer " + forged,
        "Bearer " + std::string(100000, 'a'), std::string("Bearer \0", 8)}) {
    const auto caller = authenticator->authenticate(header);
    ASSERT_FALSE(caller.ok()) << header.substr(0, 200);
    EXPECT_EQ(caller.error().code, ErrorCode::kUnauthenticated);
    if (message.empty()) message = caller.error().message;
    EXPECT_EQ(caller.error().message, message);
    EXPECT_EQ(caller.error().detail, "");
  }
}

TEST_F(AuthenticatorTest, AnotherServersSecretFitsNoKey) {
  const ApiKey key = add_key();
  const auto other = must(Authenticator::create(store_, random_digest<Digest256>(), clock_));
  EXPECT_FALSE(other->authenticate(bearer(key)).ok());
}

TEST_F(AuthenticatorTest, ARevocationHoldsFromTheNextRefresh) {
  static_assert(Authenticator::kRefreshMs <= 4000);  // leaves a second to read: 5 s in all
  const ApiKey key = add_key();
  const auto authenticator = this->authenticator();
  ASSERT_TRUE(store_.revoke(key.id(), clock_.unix_ms()).ok());
  clock_.pass_ms(Authenticator::kRefreshMs);
  ASSERT_TRUE(authenticator->refresh().ok());
  EXPECT_EQ(authenticator->authenticate(bearer(key)).error().code, ErrorCode::kUnauthenticated);
}

TEST_F(AuthenticatorTest, TheRefresherSeesRevokedAndNewKeysWithinFiveSeconds) {
  const ApiKey old_key = add_key();
  const auto authenticator = this->authenticator();
  const KeyRefresher refresher(*authenticator);
  const auto started = std::chrono::steady_clock::now();
  ASSERT_TRUE(store_.revoke(old_key.id(), 1).ok());
  const ApiKey new_key = add_key();
  while (authenticator->authenticate(bearer(old_key)).ok() ||
         !authenticator->authenticate(bearer(new_key)).ok()) {
    ASSERT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(5));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

TEST_F(AuthenticatorTest, AnExpiredKeyIsOutAtOnce) {
  const ApiKey key = add_key({.expires_unix_ms = ManualClock::kStartUnixMs + 1000});
  const auto authenticator = this->authenticator();
  clock_.pass_ms(999);
  EXPECT_TRUE(authenticator->authenticate(bearer(key)).ok());
  clock_.pass_ms(1);
  EXPECT_EQ(authenticator->authenticate(bearer(key)).error().code, ErrorCode::kUnauthenticated);
}

TEST_F(AuthenticatorTest, AStoreThatStaysAwayLetsNobodyInAfterAMinute) {
  const ApiKey key = add_key();
  const auto authenticator = this->authenticator();
  store_.away = true;
  clock_.pass_ms(Authenticator::kStaleMs);
  EXPECT_FALSE(authenticator->refresh().ok());
  EXPECT_TRUE(authenticator->authenticate(bearer(key)).ok());
  clock_.pass_ms(1);
  EXPECT_EQ(authenticator->authenticate(bearer(key)).error().code, ErrorCode::kUnavailable);
  store_.away = false;
  EXPECT_TRUE(authenticator->refresh().ok());
  EXPECT_TRUE(authenticator->authenticate(bearer(key)).ok());
}

TEST_F(AuthenticatorTest, WithoutARateNothingIsLimited) {
  const ApiKey key = add_key();
  const auto authenticator = this->authenticator();
  const Caller caller = must(authenticator->authenticate(bearer(key)));
  for (int i = 0; i < 10000; ++i) ASSERT_TRUE(authenticator->admit(caller, 100).admitted);
}

TEST_F(AuthenticatorTest, ARateIsABucketThatFillsEvenly) {
  const ApiKey key = add_key({.rate_per_minute = 60});
  const auto authenticator = this->authenticator();
  const Caller caller = must(authenticator->authenticate(bearer(key)));
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(authenticator->admit(caller).admitted) << i;
  Admission refused = authenticator->admit(caller);
  EXPECT_FALSE(refused.admitted);
  EXPECT_EQ(refused.retry_after_s, 1);
  clock_.pass_ms(999);
  EXPECT_FALSE(authenticator->admit(caller).admitted);
  clock_.pass_ms(1);
  EXPECT_TRUE(authenticator->admit(caller).admitted);
  EXPECT_FALSE(authenticator->admit(caller).admitted);
  // A refresh gives nothing back, a minute's rest does, and no more than a minute's worth.
  ASSERT_TRUE(authenticator->refresh().ok());
  EXPECT_FALSE(authenticator->admit(caller).admitted);
  clock_.pass_ms(600 * 1000);
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(authenticator->admit(caller).admitted) << i;
  EXPECT_FALSE(authenticator->admit(caller).admitted);
}

TEST_F(AuthenticatorTest, ABatchMayOverdrawAndIsPaidOff) {
  const ApiKey key = add_key({.rate_per_minute = 60});
  const auto authenticator = this->authenticator();
  const Caller caller = must(authenticator->authenticate(bearer(key)));
  EXPECT_TRUE(authenticator->admit(caller, 59).admitted);
  EXPECT_TRUE(authenticator->admit(caller, 31).admitted);  // 30 too many
  EXPECT_EQ(authenticator->admit(caller).retry_after_s, 31);
  clock_.pass_ms(31 * 1000);
  EXPECT_TRUE(authenticator->admit(caller).admitted);
}

TEST_F(AuthenticatorTest, SeveralThreadsGetNoMoreThanTheRate) {
  const ApiKey key = add_key({.rate_per_minute = 1000});
  const auto authenticator = this->authenticator();
  std::atomic<int> admitted{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        const Caller caller = must(authenticator->authenticate(bearer(key)));
        admitted += authenticator->admit(caller).admitted ? 1 : 0;
      }
    });
  }
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(authenticator->refresh().ok());
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(admitted, 1000);
}

TEST_F(AuthenticatorTest, UsesAreNotedLateAndOnce) {
  const ApiKey used = add_key();
  const ApiKey unused = add_key();
  const auto authenticator = this->authenticator();
  clock_.pass_ms(5);
  ASSERT_TRUE(authenticator->authenticate(bearer(used)).ok());
  ASSERT_TRUE(authenticator->refresh().ok());
  EXPECT_EQ(store_.notes, 0);
  clock_.pass_ms(Authenticator::kNoteUsesMs);
  ASSERT_TRUE(authenticator->refresh().ok());
  EXPECT_EQ(store_.get(used.id()).last_used_unix_ms, ManualClock::kStartUnixMs + 5);
  EXPECT_FALSE(store_.get(unused.id()).last_used_unix_ms);
  clock_.pass_ms(Authenticator::kNoteUsesMs);
  ASSERT_TRUE(authenticator->refresh().ok());
  EXPECT_EQ(store_.notes, 1);
}

}  // namespace
}  // namespace sekisho::access
