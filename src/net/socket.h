// Plain TCP sockets: the few system calls of server and client that need no event loop.
// Thread safety: pure functions over the operating system; a File is used by one flow.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace sekisho::net {

// A descriptor that closes itself. Negative: none.
class File {
 public:
  File() = default;
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(File&& other) noexcept : descriptor_(other.release()) {}
  File& operator=(File&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~File();

  int get() const { return descriptor_; }
  int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_ = -1;
};

// kIo, with what errno says now.
Error system_error(std::string message);

struct Listener {
  File file;  // non-blocking
  std::uint16_t port = 0;
};
// `address` is numeric, IPv4 or IPv6 ("::" takes both); port 0 takes a free one.
Result<Listener> listen_on(const std::string& address, std::uint16_t port);

struct Connection {
  File file;  // non-blocking, without Nagle's delay
  bool is_ipv6 = false;
  std::string peer;  // numeric; IPv4 over IPv6 is written as IPv4
};
struct AcceptOptions {
  int pause_ms;  // when the process has no descriptors left
  std::function<void(Connection)> admit;
  std::function<void()> paused;  // called at the start of each such pause
};
// Takes connections in on this thread until `stop_event` is readable. Takes then what still waits
// in the kernel's queue, since its senders believe themselves connected, and closes the listener.
void accept_until(int stop_event, File listener, const AcceptOptions& options);

// Sends what the kernel takes at once and closes: a fixed number of system calls.
void say_and_close(File connection, std::string_view bytes);

// Connects within `timeout_ms` to a name or numeric address. The result is non-blocking. kTimeout,
// or kUnavailable when nobody answers there. (Resolving a name takes the resolver's own time.)
Result<File> connect_to(const std::string& host, std::uint16_t port, int timeout_ms);

}  // namespace sekisho::net
