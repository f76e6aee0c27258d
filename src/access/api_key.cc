#include "access/api_key.h"

namespace sekisho::access {
namespace {

constexpr std::string_view kPrefix = "sk-sekisho-";
constexpr std::size_t kIdDigits = 16;
constexpr std::size_t kSecretDigits = 64;
constexpr std::size_t kChecksumDigits = 8;
constexpr std::size_t kSecretAt = kPrefix.size() + kIdDigits + 1;
constexpr std::size_t kChecksumAt = kSecretAt + kSecretDigits;
constexpr std::size_t kTextBytes = kChecksumAt + kChecksumDigits;

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string checksum(std::string_view text) {
  return to_hex(sha256(text).data(), kChecksumDigits / 2);
}

}  // namespace

ApiKey ApiKey::generate() {
  std::array<std::uint8_t, kIdDigits / 2> id;
  fill_random(id.data(), id.size());
  std::string text(kPrefix);
  text += to_hex(id) + "-" + to_hex(random_digest<Digest256>());
  text += checksum(text);
  return ApiKey(std::move(text));
}

std::optional<ApiKey> ApiKey::parse(std::string_view text) {
  if (text.size() != kTextBytes || !text.starts_with(kPrefix)) return std::nullopt;
  if (!is_hex(text.substr(kPrefix.size(), kIdDigits)) || text[kSecretAt - 1] != '-' ||
      !is_hex(text.substr(kSecretAt))) {
    return std::nullopt;
  }
  if (checksum(text.substr(0, kChecksumAt)) != text.substr(kChecksumAt)) return std::nullopt;
  return ApiKey(std::string(text));
}

std::string_view ApiKey::id() const {
  return std::string_view(text_).substr(kPrefix.size(), kIdDigits);
}

}  // namespace sekisho::access
