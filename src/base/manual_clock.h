// ManualClock: a clock for tests, which moves only when told to.
// Thread safety: every member may be called from several threads.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.h"

namespace sekisho {

class ManualClock final : public Clock {
 public:
  static constexpr std::int64_t kStartUnixMs = 1'800'000'000'000;

  std::int64_t unix_ms() const override { return unix_ms_; }
  std::int64_t monotonic_us() const override { return monotonic_us_; }
  // Time passes for both.
  void pass_ms(std::int64_t ms) {
    unix_ms_ += ms;
    monotonic_us_ += ms * 1000;
  }
  // Somebody sets the wall clock.
  void jump_ms(std::int64_t ms) { unix_ms_ += ms; }

 private:
  std::atomic<std::int64_t> unix_ms_{kStartUnixMs};
  std::atomic<std::int64_t> monotonic_us_{1'000'000'000};
};

}  // namespace sekisho
