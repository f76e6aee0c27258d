#include <algorithm>
#include <array>
#include <bitset>
#include <optional>
#include <string>

#include "guard/judge/context.h"
#include "guard/judge/detectors.h"
#include "guard/judge/letters.h"
#include "guard/judge/pattern.h"

namespace sekisho::judge {
namespace {

constexpr std::size_t kAsciiRunMin = 12;  // "pass=a1B2c3d" is the shortest secret there is
constexpr std::size_t kKeyMin = 16;
constexpr std::size_t kPasswordMin = 8;
constexpr std::size_t kPrivateKeyBodyMin = 16;

std::string folded(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(lower(static_cast<unsigned char>(c)));
  return out;
}

template <std::size_t n>
bool contains_any(std::string_view text, const std::array<std::string_view, n>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != text.npos; });
}

// What people write where a secret would stand.
bool is_placeholder(std::string_view value) {
  static constexpr std::array<std::string_view, 27> kWords = {
      "example", "sample",  "dummy",   "xxx",    "your",     "placeholder", "changeme",
      "change_", "change-", "replace", "insert", "redacted", "todo",        "fake",
      "mock",    "<",       "${",      "{{",     "***",      "...",         "abcdef",
      "012345",  "123456",  "test_",   "-test",  "_test",    "test-"};
  return contains_any(folded(value), kWords);
}

struct Letters {
  std::size_t digits = 0, upper = 0, lower = 0, others = 0, distinct = 0;
  bool hex = true;
};

Letters letters_of(std::string_view value) {
  Letters letters;
  std::bitset<256> seen;
  for (const char c : value) {
    const auto code_point = static_cast<char32_t>(static_cast<unsigned char>(c));
    seen.set(static_cast<unsigned char>(c));
    if (is_digit(code_point)) {
      ++letters.digits;
    } else if (is_upper(code_point)) {
      ++letters.upper;
    } else if (is_ascii_letter(code_point)) {
      ++letters.lower;
    } else {
      ++letters.others;
    }
    letters.hex &= is_digit(code_point) || (lower(code_point) >= U'a' && lower(code_point) <= U'f');
  }
  letters.distinct = seen.count();
  return letters;
}

bool is_uuid(std::string_view value) {
  if (value.size() != 36) return false;
  for (std::size_t at = 0; at < value.size(); ++at) {
    const bool dash = at == 8 || at == 13 || at == 18 || at == 23;
    if (dash != (value[at] == '-')) return false;
  }
  return letters_of(value).others == 4;
}

bool is_ulid(std::string_view value) {
  return value.size() == 26 && value[0] <= '7' &&
         value.find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ") == value.npos;
}

// Whether a machine drew `value`. Names, paths, dates and code are not random; UUIDs and ULIDs are
// identifiers.
bool looks_random(std::string_view value) {
  if (value.size() < kKeyMin || is_placeholder(value) || is_uuid(value) || is_ulid(value)) {
    return false;
  }
  const Letters letters = letters_of(value);
  if (letters.digits < 2 || letters.others * 4 > value.size()) return false;
  if (letters.hex) return value.size() >= 32 && letters.distinct >= 8;
  if (letters.upper > 0 && letters.lower > 0) return letters.distinct >= 10;
  return value.size() >= 24 && letters.digits >= 4 && letters.distinct >= 12;
}

bool looks_like_password(std::string_view value) {
  static constexpr std::array<std::string_view, 4> kWeak = {"password", "passw0rd", "secret1",
                                                            "null"};
  if (value.size() < kPasswordMin || is_placeholder(value) || contains_any(folded(value), kWeak)) {
    return false;
  }
  const Letters letters = letters_of(value);
  const int classes = (letters.digits > 0 ? 1 : 0) + (letters.upper > 0 ? 1 : 0) +
                      (letters.lower > 0 ? 1 : 0) + (letters.others > 0 ? 1 : 0);
  return letters.digits > 0 && letters.upper + letters.lower > 0 && letters.distinct >= 6 &&
         (classes >= 3 || value.size() >= 12);
}

