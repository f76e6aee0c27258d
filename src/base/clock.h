// Clock: wall and monotonic time, behind an interface so that tests can move it.
// Thread safety: every implementation may be read from several threads.
#pragma once

#include <cstdint>
#include <string>

namespace sekisho {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t unix_ms() const = 0;       // may jump; for what is recorded and shown
  virtual std::int64_t monotonic_us() const = 0;  // never jumps; for waits, limits and durations
};

const Clock& system_clock();

// 2026-11-24T19:45:00.123Z
std::string format_utc(std::int64_t unix_ms);

}  // namespace sekisho
