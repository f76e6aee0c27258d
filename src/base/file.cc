#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace sekisho {
namespace {

Error io_error(const std::string& what, const std::string& path) {
  return {ErrorCode::kIo, what + " " + path + ": " + std::strerror(errno)};
}

// Closes on every way out.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return value_; }

 private:
  int value_;
};

Status write_all(int descriptor, std::string_view content, const std::string& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return io_error("cannot write", path);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return ok_status();
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    if (errno == ENOENT) return not_found("no such file: " + path);
    return io_error("cannot open", path);
  }
  std::string content;
  char buffer[64 * 1024];
  while (true) {
    const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("cannot read", path);
    if (got == 0) return content;
    content.append(buffer, static_cast<std::size_t>(got));
    if (content.size() > bytes_max) {
      return Error{ErrorCode::kTooLarge,
                   path + " is larger than " + std::to_string(bytes_max) + " bytes"};
    }
  }
}

Status write_file_atomically(const std::string& path, std::string_view content, unsigned mode) {
  const std::string beside = path + ".new";
  {
    const Descriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (file.get() < 0) return io_error("cannot create", beside);
    CHECK_OK(write_all(file.get(), content, beside));
    if (::fsync(file.get()) != 0) return io_error("cannot sync", beside);
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return io_error("cannot rename to", path);
  const std::string parent = std::filesystem::path(path).parent_path().string();
  const Descriptor folder(
      ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0)
    return io_error("cannot sync folder of", path);
  return ok_status();
}

Status make_folder(const std::string& path, unsigned mode) {
  std::error_code failure;
  const bool made = std::filesystem::create_directories(path, failure);
  if (failure)
    return Error{ErrorCode::kIo, "cannot make folder " + path + ": " + failure.message()};
  if (made && ::chmod(path.c_str(), mode) != 0) return io_error("cannot set the mode of", path);
  return ok_status();
}

}  // namespace sekisho
