// Runs tests/cases: requests and answers as plain files. Their form: tests/cases/README.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "server/judge_api/house_test.h"
#include "server/routes.h"

namespace sekisho::server {
namespace {

constexpr std::string_view kAny = "<any>";

struct Case {
  policy::OnUnjudged on_unjudged = policy::OnUnjudged::kError;
  bool scorer_fails = false;
  std::map<std::string, double> scores;
  std::string method;
  std::string path;
  std::string body;
  int status = 0;
  std::string answer;
};

// JSON without the white space between its tokens.
std::string compact(std::string_view json) {
  std::string out;
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"') quoted = !quoted;
    if (quoted && c == '\\') {
      out += c;
      out += json[++i];
      continue;
    }
    if (quoted || (c != ' ' && c != '\n')) out += c;
  }
  return out;
}

// Whether `text` is `pattern`, whose every kAny stands for anything.
bool matches(std::string_view text, std::string_view pattern) {
  const std::size_t any = pattern.find(kAny);
  if (any == std::string_view::npos) return text == pattern;
  if (!text.starts_with(pattern.substr(0, any))) return false;
  const std::string_view rest = pattern.substr(any + kAny.size());
  for (std::size_t skip = any; skip <= text.size(); ++skip) {
    if (matches(text.substr(skip), rest)) return true;
  }
  return false;
}

Status read_setting(const std::string& line, Case& one) {
  std::istringstream words(line);
  std::string name;
  std::string value;
  words >> name >> value;
  if (name == "on_unjudged") {
    const auto choice = policy::parse_on_unjudged(value);
    if (!choice) return invalid("no such choice: " + value);
    one.on_unjudged = *choice;
  } else if (name == "score") {
    words >> one.scores[value];
  } else if (name == "scorer" && value == "fails") {
    one.scorer_fails = true;
  } else {
    return invalid("no such setting: " + line);
  }
  return ok_status();
}

// Blocks of lines between empty ones: settings (may be absent), request, answer.
Result<Case> read_case(const std::filesystem::path& path) {
  Case one;
  std::ifstream file(path);
  std::string line;
  std::string* block = nullptr;  // body or answer, once their first line was read
  while (std::getline(file, line)) {
    if (line.empty() || (line.starts_with("#") && block == nullptr)) continue;
    if (line.starts_with("POST ") || line.starts_with("GET ")) {
      const std::size_t space = line.find(' ');
      one.method = line.substr(0, space);
      one.path = line.substr(space + 1);
      block = &one.body;
    } else if (block == nullptr) {
      CHECK_OK(read_setting(line, one));
    } else if (block == &one.body && line.size() == 3 && std::isdigit(line[0]) != 0) {
      one.status = std::stoi(line);
      block = &one.answer;
    } else {
      *block += line + "\n";
    }
  }
  if (one.method.empty() || one.status == 0) return invalid("no request or no status");
  return one;
}

TEST(Cases, AnswerAsWritten) {
  std::vector<std::filesystem::path> paths;
  for (const auto& file :
       std::filesystem::directory_iterator(std::string(SEKISHO_ROOT) + "/tests/cases")) {
    if (file.path().extension() == ".txt") paths.push_back(file.path());
  }
  std::sort(paths.begin(), paths.end());
  EXPECT_GE(paths.size(), 10u);
  for (const auto& path : paths) {
    SCOPED_TRACE(path.filename().string());
    const auto read = read_case(path);
    ASSERT_TRUE(read.ok()) << read.error().message;
    const Case& one = read.value();
    judge_api::House house(one.on_unjudged);
    if (one.scorer_fails) house.scorer->failure = ErrorCode::kUnavailable;
    house.scorer->score_of = [&](std::string_view, std::string_view category) {
      const auto score = one.scores.find(std::string(category));
      return score == one.scores.end() ? 0.0 : score->second;
    };
    Router router(*house.api, *house.authenticator, house.clock, house.metrics);
    net::Request request;
    request.method = one.method;
    request.path = one.path;
    request.body = one.body;
    request.headers.push_back({"authorization", "Bearer " + house.key.text()});
    const net::Response response = wait_for(router.answer(std::move(request)));
    EXPECT_EQ(response.status, one.status);
    EXPECT_TRUE(matches(response.body, compact(one.answer)))
        << "answer   " << response.body << "\nexpected " << compact(one.answer);
  }
}

TEST(Cases, CanFail) {
  EXPECT_TRUE(matches("{\"id\":\"01\",\"a\":1}", compact("{\"id\": \"<any>\",\n \"a\": 1}")));
  EXPECT_FALSE(matches("{\"id\":\"01\",\"a\":2}", compact("{\"id\": \"<any>\", \"a\": 1}")));
  EXPECT_FALSE(matches("{\"a\":1,\"b\":2}", "{\"a\":1}"));
  EXPECT_EQ(compact(R"({"a b" : "c \" d"})"), R"({"a b":"c \" d"})");
}

}  // namespace
}  // namespace sekisho::server
