// ApiKey: what a program shows to be let in. Made once, shown once, never stored.
//
//   sk-sekisho-<id>-<secret><checksum>
//
// All hex, lower case: id 16 digits (64 random bits), secret 64 (256 random bits), checksum 8 (the
// first 32 bits of the SHA-256 of everything before it). The fixed beginning lets scanners find
// leaked keys; the checksum tells a typing mistake, with one wrong in 2^32 passing. It guards
// nothing else: only the HMAC of the whole text, kept in KeyRecord::digest, lets anybody in.
// Format: docs/formats/access.md. Thread safety: plain values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/hash.h"

namespace sekisho::access {

class ApiKey {
 public:
  static ApiKey generate();
  // Nothing unless `text` has exactly this form and its checksum is right.
  static std::optional<ApiKey> parse(std::string_view text);

  const std::string& text() const { return text_; }  // the secret itself
  std::string_view id() const;                       // for everybody: names the key
  Digest256 digest(const Hmac& server) const { return server.sign(text_); }

 private:
  explicit ApiKey(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace sekisho::access
