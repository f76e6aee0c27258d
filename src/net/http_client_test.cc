#include "net/http_client.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "net/socket.h"

namespace sekisho::net {
namespace {

using testing::HasSubstr;

// Says the next of its answers to whatever comes, one per connection or per request; keeps what
// came.
class Parrot {
 public:
  enum class Close { kAfterEach, kAtTheEnd };

  Parrot(std::vector<std::string> answers, Close close)
      : answers_(std::move(answers)), close_(close), stop_(::eventfd(0, EFD_CLOEXEC)) {
    Listener listener = must(listen_on("127.0.0.1", 0));
    port_ = listener.port;
    thread_ = std::thread([this, file = std::move(listener.file)]() mutable {
      accept_until(stop_.get(), std::move(file),
                   {.pause_ms = 10,
                    .admit = [this](Connection connection) { talk(connection.file); },
                    .paused = [] {}});
    });
  }
  ~Parrot() {
    const std::uint64_t one = 1;
    EXPECT_EQ(::write(stop_.get(), &one, sizeof one), static_cast<ssize_t>(sizeof one));
    thread_.join();
  }
  std::uint16_t port() const { return port_; }
  int connections() const { return connections_.load(); }

 private:
  void talk(const File& connection) {
    connections_.fetch_add(1);
    ::fcntl(connection.get(), F_SETFL, 0);  // blocking
    char buffer[4096];
    while (next_ < answers_.size()) {
      if (::recv(connection.get(), buffer, sizeof buffer, 0) <= 0) return;
      const std::string& answer = answers_[next_++];
      ::send(connection.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
      if (close_ == Close::kAfterEach) return;
    }
  }

  const std::vector<std::string> answers_;
  const Close close_;
  File stop_;
  std::uint16_t port_ = 0;
  std::size_t next_ = 0;
  std::atomic<int> connections_ = 0;
  std::thread thread_;
};

const Request kGet{.method = "GET", .path = "/"};

TEST(HttpClient, ReadsEveryFraming) {
  Parrot parrot({"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Type: a/b\r\n\r\nabc",
                 "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n",
                 "HTTP/1.1 204 No Content\r\n\r\n"},
                Parrot::Close::kAtTheEnd);
  HttpClient client({.port = parrot.port()});
  const Response first = must(client.send(kGet));
  EXPECT_EQ(first.body, "abc");
  EXPECT_EQ(first.content_type, "a/b");
  EXPECT_EQ(first.headers[1].name, "content-type");
  const Response second = must(client.send(kGet));
  EXPECT_EQ(second.status, 201);
  EXPECT_EQ(second.body, "de");
  EXPECT_EQ(must(client.send(kGet)).status, 204);
  EXPECT_EQ(parrot.connections(), 1);
}

TEST(HttpClient, ReadsABodyThatEndsWithTheConnection) {
  Parrot parrot({"HTTP/1.1 200 OK\r\n\r\nabc"}, Parrot::Close::kAfterEach);
  HttpClient client({.port = parrot.port()});
  EXPECT_EQ(must(client.send(kGet)).body, "abc");
  EXPECT_FALSE(client.is_connected());
}

TEST(HttpClient, ExpectsNoBodyAfterHead) {
  Parrot parrot({"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"},
                Parrot::Close::kAtTheEnd);
  HttpClient client({.port = parrot.port()});
  EXPECT_EQ(must(client.send({.method = "HEAD", .path = "/"})).body, "");
  EXPECT_EQ(must(client.send(kGet)).body, "x");
}

TEST(HttpClient, ConnectsAgainWhenTheServerHasClosed) {
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  Parrot parrot({answer, answer}, Parrot::Close::kAfterEach);
  HttpClient client({.port = parrot.port()});
  EXPECT_TRUE(client.send(kGet).ok());
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_TRUE(client.send(kGet).ok());
  EXPECT_EQ(parrot.connections(), 2);
}

TEST(HttpClient, SaysWhatWentWrong) {
  Parrot parrot({"SSH-2.0-x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
                 "HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n", ""},
                Parrot::Close::kAfterEach);
  HttpClient client({.port = parrot.port(), .body_bytes_max = 100});
  EXPECT_THAT(client.send(kGet).error().message, HasSubstr("not HTTP"));
  EXPECT_THAT(client.send(kGet).error().message, HasSubstr("closed before"));
  EXPECT_EQ(client.send(kGet).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(client.send(kGet).error().code, ErrorCode::kUnavailable);
}

TEST(HttpClient, WaitsNoLongerThanAllowed) {
  Listener silent = must(listen_on("127.0.0.1", 0));
  HttpClient client({.port = silent.port, .exchange_timeout_ms = 50});
  EXPECT_EQ(client.send(kGet).error().code, ErrorCode::kTimeout);
  EXPECT_FALSE(client.is_connected());
}

TEST(HttpClient, SaysWhoIsNotThere) {
  const std::uint16_t port = must(listen_on("127.0.0.1", 0)).port;  // closed again
  const auto refused = HttpClient({.port = port}).send(kGet);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("Connection refused"));
  EXPECT_EQ(HttpClient({.host = "no.such.host.invalid", .port = 1}).send(kGet).error().code,
            ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace sekisho::net
