#include "server/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "base/json_reader.h"
#include "base/limits.h"
#include "server/judge_api/house_test.h"

namespace sekisho::server {
namespace {

using judge_api::House;
using testing::ElementsAre;
using testing::HasSubstr;

struct Gate {
  House house;
  Router router{*house.api, *house.authenticator, house.clock, house.metrics};

  net::Request request(std::string_view method, std::string_view path, std::string body = "") {
    net::Request request;
    request.method = method;
    request.path = path;
    request.body = std::move(body);
    request.id = "request-1";
    request.headers.push_back({"authorization", "Bearer " + house.key.text()});
    return request;
  }
  net::Response ask(std::string_view method, std::string_view path, std::string body = "") {
    return ask(request(method, path, std::move(body)));
  }
  net::Response ask(net::Request request) { return wait_for(router.answer(std::move(request))); }
};

std::string header(const net::Response& response, std::string_view name) {
  for (const net::Header& header : response.headers) {
    if (header.name == name) return header.value;
  }
  return "absent";
}

// api/judge.yaml, as far as it is read here: where a line stands says what it means.
struct Documented {
  std::set<std::string> routes;  // "POST /v1/judge"
  struct Example {
    std::string route;
    std::string body;
  };
  std::vector<Example> examples;  // of request bodies: one-line `value: {…}`
};

Documented read_api() {
  std::ifstream file(std::string(SEKISHO_ROOT) + "/api/judge.yaml");
  Documented api;
  std::string line;
  std::string path;
  std::string route;
  bool in_paths = false;
  bool in_request = false;
  while (std::getline(file, line)) {
    const std::size_t indent = line.find_first_not_of(' ');
    if (indent == std::string::npos) continue;
    const std::string text = line.substr(indent);
    if (indent == 0) in_paths = text == "paths:";
    if (!in_paths) continue;
    if (indent == 2 && text.starts_with("/")) path = text.substr(0, text.size() - 1);
    if (indent == 4) {
      std::string method = text.substr(0, text.size() - 1);
      for (char& c : method) c = static_cast<char>(std::toupper(c));
      route = method + " " + path;
      api.routes.insert(route);
    }
    if (indent == 6) in_request = text == "requestBody:";
    const std::size_t value = text.find("value: {");
    if (in_request && value != std::string::npos) {
      // `name: {value: {…}}`
      api.examples.push_back({route, text.substr(value + 7, text.size() - value - 8)});
    }
  }
  return api;
}

TEST(Routes, AreThoseOfTheDocument) {
  std::set<std::string> served;
  for (const Route& route : routes()) {
    served.insert(std::string(route.method) + " " + std::string(route.path));
  }
  EXPECT_EQ(served, read_api().routes);
  EXPECT_EQ(served.size(), routes().size()) << "a route stands twice";
}

TEST(Routes, EveryDocumentedExampleWorks) {
  const auto examples = read_api().examples;
  EXPECT_GE(examples.size(), 12u);
  std::set<std::string> shown;
  for (const auto& example : examples) {
    Gate gate;
    const std::size_t space = example.route.find(' ');
    const net::Response response =
        gate.ask(example.route.substr(0, space), example.route.substr(space + 1), example.body);
    EXPECT_EQ(response.status, 200) << example.route << " " << example.body << response.body;
    EXPECT_TRUE(JsonDocument::parse(response.body).ok());
    shown.insert(example.route);
  }
  for (const Route& route : routes()) {
    if (route.method == "GET") continue;
    EXPECT_TRUE(shown.contains(std::string(route.method) + " " + std::string(route.path)))
        << route.path << " has no example";
  }
}

TEST(Router, AnswersEveryGetAndItsHead) {
  Gate gate;
  for (const Route& route : routes()) {
    if (route.method != "GET") continue;
    const net::Response response = gate.ask("GET", route.path);
    EXPECT_EQ(response.status, 200) << route.path;
    EXPECT_EQ(gate.ask("HEAD", route.path).status, 200) << route.path;
  }
  EXPECT_EQ(gate.ask("GET", "/v1/models").body, gate.ask("GET", "/v1/models/").body);
  EXPECT_EQ(gate.ask("GET", "/health").content_type, "application/json");
}

TEST(Router, LetsNobodyInWithoutAKey) {
  Gate gate;
  const std::string good = "Bearer " + gate.house.key.text();
  for (const Route& route : routes()) {
    const bool open = route.needs == Needs::kNothing;
    std::set<std::string> bodies;
    for (const std::string& sent :
         {std::string(), std::string("Bearer"), std::string("Bearer "), std::string("Basic eDp5"),
          "Bearer " + std::string(91, '0'), good + "0", gate.house.key.text()}) {
      net::Request request = gate.request(route.method, route.path, "{}");
      request.headers.clear();
      if (!sent.empty()) request.headers.push_back({"authorization", sent});
      const net::Response response = gate.ask(std::move(request));
      EXPECT_EQ(response.status, open ? 200 : 401) << route.path << " " << sent;
      EXPECT_EQ(header(response, "www-authenticate"), open ? "absent" : "Bearer");
      if (!open) bodies.insert(response.body);
    }
    EXPECT_LE(bodies.size(), 1u) << "the answer tells why: " << route.path;
  }
  EXPECT_EQ(gate.house.scorer->calls, 7) << "only /ready asks the scorer";
}

TEST(Router, ErrorsHaveTheShapeOfTheirContract) {
  Gate gate;
  for (const Route& route : routes()) {
    if (route.method == "GET") continue;
    const net::Response response = gate.ask(route.method, route.path, "no json");
    EXPECT_EQ(response.status, 400) << route.path;
    EXPECT_EQ(response.content_type, "application/json");
    const auto document = must(JsonDocument::parse(response.body));
    const bool flat = route.errors == wire::ErrorShape::kChakoshi;
    EXPECT_EQ(document.root().find("message").has_value(), flat) << route.path;
    EXPECT_EQ(document.root().find("error").has_value(), !flat) << route.path;
  }
}

TEST(Router, SaysWhichMethodsAPathTakes) {
  Gate gate;
  const net::Response response = gate.ask("GET", "/v1/judge/text");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(header(response, "allow"), "POST");
  EXPECT_THAT(response.body, HasSubstr(R"("code":"method_not_allowed")"));
  EXPECT_EQ(header(gate.ask("POST", "/health"), "allow"), "GET, HEAD");
  EXPECT_EQ(gate.ask("get", "/health").status, 405) << "methods have a case";
}

TEST(Router, UnknownPathsAnswerInBothShapes) {
  Gate gate;
  for (const char* path : {"/", "/v1", "/v1/judge/", "/v1/judge/text/", "/V1/JUDGE", "*",
                           "/v1/models//", "/health?x", "/metrics/.."}) {
    const net::Response response = gate.ask("POST", path, "{}");
    EXPECT_EQ(response.status, 404) << path;
    const auto document = must(JsonDocument::parse(response.body));
    EXPECT_TRUE(document.root().find("error").has_value());
    EXPECT_TRUE(document.root().find("message").has_value());
  }
}

TEST(Router, ReadsJsonWhateverItsParameters) {
  const struct {
    const char* type;
    int status;
  } rows[] = {
      {"application/json", 200},
      {"Application/JSON ; charset=utf-8", 200},
      {"application/json;charset=shift_jis", 200},
      {"", 200},
      {"text/plain", 415},
      {"application/x-www-form-urlencoded", 415},
      {"application/jsonx", 415},
      {"multipart/form-data; boundary=application/json", 415},
  };
  for (const auto& row : rows) {
    Gate gate;
    net::Request request = gate.request("POST", "/v1/judge/text", R"({"input":"x"})");
    request.headers.push_back({"content-type", row.type});
    EXPECT_EQ(gate.ask(std::move(request)).status, row.status) << row.type;
  }
}

TEST(Router, BodiesHaveTheLimitOfTheirRoute) {
  for (const Route& route : routes()) {
    EXPECT_EQ(must(Router::body_limit(route.method, route.path)), route.body_bytes_max);
  }
  EXPECT_EQ(Router::body_limit("POST", "/nowhere").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(must(Router::body_limit("POST", "/health")), limits::kFrameBytes);
  // Whatever a contract takes fits: every character as an escaped surrogate pair.
  EXPECT_GE(must(Router::body_limit("POST", "/v1/judge/text")), 2048u * 12 + 1024);
  EXPECT_GE(must(Router::body_limit("POST", "/v1/judge")), 256u * 2048 * 12);
  EXPECT_GE(must(Router::body_limit("POST", "/v1/moderations")), 32768u * 12 + 1024);
}

TEST(Router, SaysWhenToComeAgain) {
  Gate gate;
  gate.house.scorer->failure = ErrorCode::kUnavailable;
  const net::Response unjudged = gate.ask("POST", "/v1/judge/text", R"({"input":"x"})");
  EXPECT_EQ(unjudged.status, 503);
  EXPECT_EQ(header(unjudged, "retry-after"), "1");
  EXPECT_EQ(gate.ask("GET", "/ready").status, 503);

  House slow(policy::OnUnjudged::kError, 1);
  Router router(*slow.api, *slow.authenticator, slow.clock, slow.metrics);
  net::Request request = gate.request("POST", "/v1/judge/text", R"({"input":"x"})");
  request.headers = {{"authorization", "Bearer " + slow.key.text()}};
  EXPECT_EQ(wait_for(router.answer(request)).status, 200);
  const net::Response limited = wait_for(router.answer(request));
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(header(limited, "retry-after"), "60");
  EXPECT_THAT(limited.body, HasSubstr(R"("code":"rate_limit_exceeded")"));
}

TEST(Router, NoCacheKeepsAnAnswer) {
  Gate gate;
  EXPECT_EQ(header(gate.ask("POST", "/v1/judge/text", R"({"input":"x"})"), "cache-control"),
            "no-store");
  EXPECT_EQ(header(gate.ask("GET", "/nowhere"), "cache-control"), "no-store");
}

TEST(Router, CountsRequestsByRouteAndStatus) {
  Gate gate;
  gate.ask("POST", "/v1/judge/text", R"({"input":"x"})");
  gate.ask("POST", "/v1/judge/text", R"({"input":"x"})");
  gate.ask("POST", "/v1/judge/text", "{}");
  gate.ask("GET", "/nowhere");
  gate.ask("GET", "/v1/judge");
  const std::string printed = gate.ask("GET", "/metrics").body;
  const std::string name = "sekisho_http_requests_total";
  for (const std::string& line : {
           name + R"({route="/v1/judge/text",status="200"} 2)",
           name + R"({route="/v1/judge/text",status="422"} 1)",
           name + R"({route="none",status="404"} 1)",
           name + R"({route="none",status="405"} 1)",
           std::string(R"(sekisho_http_request_seconds_count{route="/v1/judge/text"} 3)"),
       }) {
    EXPECT_THAT(printed, HasSubstr(line + "\n"));
  }
}

}  // namespace
}  // namespace sekisho::server
