// A house to test in: everything behind the API, with a scorer, a journal and a clock that do what
// they are told. No sockets.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/api_key.h"
#include "access/authenticator.h"
#include "base/manual_clock.h"
#include "base/metrics.h"
#include "guard/guard.h"
#include "server/judge_api/judge_api.h"

namespace sekisho::judge_api {

class FakeScorer final : public judge::Scorer {
 public:
  std::string_view name() const override { return "fake"; }
  const std::string& digest() const override { return digest_; }
  Task<Result<judge::Scores>> score(judge::ScoreInput input) const override {
    ++calls;
    contexts.push_back(input.context.size());
    sides.push_back(input.side);
    const std::string text = input.text.raw();
    const policy::CategorySet& set = input.set;
    if (holds) {
      const Completion<Unit> release;
      held.push_back(release);
      co_await release;
    }
    if (failure) co_return Error{*failure, "told to fail"};
    judge::Scores scores;
    for (const policy::Category& category : set.categories()) {
      scores.by_category.push_back(score_of(text, category.id));
    }
    co_return scores;
  }

  // Lets all go that wait, and nobody wait any more.
  void release() {
    holds = false;
    for (const Completion<Unit>& waiting : std::exchange(held, {})) waiting.deliver(Unit{});
  }

  // What it says of a text and a category: by default that texts with 無能 in them are insults.
  std::function<double(std::string_view text, std::string_view category)> score_of =
      [](std::string_view text, std::string_view category) {
        const bool insult = text.find("無能") != std::string_view::npos;
        return insult && category == "harassment" ? 0.97 : 0.01;
      };
  std::optional<ErrorCode> failure;
  bool holds = false;
  mutable std::vector<Completion<Unit>> held;
  mutable int calls = 0;
  mutable std::vector<std::size_t> contexts;
  mutable std::vector<judge::Side> sides;

 private:
  const std::string digest_ = "0123456789abcdef";
};

class FakeJournal final : public journal::JournalQueue {
 public:
  Task<Result<Unit>> append(journal::Entry entry) override {
    if (failure) co_return Error{*failure, "told to fail"};
    entries.push_back(std::move(entry));
    co_return Unit{};
  }
  std::vector<journal::Entry> entries;
  std::optional<ErrorCode> failure;
};

class FakeAccessStore final : public access::AccessStore {
 public:
  explicit FakeAccessStore(access::KeyRecord record) : record_(std::move(record)) {}
  Status add(const access::KeyRecord&) override { return ok_status(); }
  Result<std::vector<access::KeyRecord>> keys() override { return std::vector{record_}; }
  Status revoke(std::string_view, std::int64_t) override { return ok_status(); }
  Status note_uses(const std::vector<access::KeyUse>&) override { return ok_status(); }

 private:
  access::KeyRecord record_;
};

// Category sets "default", "blocking" and "allowing", which differ in what becomes of unjudged
// texts; guardrails "default" and "everything".
inline std::shared_ptr<const policy::Snapshot> test_policy(policy::OnUnjudged of_default) {
  const auto set = [](std::string id, policy::OnUnjudged choice) {
    return must(
        policy::CategorySet::create(std::move(id), 1, policy::built_in_categories(), choice));
  };
  policy::Guardrail everything;
  everything.id = "everything";
  everything.keyword_filter = everything.topic_control = true;
  everything.keywords = {"極秘"};
  everything.denied_topics = {"他社製品との比較"};
  return must(policy::Snapshot::create(
      {set("default", of_default), set("blocking", policy::OnUnjudged::kBlock),
       set("allowing", policy::OnUnjudged::kAllow)},
      {everything}));
}

struct House {
  explicit House(policy::OnUnjudged of_default = policy::OnUnjudged::kError,
                 std::optional<std::int64_t> rate_per_minute = {})
      : policy(test_policy(of_default)) {
    auto fake = std::make_unique<FakeScorer>();
    scorer = fake.get();
    judge::Judge::Parts parts;
    parts.scorer = std::move(fake);
    judge = std::make_unique<judge::Judge>(std::move(parts), clock);
    guard = std::make_unique<Guard>(GuardOptions{}, *judge, policy, &journal, clock, metrics);

    const Digest256 server_key{};
    access::KeyRecord record;
    record.id = key.id();
    record.digest = key.digest(Hmac(server_key));
    record.rate_per_minute = rate_per_minute;
    store = std::make_unique<FakeAccessStore>(record);
    authenticator = must(access::Authenticator::create(*store, server_key, clock));
    api = std::make_unique<JudgeApi>(JudgeApi::Parts{*guard, *authenticator, metrics, clock},
                                     Options{{"test house"}});
  }

  using Handler = Task<Answer> (JudgeApi::*)(Call) const;
  Call call(std::string body) {
    Call call;
    call.caller = must(authenticator->authenticate("Bearer " + key.text()));
    call.request.body = std::move(body);
    call.request.id = "request-1";
    return call;
  }
  Answer ask(Handler handler, std::string body) {
    return wait_for((api.get()->*handler)(call(std::move(body))));
  }

  ManualClock clock;
  Metrics metrics;
  policy::CurrentPolicy policy;
  FakeScorer* scorer = nullptr;
  std::unique_ptr<judge::Judge> judge;
  FakeJournal journal;
  std::unique_ptr<Guard> guard;
  const access::ApiKey key = access::ApiKey::generate();
  std::unique_ptr<FakeAccessStore> store;
  std::unique_ptr<access::Authenticator> authenticator;
  std::unique_ptr<JudgeApi> api;
};

}  // namespace sekisho::judge_api