// Code that reads a secret from elsewhere instead of holding it.
bool is_code(std::string_view value) {
  static constexpr std::array<std::string_view, 8> kWords = {"(",   ")",      "[",      "]",
                                                             "env", "config", "vault:", "::"};
  return value.starts_with('$') || value.starts_with('%') || value.starts_with('{') ||
         contains_any(value, kWords);
}

class SecretDetector : public Detector {
 public:
  std::string_view name() const override { return "secrets"; }

  void detect(const text::NormalText& text, std::vector<Finding>& found) const override {
    FindingList list(policy::kSecret, found);
    for (const text::View& view : text.views()) {
      if (!has_ascii_run(view.code_points)) continue;
      const Context context(view.code_points);
      std::vector<Range> taken;
      find_private_keys(view, context, list, taken);
      find_known(view, context, list, taken);
      find_urls(view, context, list, taken);
      find_assigned(view, context, list, taken);
    }
    list.drop_repeats();
  }

 private:
  static bool has_ascii_run(std::u32string_view text) {
    std::size_t run = 0;
    for (const char32_t c : text) {
      // A space alone does not end it: "password = …".
      run = is_visible_ascii(c) || (c == U' ' && run > 0) ? run + 1 : 0;
      if (run >= kAsciiRunMin) return true;
    }
    return false;
  }

  static bool overlaps(const std::vector<Range>& taken, Range range) {
    return std::any_of(taken.begin(), taken.end(),
                       [&](const Range& other) { return other.overlaps(range); });
  }

  static void take(const text::View& view, const Context& context, Range range,
                   std::string_view reason, FindingList& list, std::vector<Range>& taken) {
    if (overlaps(taken, range)) return;
    taken.push_back(range);
    if (!context.marked(range)) list.add(view, range, reason);
  }

  void find_known(const text::View& view, const Context& context, FindingList& list,
                  std::vector<Range>& taken) const {
    for (const Pattern::Match& match : known_.matches(view)) {
      const std::string_view value = match.text;
      if (is_placeholder(value)) continue;
      const bool jwt = value.starts_with("eyJ");
      const bool aws = value.size() == 20 && letters_of(value).lower == 0;
      if (!jwt && !aws && !looks_random(value)) continue;
      take(view, context, match.range, jwt ? "jwt" : "api_key", list, taken);
    }
    for (const Pattern::Match& match : bearer_.matches(view)) {
      if (looks_random(match.groups[0])) {
        take(view, context, match.range, "api_key", list, taken);
      }
    }
  }

  void find_private_keys(const text::View& view, const Context& context, FindingList& list,
                         std::vector<Range>& taken) const {
    const std::u32string_view text = view.code_points;
    for (const Pattern::Match& match : private_key_.matches(view)) {
      // The body: base64 with line ends, which may be written as \n, up to the closing line.
      std::size_t end = match.range.end;
      std::size_t body = 0;
      for (; end < text.size(); ++end) {
        const char32_t c = text[end];
        if (is_alphanumeric(c) || c == U'+' || c == U'/') {
          ++body;
        } else if (c != U'=' && c != U'\n' && c != U'\r' && c != U' ' && c != U'\\') {
          break;
        }
      }
      if (body < kPrivateKeyBodyMin) continue;
      static constexpr std::u32string_view kClosing = U"-----END ";
      if (text.substr(end).starts_with(kClosing)) {
        const std::size_t closed = text.find(U"-----", end + kClosing.size());
        if (closed != text.npos && closed - end < 64) end = closed + 5;
      }
      const Range range{match.range.begin, end};
      take(view, context, range, "private_key", list, taken);
    }
  }

  void find_urls(const text::View& view, const Context& context, FindingList& list,
                 std::vector<Range>& taken) const {
    static constexpr std::array<std::string_view, 8> kExampleHosts = {
        "example.com", "example.org", "example.net", "example.jp",
        "<",           "hostname",    "HOST",        "host:"};
    static constexpr std::array<std::string_view, 10> kNotPasswords = {
        "password", "passwd", "pass", "pwd", "secret", "pw", "token", "user", "p", "パスワード"};
    for (const Pattern::Match& match : url_.matches(view)) {
      const std::string_view user = match.groups[0];
      const std::string_view password = match.groups[1];
      const std::string_view host = match.groups[2];
      const std::string lower_password = folded(password);
      const bool example_host = std::any_of(
          kExampleHosts.begin(), kExampleHosts.end(),
          [&](std::string_view name) { return host.starts_with(name) || host.ends_with(name); });
      const bool port = letters_of(password).digits == password.size() && password.size() <= 5;
      if (example_host || port || is_placeholder(password) || is_code(password) ||
          folded(user) == lower_password || host == "host" ||
          std::find(kNotPasswords.begin(), kNotPasswords.end(), lower_password) !=
              kNotPasswords.end()) {
        continue;
      }
      take(view, context, match.range, "url_credentials", list, taken);
    }
  }

