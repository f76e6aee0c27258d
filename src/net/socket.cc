#include "net/socket.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace sekisho::net {
namespace {

constexpr int kListenBacklog = 4096;
constexpr std::size_t kUnreadBytes = 4096;

struct Address {
  sockaddr_storage storage{};
  socklen_t bytes = sizeof(sockaddr_storage);
  sockaddr* raw() { return reinterpret_cast<sockaddr*>(&storage); }
};

Result<Address> parse_address(const std::string& text, std::uint16_t port) {
  Address out;
  auto& v4 = reinterpret_cast<sockaddr_in&>(out.storage);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(out.storage);
  if (inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    out.bytes = sizeof v4;
  } else if (inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    out.bytes = sizeof v6;
  } else {
    return invalid("not a numeric address: " + text, "address");
  }
  return out;
}

std::string address_text(const Address& address) {
  char text[INET6_ADDRSTRLEN] = "";
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address.storage);
  if (address.storage.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address.storage);
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
  } else if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
    inet_ntop(AF_INET, v6.sin6_addr.s6_addr + 12, text, sizeof text);
  } else {
    inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
  }
  return text;
}

void set_option(const File& file, int level, int option, int value) {
  ::setsockopt(file.get(), level, option, &value, sizeof value);
}

// Takes what waits, a queue's worth at most. False: there are no descriptors left to take it with.
bool accept_all(const File& listener, const std::function<void(Connection)>& admit) {
  for (int i = 0; i < kListenBacklog; ++i) {
    Address peer;
    File file(::accept4(listener.get(), peer.raw(), &peer.bytes, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (file.get() >= 0) {
      set_option(file, IPPROTO_TCP, TCP_NODELAY, 1);
      admit({std::move(file), peer.storage.ss_family == AF_INET6, address_text(peer)});
    } else if (errno == EAGAIN) {
      return true;
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      return false;
    }  // else that one connection failed before it was taken (accept(2))
  }
  return true;
}

// Waits for a connect under way. 0, or an errno.
int finish_connect(const File& file, int timeout_ms) {
  pollfd waiting{.fd = file.get(), .events = POLLOUT};
  if (::poll(&waiting, 1, timeout_ms) == 0) return ETIMEDOUT;
  int error = 0;
  socklen_t error_bytes = sizeof error;
  ::getsockopt(file.get(), SOL_SOCKET, SO_ERROR, &error, &error_bytes);
  return error;
}

}  // namespace

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Error system_error(std::string message) {
  const int number = errno;
  return {ErrorCode::kIo, std::move(message) + ": " + std::strerror(number)};
}

Result<Listener> listen_on(const std::string& address_text, std::uint16_t port) {
  TRY(Address address, parse_address(address_text, port));
  const int family = address.storage.ss_family;
  File file(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (file.get() < 0) return system_error("cannot make a socket");
  set_option(file, SOL_SOCKET, SO_REUSEADDR, 1);
  if (family == AF_INET6) set_option(file, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (::bind(file.get(), address.raw(), address.bytes) != 0 ||
      ::listen(file.get(), kListenBacklog) != 0) {
    return system_error("cannot listen on " + address_text + " port " + std::to_string(port));
  }
  ::getsockname(file.get(), address.raw(), &address.bytes);
  // The port stands at the same place in both families' addresses.
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address.storage);
  return Listener{std::move(file), ntohs(v4.sin_port)};
}

void accept_until(int stop_event, File listener, const AcceptOptions& options) {
  bool paused = false;
  for (;;) {
    pollfd events[] = {{.fd = stop_event, .events = POLLIN},
                       {.fd = listener.get(), .events = POLLIN}};
    ::poll(events, paused ? 1 : 2, paused ? options.pause_ms : -1);
    paused = !accept_all(listener, options.admit);
    if (paused) options.paused();
    if (events[0].revents != 0) return;
  }
}

void say_and_close(File connection, std::string_view bytes) {
  ::send(connection.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(connection.get(), SHUT_WR);
  // What has come already must not turn the close into a reset that overtakes the bytes.
  char unread[kUnreadBytes];
  ::recv(connection.get(), unread, sizeof unread, MSG_DONTWAIT);
}

Result<File> connect_to(const std::string& host, std::uint16_t port, int timeout_ms) {
  const addrinfo hints{.ai_flags = AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failure != 0) {
    return Error{ErrorCode::kUnavailable, "unknown host " + host, {}, ::gai_strerror(failure)};
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
  int error = 0;
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    File file(::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (file.get() < 0) return system_error("cannot make a socket");
    set_option(file, IPPROTO_TCP, TCP_NODELAY, 1);
    error = 0;
    if (::connect(file.get(), address->ai_addr, address->ai_addrlen) != 0) {
      error = errno == EINPROGRESS ? finish_connect(file, timeout_ms) : errno;
    }
    if (error == 0) return file;
  }
  const std::string where = host + " port " + std::to_string(port);
  if (error == ETIMEDOUT) return Error{ErrorCode::kTimeout, where + " did not answer in time"};
  return Error{ErrorCode::kUnavailable, "cannot connect to " + where + ": " + std::strerror(error)};
}

}  // namespace sekisho::net
