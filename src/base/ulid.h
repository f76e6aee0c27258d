// Ulid: a 128-bit id that sorts by time (ULID specification: 48 bits of milliseconds, 80 of
// chance), written as 26 characters of Crockford base32, upper case.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/mutex.h"

namespace sekisho {

struct Ulid {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const Ulid&) const = default;
  std::string text() const;
  std::int64_t unix_ms() const;
  static std::optional<Ulid> parse(std::string_view text);  // either case
};

// Makes ids that are unique and, within this generator, strictly increasing, also when the clock
// stands still or goes back. Thread safety: `next` may be called from several threads.
class UlidGenerator {
 public:
  explicit UlidGenerator(const Clock& clock) : clock_(clock) {}
  Ulid next() EXCLUDES(mutex_);

 private:
  const Clock& clock_;
  Mutex mutex_;
  Ulid last_ GUARDED_BY(mutex_);
};

}  // namespace sekisho
