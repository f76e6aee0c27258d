// DataFolder: the folder that holds everything a server keeps, and the secret that its keyed
// hashes hang on.
//
// The folder is made with mode 0700. The secret is 256 random bits in hex in the file `secret`,
// mode 0600, made on first use; a file that others may read or write is refused. Whoever loses it
// makes every API key invalid; whoever copies it with the databases can only test guesses of
// 256-bit keys. Thread safety: plain value.
#pragma once

#include <string>
#include <string_view>

#include "base/hash.h"
#include "base/result.h"

namespace sekisho::access {

class DataFolder {
 public:
  // Makes the folder and the secret where they are missing; two processes that do so at once get
  // the same secret. kUnprocessable for a loose mode, kCorrupt for a damaged secret, kIo.
  static Result<DataFolder> open(const std::string& path);

  std::string file(std::string_view name) const;
  // A key of its own for every purpose: HMAC-SHA-256 of the purpose under the secret.
  Digest256 key_for(std::string_view purpose) const;

 private:
  DataFolder(std::string path, const Digest256& secret) : path_(std::move(path)), secret_(secret) {}
  std::string path_;
  Digest256 secret_;
};

// The purposes; each text is for ever, or what was hashed under it is lost.
inline constexpr std::string_view kApiKeyPurpose = "sekisho api key 1";
inline constexpr std::string_view kFingerprintPurpose = "sekisho text fingerprint 1";

}  // namespace sekisho::access
