#include "access/data_folder.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <system_error>

#include "base/file.h"

namespace sekisho::access {
namespace {

constexpr unsigned kFolderMode = 0700;
constexpr unsigned kSecretMode = 0600;
constexpr mode_t kOthers = 077;
constexpr std::size_t kSecretFileBytesMax = 128;

std::optional<Digest256> parse_secret(std::string_view content) {
  if (content.ends_with('\n')) content.remove_suffix(1);
  Digest256 secret;
  if (content.size() != 2 * secret.size()) return std::nullopt;
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (std::size_t i = 0; i < secret.size(); ++i) {
    const std::size_t high = kDigits.find(content[2 * i]);
    const std::size_t low = kDigits.find(content[2 * i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    secret[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return secret;
}

Result<Digest256> read_secret(const std::string& path) {
  TRY(const std::string content, read_file(path, kSecretFileBytesMax));
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    return Error{ErrorCode::kIo, "cannot look at " + path + ": " + std::strerror(errno)};
  }
  if ((status.st_mode & kOthers) != 0) {
    return unprocessable(path + " is open to other users: chmod 600 it");
  }
  const auto secret = parse_secret(content);
  if (!secret) return Error{ErrorCode::kCorrupt, path + " is damaged: not 64 hex digits"};
  return *secret;
}

// Makes `path` unless it exists by now. Linking decides who comes first, and never shows half a
// file.
Status make_secret(const std::string& path) {
  const std::string mine = path + "." + to_hex(random_digest<Digest128>());
  CHECK_OK(write_file_atomically(mine, to_hex(random_digest<Digest256>()) + "\n", kSecretMode));
  std::error_code failure;
  std::filesystem::create_hard_link(mine, path, failure);
  std::error_code ignored;  // a left-over copy harms nobody
  std::filesystem::remove(mine, ignored);
  if (failure && failure != std::errc::file_exists) {
    return Error{ErrorCode::kIo, "cannot create " + path + ": " + failure.message()};
  }
  return ok_status();
}

}  // namespace

Result<DataFolder> DataFolder::open(const std::string& path) {
  CHECK_OK(make_folder(path, kFolderMode));
  const std::string secret_path = (std::filesystem::path(path) / "secret").string();
  auto secret = read_secret(secret_path);
  if (!secret.ok() && secret.error().code == ErrorCode::kNotFound) {
    CHECK_OK(make_secret(secret_path));
    secret = read_secret(secret_path);
  }
  if (!secret.ok()) return std::move(secret).error();
  return DataFolder(path, *secret);
}

std::string DataFolder::file(std::string_view name) const {
  return (std::filesystem::path(path_) / name).string();
}

Digest256 DataFolder::key_for(std::string_view purpose) const {
  return Hmac(secret_).sign(purpose);
}

}  // namespace sekisho::access
