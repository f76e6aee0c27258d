#include "net/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "base/ulid.h"
#include "net/http_server_test_kit.h"

namespace sekisho::net {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string value_of(const Response& response, std::string_view name) {
  const Request as_request{.headers = response.headers};
  const std::string* value = as_request.header(name);
  return value == nullptr ? "(absent)" : *value;
}

TEST(HttpServer, HandsTheRequestOverAndAnswers) {
  TestServer server;
  HttpClient client = server.client();
  const Response response = must(client.send({.method = "POST",
                                              .path = "/echo",
                                              .query = "a=b",
                                              .headers = {{"X-Upper", "V"}},
                                              .body = std::string("b\0c", 3)}));
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, AllOf(StartsWith("POST /echo?a=b 127.0.0.1|host="),
                                   HasSubstr("|x-upper=V|"), EndsWith(std::string("|b\0c", 4))));
  EXPECT_EQ(value_of(response, "content-length"), std::to_string(response.body.size()));
  EXPECT_EQ(value_of(response, "connection"), "(absent)");
  EXPECT_TRUE(client.is_connected());
  EXPECT_EQ(server.server().stats().requests, 1u);
  EXPECT_EQ(server.server().stats().connections, 1u);
}

TEST(HttpServer, WritesExactlyTheseBytes) {
  TestServer server;
  Wire wire(server.port());
  wire.send(get("/header", "X-Request-Id: r.1-2_3\r\n") + get("/nothing", "X-Request-Id: r\r\n"));
  EXPECT_EQ(wire.read_until("\r\n\r\n"),
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 0\r\n"
            "x-request-id: r.1-2_3\r\nx-good: 1\r\n\r\n");
  EXPECT_EQ(wire.read_until("\r\n\r\n"), "HTTP/1.1 204 No Content\r\nx-request-id: r\r\n\r\n");
}

TEST(HttpServer, MakesARequestIdWhereNoneIsValid) {
  TestServer server;
  HttpClient client = server.client();
  for (const std::string& sent : {std::string("two words"), std::string(65, 'a'), std::string()}) {
    const Response response =
        must(client.send({.method = "GET", .path = "/", .headers = {{"x-request-id", sent}}}));
    EXPECT_TRUE(Ulid::parse(value_of(response, "x-request-id")).has_value()) << sent;
  }
}

