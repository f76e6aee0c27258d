#include "base/hash.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/sha.h>
#include <sodium.h>

#include <new>

#include "base/result.h"

namespace sekisho {
namespace {
crypto_generichash_state* blake(std::byte* state) {
  return std::launder(reinterpret_cast<crypto_generichash_state*>(state));
}
}  // namespace

Digest256 sha256(std::string_view bytes) {
  Digest256 digest;
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return digest;
}

ContentHasher::ContentHasher(const Digest256& key) {
  static_assert(sizeof(crypto_generichash_state) <= sizeof state_);
  if (crypto_generichash_init(blake(state_), key.data(), key.size(), sizeof(Digest128)) != 0) {
    bug("BLAKE2b refused its key");
  }
}

ContentHasher& ContentHasher::add(std::uint64_t number) {
  std::uint8_t bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
  crypto_generichash_update(blake(state_), bytes, sizeof bytes);
  return *this;
}

ContentHasher& ContentHasher::add(std::string_view part) {
  add(static_cast<std::uint64_t>(part.size()));
  crypto_generichash_update(blake(state_), reinterpret_cast<const unsigned char*>(part.data()),
                            part.size());
  return *this;
}

Digest128 ContentHasher::finish() {
  Digest128 digest;
  crypto_generichash_final(blake(state_), digest.data(), digest.size());
  return digest;
}

struct Hmac::Context {
  EVP_MAC* mac = nullptr;
  EVP_MAC_CTX* keyed = nullptr;
  ~Context() {
    EVP_MAC_CTX_free(keyed);
    EVP_MAC_free(mac);
  }
};

Hmac::Hmac(const Digest256& key) : context_(std::make_unique<Context>()) {
  context_->mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  context_->keyed = EVP_MAC_CTX_new(context_->mac);
  char digest_name[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name, 0),
      OSSL_PARAM_construct_end()};
  if (context_->keyed == nullptr ||
      EVP_MAC_init(context_->keyed, key.data(), key.size(), parameters) != 1) {
    bug("HMAC-SHA256 is not available");
  }
}

Hmac::~Hmac() = default;

Digest256 Hmac::sign(std::string_view bytes) const {
  // A copy of the keyed state is what makes this callable from several threads.
  EVP_MAC_CTX* copy = EVP_MAC_CTX_dup(context_->keyed);
  Digest256 digest;
  std::size_t size = 0;
  const bool ok = copy != nullptr &&
                  EVP_MAC_update(copy, reinterpret_cast<const unsigned char*>(bytes.data()),
                                 bytes.size()) == 1 &&
                  EVP_MAC_final(copy, digest.data(), &size, digest.size()) == 1 &&
                  size == digest.size();
  EVP_MAC_CTX_free(copy);
  if (!ok) bug("HMAC-SHA256 failed");
  return digest;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string to_hex(const std::uint8_t* bytes, std::size_t size) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(size * 2);
  for (std::size_t i = 0; i < size; ++i) {
    out.push_back(kDigits[bytes[i] >> 4]);
    out.push_back(kDigits[bytes[i] & 15]);
  }
  return out;
}

void fill_random(void* bytes, std::size_t size) {
  randombytes_buf(bytes, size);
}

}  // namespace sekisho
