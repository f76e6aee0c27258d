// Sizes, times and counts: what the server refuses, and that others are served meanwhile.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "net/http_server.h"
#include "net/http_server_test_kit.h"

namespace sekisho::net {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

#if defined(__has_feature)
constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kSanitized = false;
#endif

std::size_t resident_bytes() {
  std::size_t total = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

TEST(HttpServerLimits, RefusesAndCloses) {
  TestServer server({.head_bytes_max = 4096, .headers_max = 10});
  const std::string post = "POST /echo HTTP/1.1\r\nHost: a\r\n";
  std::string many;
  for (int i = 0; i < 10; ++i) many += "A: b\r\n";
  const std::vector<std::pair<std::string, std::string>> refusals = {
      {post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc", "400 Bad Request"},
      {post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", "400 Bad Request"},
      {"GET / HTTP/1.1\nHost: a\n\n", "400 Bad Request"},
      {get("/", "A: b\r\n c\r\n"), "400 Bad Request"},
      {get("/", std::string("A: \0\r\n", 6)), "400 Bad Request"},
      {get("/", "A : b\r\n"), "400 Bad Request"},
      {"GET / HTTP/1.1\r\n\r\n", "400 Bad Request"},
      {get("/", "Host: b\r\n"), "400 Bad Request"},
      {post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n", "400 Bad Request"},
      {post + "Transfer-Encoding: gzip\r\n\r\n", "501 Not Implemented"},
      {"GET / HTTP/3.0\r\nHost: a\r\n\r\n", "505 HTTP Version Not Supported"},
      {get("/", "Expect: rain\r\n"), "417 Expectation Failed"},
      {get("/", "A: " + std::string(100'000, 'x') + "\r\n"), "431 Request Header Fields Too Large"},
      {get("/", many), "431 Request Header Fields Too Large"},
      {post + "Content-Length: 10737418240\r\n\r\n", "413 Content Too Large"},
      {post + "Transfer-Encoding: chunked\r\n\r\n100001\r\n", "413 Content Too Large"},
      {"PUT /none HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", "404 Not Found"},
  };
  for (const auto& [bytes, status] : refusals) {
    Wire wire(server.port());
    wire.send(bytes + get("/echo"));
    wire.finish();
    EXPECT_THAT(wire.read_to_end(),
                AllOf(StartsWith("HTTP/1.1 " + status + "\r\n"), HasSubstr("x-request-id: "),
                      HasSubstr("connection: close\r\n"), HasSubstr("\r\n\r\nerror: "),
                      Not(HasSubstr("200 OK"))))
        << bytes.substr(0, 200);
  }
  EXPECT_EQ(server.server().stats().requests_refused, refusals.size());
  EXPECT_EQ(must(server.client().send({.method = "GET", .path = "/echo"})).status, 200);
}

TEST(HttpServerLimits, RefusesABodyWithoutResettingItsSender) {
  TestServer server;
  HttpClient client = server.client();
  const Response response = must(
      client.send({.method = "POST", .path = "/echo", .body = std::string(8 * 1024 * 1024, 'x')}));
  EXPECT_EQ(response.status, 413);
  EXPECT_FALSE(client.is_connected());
}

TEST(HttpServerLimits, BoundsAllBodiesTogether) {
  TestServer server({.body_bytes_total_max = 1000});
  const std::string head = "POST /hold?a HTTP/1.1\r\nHost: a\r\nContent-Length: 600\r\n\r\n";
  Wire first(server.port());
  first.send(head + std::string(600, 'x'));
  server.desk().wait_until_held("a");
  Wire second(server.port());
  second.send(head + std::string(600, 'x'));
  EXPECT_THAT(second.read_to_end(), StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  server.desk().release("a");
  first.read_until("held a");
  first.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" +
             std::string(1000, 'y'));
  EXPECT_THAT(first.read_until("|yyy"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST(HttpServerLimits, ClosesSlowHeads) {
  TestServer server({.header_timeout_ms = 150});
  Wire wire(server.port());
  const std::int64_t begin_ms = now_ms();
  // Each byte comes in time; the whole does not.
  while (now_ms() < begin_ms + 100) {
    wire.send("G");
    std::this_thread::sleep_for(milliseconds(20));
  }
  EXPECT_THAT(wire.read_to_end(), StartsWith("HTTP/1.1 408 Request Timeout\r\n"));
  EXPECT_LT(now_ms() - begin_ms, 2000);
  EXPECT_EQ(server.server().stats().timeouts, 1u);
}

TEST(HttpServerLimits, ClosesSlowBodiesButNotSteadyOnes) {
  TestServer server({.body_timeout_ms = 200, .body_bytes_per_s_min = 1000});
  const std::string head = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n";
  Wire trickle(server.port());
  Wire steady(server.port());
  trickle.send(head);
  steady.send(head);
  for (int i = 0; i < 10; ++i) {
    trickle.send("x");
    steady.send(std::string(100, 'x'));
    std::this_thread::sleep_for(milliseconds(50));
  }
  EXPECT_THAT(trickle.read_to_end(), StartsWith("HTTP/1.1 408 Request Timeout\r\n"));
  EXPECT_THAT(steady.read_until("|xxx"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST(HttpServerLimits, ClosesIdleConnectionsInSilence) {
  TestServer server({.idle_timeout_ms = 100});
  Wire fresh(server.port());
  Wire used(server.port());
  used.send(get("/big?2") + "\r\n");
  used.read_until("xx");
  EXPECT_EQ(fresh.read_to_end(), "");
  EXPECT_EQ(used.read_to_end(), "");
  EXPECT_EQ(server.server().stats().timeouts, 0u);
}

TEST(HttpServerLimits, ClosesWhoDoesNotReadTheAnswer) {
  TestServer server({.write_timeout_ms = 100});
  Wire wire(server.port());
  wire.send(get("/big?30000000"));
  EXPECT_TRUE(eventually([&] { return server.server().stats().timeouts == 1; }));
  EXPECT_TRUE(eventually([&] { return server.server().stats().connections == 0; }));
}

TEST(HttpServerLimits, TurnsAwayWhoIsOverTheCap) {
  TestServer server({.connections_max = 2});
  Wire first(server.port());
  {
    Wire second(server.port());
    EXPECT_TRUE(eventually([&] { return server.server().stats().connections == 2; }));
    Wire third(server.port());
    EXPECT_THAT(third.read_to_end(), AllOf(StartsWith("HTTP/1.1 503 Service Unavailable\r\n"),
                                           EndsWith("\r\n\r\nerror: too many connections")));
  }
  EXPECT_TRUE(eventually([&] { return server.server().stats().connections == 1; }));
  EXPECT_EQ(must(server.client().send({.method = "GET", .path = "/echo"})).status, 200);
  EXPECT_EQ(server.server().stats().connections_refused, 1u);
  first.send(get("/big?2"));
  EXPECT_THAT(first.read_until("xx"), StartsWith("HTTP/1.1 200"));
}

TEST(HttpServerLimits, PausesWithoutDescriptorsAndGoesOn) {
  TestServer server({.accept_pause_ms = 50});
  Wire warm(server.port());
  warm.send(get("/big?2"));
  warm.read_until("xx");
  // Leave room for the client's end of one connection only.
  const int next = ::dup(0);
  ::close(next);
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit tight{.rlim_cur = static_cast<rlim_t>(next) + 1, .rlim_max = before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &tight);
  std::optional<Wire> waiting(server.port());
  waiting->send(get("/big?3"));
  EXPECT_TRUE(eventually([&] { return server.server().stats().accept_pauses >= 2; }));
  std::this_thread::sleep_for(milliseconds(200));
  EXPECT_LE(server.server().stats().accept_pauses, 100u);  // no spin
  warm.send(get("/big?4"));                                // others are served meanwhile
  EXPECT_THAT(warm.read_until("xxxx"), StartsWith("HTTP/1.1 200"));
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_THAT(waiting->read_until("xxx"), StartsWith("HTTP/1.1 200"));
}

TEST(HttpServerLimits, HoldsIdleConnectionsInLittleMemory) {
  constexpr std::size_t kConnections = 2000;
  constexpr std::size_t kBytesEachMax = 16 * 1024;
  rlimit descriptors{};
  ::getrlimit(RLIMIT_NOFILE, &descriptors);
  if (descriptors.rlim_max < 2 * kConnections + 100) GTEST_SKIP() << "too few descriptors";
  descriptors.rlim_cur = descriptors.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &descriptors);

  TestServer server;
  std::vector<std::unique_ptr<Wire>> wires;
  const std::size_t before = resident_bytes();
  for (std::size_t i = 0; i < kConnections; ++i) {
    wires.push_back(std::make_unique<Wire>(server.port()));
    // A body larger than the idle buffer, so that giving memory back is seen as well.
    wires.back()->send("POST /big?10000 HTTP/1.1\r\nHost: a\r\nContent-Length: 30000\r\n\r\n" +
                       std::string(30'000, 'x'));
    EXPECT_THAT(wires.back()->read_until(std::string(10'000, 'x')), StartsWith("HTTP/1.1 200"));
  }
  EXPECT_EQ(server.server().stats().connections, kConnections);
  const std::size_t each = (resident_bytes() - before) / kConnections;
  RecordProperty("bytes_each", static_cast<int>(each));
  if (!kSanitized) EXPECT_LE(each, kBytesEachMax);
  const std::int64_t begin_ms = now_ms();
  EXPECT_EQ(must(server.client().send({.method = "GET", .path = "/echo"})).status, 200);
  EXPECT_LT(now_ms() - begin_ms, 500);
}

}  // namespace
}  // namespace sekisho::net