  void find_assigned(const text::View& view, const Context& context, FindingList& list,
                     std::vector<Range>& taken) const {
    std::optional<bool> connection;  // whether servers or users are assigned beside it
    for (const Pattern::Match& match : assigned_.matches(view)) {
      const std::string key = folded(match.groups[0]);
      const std::string_view value = match.groups[1];
      static constexpr std::array<std::string_view, 9> kHarmless = {
          "public", "page", "next", "csrf", "publishable", "continuation", "_id", "hash", "cache"};
      if (contains_any(key, kHarmless) || is_code(value)) continue;
      const bool password = key.ends_with("pass") || key.ends_with("password") ||
                            key.ends_with("passwd") || key.ends_with("pwd");
      if (password ? !looks_like_password(value) : !looks_random(value)) continue;
      if (password && !connection) connection = !connection_.matches(view).empty();
      const std::string_view reason =
          !password ? "api_key" : (*connection ? "connection_string" : "credential");
      take(view, context, match.range, reason, list, taken);
    }
  }

  // Shapes that the issuers of keys document.
  const Pattern known_{
      R"(\b(?:(?:AKIA|ASIA)[A-Z0-9]{16}\b|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{40,}|)"
      R"(glpat-[A-Za-z0-9_\-]{20,}|xox[abeoprs]-[A-Za-z0-9\-]{16,}|xapp-[A-Za-z0-9\-]{20,}|)"
      R"(https://hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{16,}|)"
      R"((?:sk|rk|pk)-[A-Za-z0-9_\-]{20,}|AIza[A-Za-z0-9_\-]{30,}|ya29\.[A-Za-z0-9_\-]{20,}|)"
      R"(GOCSPX-[A-Za-z0-9_\-]{20,}|)"
      R"((?:sk|rk|sec)_live_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9]{24,}|hf_[A-Za-z0-9]{30,}|)"
      R"(npm_[A-Za-z0-9]{30,}|)"
      R"(pypi-[A-Za-z0-9_\-]{40,}|SG\.[A-Za-z0-9_\-]{16,}\.[A-Za-z0-9_\-]{30,}|shp(?:at|ca|pa|)"
      R"(ss)_[a-fA-F0-9]{32}|)"
      R"(eyJ[A-Za-z0-9_\-]{10,}\.eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{16,}))"};
  const Pattern bearer_{R"((?i:\bBearer) +([A-Za-z0-9._~+/=\-]{20,}))"};
  const Pattern private_key_{R"(-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----)"};
  const Pattern url_{R"(\b[A-Za-z][A-Za-z0-9+.\-]*://([A-Za-z0-9._~%!$&*+=\-]*):([!#-&(-.0-;)"
                     R"(=?A-~]+)@([A-Za-z0-9.\-\[\]:]+))"};
  const Pattern assigned_{
      R"(([A-Za-z0-9_.\-]*(?i:api[_-]?key|secret[_-]?key|access[_-]?key|account[_-]?key|)"
      R"(auth[_-]?key|master[_-]?key|)"
      R"(encryption[_-]?key|secret|token|password|passwd|pwd|pass))["']?\s*(?::=|=>|=|:)\s*["'`]?)"
      R"(([!#-&(-+\--:<-_a-~]{8,}))"};
  const Pattern connection_{
      R"((?i)(?:server|data source|host|uid|user id|initial catalog|database)\s*=\s*[^\s=])"};
};

}  // namespace

std::unique_ptr<Detector> make_secret_detector() {
  return std::make_unique<SecretDetector>();
}

}  // namespace sekisho::judge
