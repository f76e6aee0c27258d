#include "base/ulid.h"

#include <algorithm>

#include "base/hash.h"

namespace sekisho {
namespace {
constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kCharacters = 26;
}  // namespace

std::string Ulid::text() const {
  // 130 bits of characters for 128 of value: the first character holds three bits only.
  std::string out(kCharacters, '0');
  unsigned buffer = 0;
  int bits = 2;  // two leading zero bits
  std::size_t at = 0;
  for (const std::uint8_t byte : bytes) {
    buffer = buffer << 8 | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out[at++] = kAlphabet[buffer >> bits & 31];
    }
  }
  return out;
}

std::int64_t Ulid::unix_ms() const {
  std::int64_t ms = 0;
  for (int i = 0; i < 6; ++i) ms = ms << 8 | bytes[static_cast<std::size_t>(i)];
  return ms;
}

std::optional<Ulid> Ulid::parse(std::string_view text) {
  if (text.size() != kCharacters) return std::nullopt;
  Ulid out;
  unsigned buffer = 0;
  int bits = -2;
  std::size_t at = 0;
  for (const char c : text) {
    const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    const std::size_t digit = kAlphabet.find(upper);
    if (digit == std::string_view::npos) return std::nullopt;
    if (bits == -2 && digit > 7) return std::nullopt;  // more than 128 bits
    buffer = buffer << 5 | static_cast<unsigned>(digit);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out.bytes[at++] = static_cast<std::uint8_t>(buffer >> bits);
    }
  }
  return out;
}

Ulid UlidGenerator::next() {
  const std::int64_t now_ms = clock_.unix_ms();
  const MutexLock lock(mutex_);
  if (now_ms > last_.unix_ms()) {
    for (std::size_t i = 0; i < 6; ++i) {
      last_.bytes[i] = static_cast<std::uint8_t>(now_ms >> (8 * (5 - i)));
    }
    fill_random(last_.bytes.data() + 6, 10);
    last_.bytes[6] &= 0x7F;  // room to count up within one millisecond
  } else {
    for (std::size_t i = 16; i-- > 0;) {
      if (++last_.bytes[i] != 0) break;
    }
  }
  return last_;
}

}  // namespace sekisho
