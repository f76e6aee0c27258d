// What letting a known caller in costs, with the keys in memory.

#include <benchmark/benchmark.h>

#include "access/api_key.h"
#include "access/authenticator.h"

namespace sekisho::access {
namespace {

class MemoryStore final : public AccessStore {
 public:
  explicit MemoryStore(std::vector<KeyRecord> keys) : keys_(std::move(keys)) {}
  Status add(const KeyRecord&) override { return ok_status(); }
  Result<std::vector<KeyRecord>> keys() override { return keys_; }
  Status revoke(std::string_view, std::int64_t) override { return ok_status(); }
  Status note_uses(const std::vector<KeyUse>&) override { return ok_status(); }

 private:
  std::vector<KeyRecord> keys_;
};

void BM_Authenticate(benchmark::State& state) {
  const auto server_key = random_digest<Digest256>();
  const Hmac server(server_key);
  std::vector<KeyRecord> records;
  std::string header;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    const ApiKey key = ApiKey::generate();
    KeyRecord record;
    record.id = key.id();
    record.digest = key.digest(server);
    record.rate_per_minute = kRatePerMinuteMax;
    records.push_back(std::move(record));
    header = "Bearer " + key.text();
  }
  MemoryStore store(std::move(records));
  const auto authenticator = must(Authenticator::create(store, server_key, system_clock()));
  for (auto _ : state) {
    const Caller caller = must(authenticator->authenticate(header));
    benchmark::DoNotOptimize(authenticator->admit(caller));
  }
}
BENCHMARK(BM_Authenticate)->Arg(1)->Arg(10000);

}  // namespace
}  // namespace sekisho::access

BENCHMARK_MAIN();
