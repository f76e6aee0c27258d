// Passwords and PINs that are told in a sentence: "暗証番号は4782です".
#include <algorithm>
#include <array>
#include <string>

#include "guard/judge/letters.h"
#include "guard/judge/pattern.h"
#include "guard/judge/personal_data.h"

namespace sekisho::judge {
namespace {

constexpr std::size_t kSentenceBytes = 240;

// What follows a password that is told, and not one that is spoken of ("…のような", "…だと危ない").
bool tells(std::string_view after) {
  static constexpr std::array<std::string_view, 24> kTails = {
      "です",     "でした",         "でございます", "だよ",     "だから",         "なので",
      "だけど",   "なんだけど",     "だった",       "だw",      "に変更しました", "に設定しました",
      "で登録",   "でログインして", "で入れ",       "で入って", "でお願い",       "を使って",
      "ですので", "な。",           "ね",           "よ",       "で開",           "ですが"};
  while (after.starts_with(' ')) after.remove_prefix(1);
  if (after.empty()) return true;
  static constexpr std::array<std::string_view, 10> kEnds = {"。", "、", "\n", ",",  "!",
                                                             ".",  "/",  ")",  "」", "w"};
  const auto begins = [&](std::string_view tail) { return after.starts_with(tail); };
  return std::any_of(kTails.begin(), kTails.end(), begins) ||
         std::any_of(kEnds.begin(), kEnds.end(), begins);
}

// Whether the sentence around a match speaks of passwords in general, or of ones meant to be known.
bool speaks_generally(std::string_view before, std::string_view after) {
  static constexpr std::array<std::string_view, 30> kWords = {
      "例",   "ような",     "みたいな", "など",   "避け",   "推測",       "危険",   "危ない",
      "単純", "簡単",       "初期",     "出荷時", "工場",   "デフォルト", "既定",   "Wi-Fi",
      "WiFi", "wifi",       "Wi‐Fi",    "無線",   "ゲスト", "桁",         "文字以", "ランキング",
      "禁止", "ワンタイム", "default",  "とか",   "場合",   "すべき"};
  before = before.substr(before.size() > kSentenceBytes ? before.size() - kSentenceBytes : 0);
  for (const std::string_view end : {"。", "\n"}) {
    if (const auto at = before.rfind(end); at != before.npos) before.remove_prefix(at + end.size());
  }
  after = after.substr(0, kSentenceBytes);
  after = after.substr(0, std::min(after.find("。"), after.find('\n')));
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) {
    return before.find(word) != before.npos || after.find(word) != after.npos;
  });
}

bool is_weak_pin(std::string_view digits) {
  return digits.find_first_not_of(digits[0]) == digits.npos || digits == "1234" ||
         digits == "123456" || digits == "12345";
}

// Letters and digits, or a sign among them: a word of a language is not a password.
bool looks_like_password(std::string_view word) {
  bool letter = false;
  bool digit = false;
  for (const char c : word) {
    const auto code_point = static_cast<char32_t>(static_cast<unsigned char>(c));
    letter |= is_ascii_letter(code_point);
    digit |= is_digit(code_point);
  }
  std::string folded(word);
  for (char& c : folded) c = static_cast<char>(lower(static_cast<unsigned char>(c)));
  static constexpr std::array<std::string_view, 11> kPlaceholders = {
      "xxx",  "***", "password", "passw0rd", "p@ss", "changeme",
      "your", "abc", "dummy",    "sample",   "test"};
  return letter && digit && folded.find("://") == folded.npos &&
         std::none_of(
             kPlaceholders.begin(), kPlaceholders.end(),
             [&](std::string_view placeholder) { return folded.find(placeholder) != folded.npos; });
}

}  // namespace

void find_told_passwords(const text::View& view, const Context& context, FindingList& list) {
  static const Pattern pin(
      R"((?:暗証番号|暗証|取引暗証|第二暗証|ロック番号|パスコード|PIN(?:コード|番号)?)(?:は|)"
      R"(が|も|:|=|→|、| )*(\d{4,8}))");
  static const Pattern password(
      R"((?:パスワード|パスフレーズ|パス|PW)(?:は|が|:|=|→| )+[「"']?([A-Za-z0-9!#$%&*+./)"
      R"(:?@^_~\-]{6,64})[」"']?)");
  for (const Pattern::Match& match : pin.matches(view)) {
    const char32_t behind =
        match.range.end < view.code_points.size() ? view.code_points[match.range.end] : U' ';
    if (is_digit(behind) || is_hyphen(behind)) continue;
    if (is_weak_pin(match.groups[0]) && !match.after.starts_with("です")) continue;
    if (!tells(match.after) || speaks_generally(match.before, match.after)) continue;
    if (!context.marked(match.range)) list.add(view, match.range, "password");
  }
  for (const Pattern::Match& match : password.matches(view)) {
    std::string_view word = match.groups[0];
    std::string_view after = match.after;
    if (word.ends_with('.')) {  // of the sentence
      word.remove_suffix(1);
      after = {};
    }
    if (word.size() < 6 || !looks_like_password(word) || !tells(after) ||
        speaks_generally(match.before, after) || context.marked(match.range)) {
      continue;
    }
    list.add(view, match.range, "password");
  }
}

}  // namespace sekisho::judge
