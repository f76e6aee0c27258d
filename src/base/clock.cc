#include "base/clock.h"

#include <chrono>
#include <cstdio>
#include <ctime>

namespace sekisho {
namespace {
class SystemClock final : public Clock {
 public:
  std::int64_t unix_ms() const override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  std::int64_t monotonic_us() const override {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
};
}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

std::string format_utc(std::int64_t unix_ms) {
  // Floor division, so that times before 1970 stay right too.
  const std::int64_t milliseconds = ((unix_ms % 1000) + 1000) % 1000;
  const std::time_t seconds = static_cast<std::time_t>((unix_ms - milliseconds) / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char date[40];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
  char out[64];
  std::snprintf(out, sizeof out, "%s.%03dZ", date, static_cast<int>(milliseconds));
  return out;
}

}  // namespace sekisho