TEST(HttpServer, AnswersHeadWithoutBody) {
  TestServer server;
  Wire wire(server.port());
  wire.send("HEAD /big?1000 HTTP/1.1\r\nHost: a\r\n\r\n" + get("/big?3"));
  EXPECT_THAT(wire.read_until("\r\n\r\n"), HasSubstr("content-length: 1000\r\n"));
  EXPECT_THAT(wire.read_until("xxx"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST(HttpServer, SpeaksHttp10) {
  TestServer server;
  Wire wire(server.port());
  wire.send("GET /big?2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(wire.read_until("xx"), HasSubstr("connection: keep-alive\r\n"));
  wire.send("GET /big?2 HTTP/1.0\r\n\r\n");
  EXPECT_THAT(wire.read_to_end(), AllOf(HasSubstr("connection: close\r\n"), EndsWith("xx")));
}

TEST(HttpServer, ClosesWhenAsked) {
  TestServer server;
  Wire wire(server.port());
  wire.send(get("/big?2", "Connection: close\r\n") + get("/big?3"));
  EXPECT_THAT(wire.read_to_end(),
              AllOf(HasSubstr("connection: close\r\n"), EndsWith("\r\n\r\nxx")));
}

TEST(HttpServer, AnswersAClientThatHasFinishedSending) {
  TestServer server;
  Wire wire(server.port());
  wire.send(get("/big?2"));
  wire.finish();
  EXPECT_THAT(wire.read_to_end(), EndsWith("\r\n\r\nxx"));
}

TEST(HttpServer, ReadsChunkedBodies) {
  TestServer server;
  Wire wire(server.port());
  wire.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  std::this_thread::sleep_for(milliseconds(20));
  wire.send("2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n");
  EXPECT_THAT(wire.read_until("|abcde"), HasSubstr("POST /echo?"));
}

TEST(HttpServer, SaysContinueToWhoWaitsForIt) {
  TestServer server;
  Wire wire(server.port());
  const std::string head =
      "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
  wire.send(head);
  EXPECT_EQ(wire.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  wire.send("abc");
  EXPECT_THAT(wire.read_until("|abc"), StartsWith("HTTP/1.1 200 OK"));
  // Who sends the body at once is not told to go on.
  wire.send(head + "def");
  EXPECT_THAT(wire.read_until("|def"), StartsWith("HTTP/1.1 200 OK"));
  wire.send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9999999\r\n\r\n");
  EXPECT_THAT(wire.read_to_end(), StartsWith("HTTP/1.1 413 "));
}

TEST(HttpServer, AnswersAPipelineInItsOrder) {
  TestServer server({.threads = 2});
  Wire wire(server.port());
  std::string requests;
  for (int i = 0; i < 20; ++i) requests += get("/thread?" + std::to_string((20 - i) % 5));
  for (int i = 0; i < 200; ++i) requests += get("/echo?" + std::to_string(i));
  wire.send(requests);
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(wire.read_until("thread " + std::to_string((20 - i) % 5)),
                Not(HasSubstr("(still open)")));
  }
  for (int i = 0; i < 200; ++i) {
    const std::string answer = wire.read_until("GET /echo?" + std::to_string(i) + " 127.0.0.1");
    EXPECT_EQ(answer.find("HTTP/1.1 200"), answer.rfind("HTTP/1.1 200"));
  }
}

TEST(HttpServer, NeverSplitsAResponse) {
  TestServer server;
  const Response response = must(server.client().send({.method = "GET", .path = "/split"}));
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(value_of(response, "set-cookie"), "(absent)");
}

TEST(HttpServer, WritesLargeAnswersWhole) {
  TestServer server;
  const Response response =
      must(server.client().send({.method = "GET", .path = "/big", .query = "30000000"}));
  EXPECT_EQ(response.body, std::string(30'000'000, 'x'));
}

TEST(HttpServer, FinishesTheHandlerOfAClientThatLeft) {
  TestServer server;
  {
    Wire wire(server.port());
    wire.send(get("/hold?a"));
    server.desk().wait_until_held("a");
  }
  server.desk().release("a");
  server.desk().wait_until_finished(1);
  EXPECT_TRUE(eventually([&] { return server.server().stats().connections == 0; }));
}

TEST(HttpServer, TakesAnswersFromOtherThreads) {
  TestServer server({.threads = 2});
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&server] {
      HttpClient client = server.client();
      for (int j = 0; j < 50; ++j) {
        const Response response =
            must(client.send({.method = "GET", .path = "/thread", .query = "0"}));
        EXPECT_EQ(response.body, "thread 0");
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(server.server().stats().requests, 200u);
}

TEST(HttpServer, DrainsWhatIsUnderWay) {
  TestServer server({.drain_idle_ms = 50});
  Wire idle(server.port());
  Wire busy(server.port());
  Wire sending(server.port());
  busy.send(get("/hold?a"));
  sending.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na");
  server.desk().wait_until_held("a");
  std::thread drained([&] { EXPECT_EQ(server.drain(), 0u); });
  EXPECT_EQ(idle.read_to_end(), "");
  sending.send("bc");
  EXPECT_THAT(sending.read_to_end(), AllOf(HasSubstr("connection: close"), EndsWith("|abc")));
  EXPECT_FALSE(connect_to("127.0.0.1", server.port(), 1000).ok());
  server.desk().release("a");
  EXPECT_THAT(busy.read_to_end(), AllOf(HasSubstr("connection: close"), EndsWith("held a")));
  drained.join();
}

TEST(HttpServer, ServesWhoWaitedInTheQueueWhenDrained) {
  HttpServerOptions options{.drain_idle_ms = 500};
  options.body_limit = [](std::string_view, std::string_view) { return std::size_t{1}; };
  options.error_response = plain_error;
  const auto server = must(HttpServer::create(
      std::move(options), [](Request) -> Task<Response> { co_return Response{.body = "{}"}; }));
  std::vector<std::unique_ptr<Wire>> wires;
  for (int i = 0; i < 100; ++i) {
    wires.push_back(std::make_unique<Wire>(server->port()));
    wires.back()->send(get("/"));
  }
  server->begin_drain();
  EXPECT_EQ(server->run(), 0u);
  for (const auto& wire : wires) EXPECT_THAT(wire->read_to_end(), EndsWith("\r\n\r\n{}"));
}

TEST(HttpServer, LosesNoRequestOfBusyClientsWhenDrained) {
  for (int round = 0; round < 10; ++round) {
    TestServer server({.threads = 2});
    std::atomic<int> broken = 0;
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i) {
      clients.emplace_back([&] {
        HttpClient client = server.client();
        for (;;) {
          const bool was_connected = client.is_connected();
          if (!client.send({.method = "GET", .path = "/echo"}).ok()) {
            if (was_connected) broken.fetch_add(1);
            return;
          }
        }
      });
    }
    EXPECT_TRUE(eventually([&] { return server.server().stats().requests > 200; }));
    EXPECT_EQ(server.drain(), 0u);
    for (std::thread& client : clients) client.join();
    EXPECT_EQ(broken.load(), 0);
  }
}

TEST(HttpServer, DoesNotWaitForStuckHandlers) {
  TestServer server({.threads = 2, .drain_ms_max = 500});
  Wire first(server.port());
  Wire second(server.port());
  first.send(get("/hold?a"));
  second.send(get("/hold?b"));
  server.desk().wait_until_held("a");
  server.desk().wait_until_held("b");
  const std::int64_t begin_ms = now_ms();
  EXPECT_EQ(server.drain(), 2u);
  EXPECT_LE(now_ms() - begin_ms, 500);
  EXPECT_EQ(first.read_to_end(), "");
  server.desk().release("a");  // after the run
  server.destroy();
  server.desk().release("b");  // after the server
  server.desk().wait_until_finished(2);
}

TEST(HttpServer, SaysWhyItCannotListen) {
  TestServer first;
  HttpServerOptions options{.port = first.port()};
  options.body_limit = [](std::string_view, std::string_view) { return std::size_t{0}; };
  options.error_response = plain_error;
  const Handler handler = [](Request) -> Task<Response> { co_return Response{}; };
  const auto second = HttpServer::create(options, handler);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kIo);
  EXPECT_THAT(second.error().message, HasSubstr("Address already in use"));
  options.address = "localhost";
  EXPECT_EQ(HttpServer::create(options, handler).error().code, ErrorCode::kInvalid);
}

TEST(HttpServer, ListensOnIPv6) {
  HttpServerOptions options{.address = "::1"};
  options.body_limit = [](std::string_view, std::string_view) { return std::size_t{0}; };
  options.error_response = plain_error;
  const Handler handler = [](Request request) -> Task<Response> {
    co_return Response{.body = request.peer};
  };
  auto server = HttpServer::create(options, handler);
  if (!server.ok()) GTEST_SKIP() << "no IPv6 here: " << server.error().message;
  std::thread thread([&] { (*server)->run(); });
  HttpClient client({.host = "::1", .port = (*server)->port()});
  EXPECT_EQ(must(client.send({.method = "GET", .path = "/"})).body, "::1");
  (*server)->begin_drain();
  thread.join();
}

}  // namespace
}  // namespace sekisho::net
