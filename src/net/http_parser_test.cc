#include "net/http_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sekisho::net {
namespace {

using Progress = RequestParser::Progress;

constexpr std::size_t kBodyMax = 100;

const BodyLimit& body_limit() {
  static const BodyLimit limit = [](std::string_view,
                                    std::string_view path) -> Result<std::size_t> {
    if (path == "/gone") return not_found("gone");
    return kBodyMax;
  };
  return limit;
}

// Everything that was read, as text that can be compared; the pieces are `piece_bytes` long.
std::string read_all(std::string_view bytes, std::size_t piece_bytes,
                     const ParserLimits& limits = {}) {
  RequestParser parser(limits, body_limit());
  std::string held, out;
  while (true) {
    held.erase(0, parser.feed(held));
    if (parser.progress() == Progress::kFailed) {
      return out + std::to_string(parser.failure().status) + " " + parser.failure().error.message;
    }
    if (parser.progress() == Progress::kDone) {
      const auto [request, version, keep_alive] = parser.take();
      out += request.method + " " + request.path + "?" + request.query + " ";
      for (const Header& header : request.headers) out += header.name + "=" + header.value + ";";
      out += " [" + request.body + "]" + (keep_alive ? "" : " close") + "\n";
      continue;
    }
    if (bytes.empty()) return out + (held.empty() ? "" : "…");
    held += bytes.substr(0, piece_bytes);
    bytes.remove_prefix(std::min(bytes.size(), piece_bytes));
  }
}

std::string head(std::string_view lines, std::string_view body = "") {
  return "POST /p HTTP/1.1\r\nHost: a\r\n" + std::string(lines) + "\r\n" + std::string(body);
}

// Reads whole and in small pieces; both must come out the same.
std::string read(std::string_view bytes, const ParserLimits& limits = {}) {
  const std::string whole = read_all(bytes, bytes.size(), limits);
  for (const std::size_t piece_bytes : {1, 2, 3, 7}) {
    EXPECT_EQ(read_all(bytes, piece_bytes, limits), whole) << bytes;
  }
  return whole;
}

TEST(HttpParser, ReadsARequestWithoutBody) {
  EXPECT_EQ(read("GET /a/b?c=d&e HTTP/1.1\r\nHost: x:80\r\nX-One:  two words \r\n\r\n"),
            "GET /a/b?c=d&e host=x:80;x-one=two words; []\n");
}

TEST(HttpParser, ReadsPipelinedRequestsOneByOne) {
  EXPECT_EQ(read("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
                 "POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc\r\n"
                 "GET /3 HTTP/1.0\r\n\r\n"),
            "GET /1? host=x; []\n"
            "POST /2? host=x;content-length=3; [abc]\n"
            "GET /3?  [] close\n");
}

TEST(HttpParser, ReadsChunksAndDropsTrailers) {
  EXPECT_EQ(read(head("Transfer-Encoding: Chunked\r\n",
                      "3\r\nabc\r\n0A;x=y;z=\"q\"\r\n0123456789\r\n0\r\nX-Trailer: t\r\n\r\n")),
            "POST /p? host=a;transfer-encoding=Chunked; [abc0123456789]\n");
}

TEST(HttpParser, KnowsEveryFormOfTarget) {
  EXPECT_EQ(read("GET http://h:1/p?q HTTP/1.1\r\nHost: h\r\n\r\n"), "GET /p?q host=h; []\n");
  EXPECT_EQ(read("GET HTTPS://h HTTP/1.1\r\nHost: h\r\n\r\n"), "GET /? host=h; []\n");
  EXPECT_EQ(read("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"), "OPTIONS *? host=h; []\n");
  for (const char* target : {"p", "*", "ftp://h/", "http:///p", "http://a@b/", "/p#f", "/\x80"}) {
    EXPECT_EQ(read("GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n"),
              "400 malformed request target")
        << target;
  }
}

TEST(HttpParser, KeepsAliveAsTheVersionSays) {
  EXPECT_EQ(read("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
            "GET /? host=x;connection=close; [] close\n");
  EXPECT_EQ(read("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
            "GET /? connection=keep-alive; []\n");
}

struct Refusal {
  std::string bytes;
  std::string answer;
};

TEST(HttpParser, RefusesWhatCouldBeReadInTwoWays) {
  const std::string line = "GET / HTTP/1.1\r\nHost: a\r\n";
  const std::string bad_line = "400 a line of the request head does not end with CR LF";
  const std::string bad_head = "400 malformed request head";
  const std::vector<Refusal> refusals = {
      {head("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "abc"), bad_head},
      {head("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "abc"), bad_head},
      {head("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"), bad_head},
      {head("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"),
       "400 more than one Content-Length"},
      {head("Content-Length: 3, 3\r\n", "abc"), "400 malformed Content-Length"},
      {head("Content-Length: +3\r\n", "abc"), bad_head},
      {head("Content-Length: -3\r\n", "abc"), bad_head},
      {head("Content-Length: 0x3\r\n", "abc"), bad_head},
      {head("Content-Length: 18446744073709551619\r\n", "abc"), bad_head},
      {head("Content-Length:\r\n", "abc"), bad_head},
      {head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), bad_head},
      {head("Transfer-Encoding: gzip\r\n"), "501 the only transfer coding read here is chunked"},
      {head("Transfer-Encoding: gzip, chunked\r\n"),
       "501 the only transfer coding read here is chunked"},
      {head("Transfer-Encoding: chunked, identity\r\n"),
       "501 the only transfer coding read here is chunked"},
      {head("Transfer-Encoding: xchunked\r\n"),
       "501 the only transfer coding read here is chunked"},
      {head("Transfer-Encoding: \x0B"
            "chunked\r\n"),
       "400 a control character in the request head"},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
       "400 Transfer-Encoding in HTTP/1.0"},
      {"GET / HTTP/1.1\nHost: a\r\n\r\n", bad_line},
      {line + "A: b\nC: d\r\n\r\n", bad_line},
      {line + "A: b\rC: d\r\n\r\n", bad_line},
      {line + "A: b\r\r\n\r\n", bad_line},
      {line + "A: b\r\n c\r\n\r\n", "400 folded header lines are refused"},
      {"GET / HTTP/1.1\r\n Host: a\r\n\r\n", "400 folded header lines are refused"},
      {line + std::string("A: b\0c\r\n\r\n", 10), "400 a control character in the request head"},
      {line + "A : b\r\n\r\n", bad_head},
      {line + ": b\r\n\r\n", bad_head},
      {line + "A\r\n\r\n", bad_head},
      {line + "A\xC3\xA9: b\r\n\r\n", bad_head},
      {line + "A: b\x7F\r\n\r\n", bad_head},
      {line + "Connection: a b\r\n\r\n", bad_head},
      {"GET / HTTP/1.1\r\n\r\n", "400 Host is missing"},
      {line + "Host: a\r\n\r\n", "400 more than one Host"},
      {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "400 malformed Host"},
      {"GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", "400 malformed Host"},
      {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", bad_head},
      {"GET /\r\n\r\n", bad_head},
      {"G(T / HTTP/1.1\r\nHost: a\r\n\r\n", bad_head},
      {"GET / http/1.1\r\nHost: a\r\n\r\n", bad_head},
      {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", bad_head},
      {"\r\r\n", bad_line},
      {"\x16\x03\x01\x02", "400 a control character in the request head"},
      {"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", "501 CONNECT is not supported"},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505 only HTTP/1.0 and HTTP/1.1 are spoken here"},
      {"GET / HTTP/1.2\r\nHost: a\r\n\r\n", "505 only HTTP/1.0 and HTTP/1.1 are spoken here"},
      {"GET / HTTP/0.9\r\nHost: a\r\n\r\n", "505 only HTTP/1.0 and HTTP/1.1 are spoken here"},
      {head("Expect: more\r\nContent-Length: 1\r\n", "a"),
       "417 the only expectation met here is 100-continue"},
  };
  for (const Refusal& refusal : refusals) EXPECT_EQ(read(refusal.bytes), refusal.answer);
}

TEST(HttpParser, RefusesBadChunks) {
  for (const char* body :
       {"\r\n", "x\r\n", "3\nabc\r\n", "3 \r\nabc\r\n", "-1\r\n", "0x3\r\nabc\r\n", "3\r\nabcd\r\n",
        "3\r\nabc\n", "3;\r\nabc\r\n", "3;a=\"b\r\nabc\"\r\n", "FFFFFFFFFFFFFFFFF\r\n",
        "0\r\nContent-Length: 3\r\n\r\n", "0\r\nTransfer-Encoding: chunked\r\n\r\n",
        "0\r\nbad trailer\r\n\r\n"}) {
    // Some show only when the next line is there.
    EXPECT_EQ(read(head("Transfer-Encoding: chunked\r\n", std::string(body) + "0\r\n\r\n")),
              "400 malformed chunk")
        << body;
  }
  const std::string long_extension = "3;" + std::string(kChunkLineBytesMax, 'x') + "\r\nabc\r\n";
  EXPECT_EQ(read(head("Transfer-Encoding: chunked\r\n", long_extension)),
            "400 a chunk line is too long");
  const std::string long_trailer = "0\r\na: " + std::string(kChunkLineBytesMax, 'x') + "\r\n\r\n";
  EXPECT_EQ(read(head("Transfer-Encoding: chunked\r\n", long_trailer)),
            "400 a chunk line is too long");
}

TEST(HttpParser, KeepsToTheLimits) {
  const std::string request = "GET / HTTP/1.1\r\nHost: a\r\nB: c\r\n\r\n";
  EXPECT_EQ(read(request, {.head_bytes_max = request.size()}), "GET /? host=a;b=c; []\n");
  EXPECT_EQ(read(request, {.head_bytes_max = request.size() - 1}),
            "431 the request head is too large");
  EXPECT_EQ(read(request, {.headers_max = 2}), "GET /? host=a;b=c; []\n");
  EXPECT_EQ(read(request, {.headers_max = 1}), "431 too many headers");

  const std::string full(kBodyMax, 'x');
  EXPECT_EQ(read(head("Content-Length: 100\r\n", full)),
            "POST /p? host=a;content-length=100; [" + full + "]\n");
  EXPECT_EQ(read(head("Content-Length: 101\r\n")), "413 the request body is too large");
  EXPECT_EQ(read(head("Content-Length: 10000000000\r\n")), "413 the request body is too large");
  EXPECT_EQ(read(head("Transfer-Encoding: chunked\r\n", "64\r\n" + full + "\r\n0\r\n\r\n")),
            "POST /p? host=a;transfer-encoding=chunked; [" + full + "]\n");
  EXPECT_EQ(read(head("Transfer-Encoding: chunked\r\n", "64\r\n" + full + "\r\n1\r\n")),
            "413 the request body is too large");
  EXPECT_EQ(read(head("Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFF\r\n")),
            "413 the request body is too large");
}

TEST(HttpParser, AsksForTheLimitOfTheRoute) {
  EXPECT_EQ(read("PUT /gone HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"), "0 gone");
  EXPECT_EQ(read("GET /gone HTTP/1.1\r\nHost: a\r\n\r\n"), "GET /gone? host=a; []\n");
}

TEST(HttpParser, TellsWhoWaitsForContinue) {
  RequestParser parser({}, body_limit());
  const std::string bytes = head("Expect: 100-Continue\r\nContent-Length: 2\r\n");
  EXPECT_EQ(parser.feed(bytes), bytes.size());
  EXPECT_EQ(parser.progress(), Progress::kBody);
  EXPECT_TRUE(parser.expects_continue());
  EXPECT_EQ(parser.feed("ab"), 2u);
  EXPECT_EQ(parser.take().request.body, "ab");
  EXPECT_FALSE(parser.expects_continue());
}

TEST(HttpParser, LeavesAnUnfinishedHeadAlone) {
  RequestParser parser({}, body_limit());
  EXPECT_EQ(parser.feed("\r\nGET / HT"), 2u);
  EXPECT_EQ(parser.feed("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET"), 27u);
  EXPECT_EQ(parser.progress(), Progress::kDone);
  EXPECT_EQ(parser.feed("GET"), 0u);
}

}  // namespace
}  // namespace sekisho::net
