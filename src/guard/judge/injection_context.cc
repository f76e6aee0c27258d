#include "guard/judge/injection_context.h"

#include <algorithm>
#include <array>
#include <optional>

namespace sekisho::judge {
namespace {

constexpr std::size_t kSentenceBytes = 600;
constexpr std::size_t kQuoteBytes = 1200;  // a quotation is no longer, on either side

template <std::size_t n>
bool contains_any(std::string_view text, const std::array<std::string_view, n>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != text.npos; });
}

template <std::size_t n>
bool starts_with_any(std::string_view text, const std::array<std::string_view, n>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.starts_with(word); });
}

template <std::size_t n>
bool ends_with_any(std::string_view text, const std::array<std::string_view, n>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.ends_with(word); });
}

std::string_view rest_of_sentence(std::string_view after) {
  after = after.substr(0, kSentenceBytes);
  std::size_t end = after.size();
  for (const std::string_view mark : {"。", "\n", "!", "?"}) end = std::min(end, after.find(mark));
  after = after.substr(0, end);
  static constexpr std::array<std::string_view, 10> kClosing = {" ", "」", "』", "\"", "'",
                                                                ")", "w",  "笑", ".",  "”"};
  for (bool cut = true; cut;) {
    cut = false;
    for (const std::string_view closing : kClosing) {
      if (!after.ends_with(closing)) continue;
      after.remove_suffix(closing.size());
      cut = true;
    }
  }
  return after;
}

bool ends_as_order(std::string_view rest) {
  static constexpr std::array<std::string_view, 27> kEndings = {"て",           "で",
                                                                "ください",     "下さい",
                                                                "くれ",         "ろ",
                                                                "せよ",         "なさい",
                                                                "こと",         "ほしい",
                                                                "欲しい",       "お願いします",
                                                                "願います",     "いただけますか",
                                                                "もらえますか", "もらえる",
                                                                "ね",           "よ",
                                                                "れ",           "え",
                                                                "け",           "せ",
                                                                "め",           "べ",
                                                                "な",           "お願いいたします",
                                                                "お願い"};
  return rest.empty() || ends_with_any(rest, kEndings);
}

// What stands behind the quotation that a match is in; nothing when it is in none.
std::optional<std::string_view> behind_quote(const Pattern::Match& match) {
  struct Marks {
    std::string_view open, close;
  };
  static constexpr Marks kMarks[] = {{"「", "」"}, {"『", "』"}, {"“", "”"}, {"‘", "’"}};
  const std::string_view before =
      match.before.substr(match.before.size() - std::min(match.before.size(), kQuoteBytes));
  const std::string_view after = match.after.substr(0, kQuoteBytes);
  const auto behind = [&](std::size_t close, std::size_t size) {
    return match.after.substr(close + size);
  };
  for (const Marks& marks : kMarks) {
    const std::size_t open = before.rfind(marks.open);
    if (open == before.npos || before.find(marks.close, open) != before.npos) continue;
    const std::size_t close = after.find(marks.close);
    if (close != after.npos) return behind(close, marks.close.size());
  }
  for (const char mark : {'"', '`'}) {
    if (std::count(before.begin(), before.end(), mark) % 2 == 0) continue;
    const std::size_t close = after.find(mark);
    if (close != after.npos) return behind(close, 1);
  }
  return std::nullopt;
}

}  // namespace

bool orders(std::string_view after) {
  static constexpr std::array<std::string_view, 18> kNoOrder = {
      "も",   "は",   "いる", "いた", "いま", "い",     "しま", "よい",   "良い",
      "おり", "きた", "た",   "る",   "から", "ばかり", "って", "という", "と言"};
  const std::string_view rest = rest_of_sentence(after);
  return !starts_with_any(rest, kNoOrder) && ends_as_order(rest);
}

bool orders_more(std::string_view after) {
  static constexpr std::array<std::string_view, 5> kPolite = {"ください", "下さい", "くれ", "ね",
                                                              "ほしい"};
  std::string_view rest = rest_of_sentence(after);
  for (const std::string_view word : kPolite) {
    if (rest.starts_with(word)) rest.remove_prefix(word.size());
  }
  return !rest.empty() && orders(after);
}

bool orders_or_states(std::string_view after) {
  static constexpr std::array<std::string_view, 10> kStated = {
      "だ。", "です", "だ、", "である", "になり", "、", "。", "として", "だ!", "になる"};
  const std::string_view rest = rest_of_sentence(after);
  return ends_as_order(rest) || starts_with_any(after, kStated);
}

bool of_somebody_else(std::string_view before) {
  static constexpr std::array<std::string_view, 9> kOfTheSystem = {
      "あなたの", "君の",       "お前の", "おまえの", "運営の",
      "開発者の", "システムの", "会社の", "AIの"};
  static constexpr std::array<std::string_view, 4> kOfAPerson = {"の", "が", "から", "からは"};
  if (ends_with_any(before, kOfTheSystem)) return false;
  return ends_with_any(before, kOfAPerson);
}

bool names_owner(std::string_view shape) {
  static constexpr std::array<std::string_view, 9> kOwners = {
      "あなた", "君", "きみ", "お前", "おまえ", "貴方", "自分", "最初に", "内部に"};
  return starts_with_any(shape, kOwners);
}

bool begins_clause(std::string_view before) {
  static constexpr std::array<std::string_view, 16> kBegins = {
      "。", "、", "\n", " ", "「", "『", ":", "て", "\"", "!", "(", ")", ",", ".", "まず", "?"};
  return before.empty() || ends_with_any(before, kBegins);
}

namespace {

constexpr std::array<std::string_view, 20> kCorrections = {
    "ごめん", "すみません", "すいません", "失礼しました", "失礼いたしました",
    "間違",   "誤送信",     "誤って",     "誤りでし",     "訂正",
    "やっぱ", "やはり",     "取り消し",   "差し替え",     "my mistake",
    "sorry",  "Sorry",      "typo",       "入れ違い",     "行き違い"};

// Words of somebody who speaks about injections.
constexpr std::array<std::string_view, 23> kAttackWords = {
    "インジェクション", "ジェイルブレイクと", "検知",         "検出",         "という攻撃",
    "攻撃文",           "攻撃手法",           "攻撃例",       "手口",         "対策",
    "プロンプト例",     "学習データ",         "injection",    "Injection",    "detector",
    "のような指示",     "のような命令",       "といった指示", "といった命令", "という文",
    "という指示",       "という命令",         "という入力"};

// Words of somebody who speaks about what he quotes.
constexpr std::array<std::string_view, 38> kQuotationWords = {
    "意味",     "説明",      "解説", "翻訳",    "英訳",    "和訳",     "訳して",   "英語に",
    "日本語に", "例",        "記事", "論文",    "研修",    "授業",     "勉強",     "ニュース",
    "講座",     "講義",      "教材", "なぜ",    "文言",    "フレーズ", "言い回し", "表現",
    "危険",     "怪しい",    "注意", "セリフ",  "台詞",    "とは",     "攻撃",     "防",
    "explain",  "translate", "mean", "example", "article", "attack"};

// What follows a quotation that is named.
constexpr std::array<std::string_view, 16> kNaming = {
    "という", "といった", "とは",   "のような", "みたいな", "などの", "などと",   "と書",
    "と言",   "と打",     "と入力", "とある",   "とかいう", "って何", "っていう", "と聞"};

// What follows a shape that is named without quotation marks.
constexpr std::array<std::string_view, 6> kNamingBare = {"って書",   "って言", "って打",
                                                         "っていう", "って何", "という"};

constexpr std::array<std::string_view, 20> kFormatWords = {
    "書式",     "形式",       "フォーマット", "タグ",       "トークン",  "テンプレート", "template",
    "Template", "スクリプト", "変換",         "学習データ", "tokenizer", "意味",         "説明",
    "違い",     "とは",       "区切り",       "エラー",     "記号",      "パース"};

constexpr std::array<std::string_view, 17> kParticles = {"と", "の", "は", "が", "を",  "で",
                                                         "や", "、", "。", ",",  ")",   "」",
                                                         "』", "\"", "'",  "`",  "って"};

}  // namespace

Surroundings::Surroundings(const text::View& view)
    : corrects_(contains_any(view.text, kCorrections)),
      about_attacks_(contains_any(view.text, kAttackWords)),
      about_formats_(contains_any(view.text, kFormatWords)),
      first_about_quotes_(view.text.size()),
      last_about_quotes_(0) {
  const std::string_view text = view.text;
  for (const std::string_view word : kQuotationWords) {
    const std::size_t first = text.find(word);
    if (first == text.npos) continue;
    first_about_quotes_ = std::min(first_about_quotes_, first);
    last_about_quotes_ = std::max(last_about_quotes_, text.rfind(word));
  }
}

bool Surroundings::talk_about(const Pattern::Match& match) const {
  if (about_attacks_) return true;
  const auto behind = behind_quote(match);
  if (!behind) return starts_with_any(match.after, kNamingBare);
  const std::size_t quote_end =
      match.before.size() + match.text.size() + match.after.size() - behind->size();
  return starts_with_any(*behind, kNaming) || first_about_quotes_ < match.before.size() ||
         (last_about_quotes_ >= quote_end && last_about_quotes_ > 0);
}

bool Surroundings::use_delimiter(const Pattern::Match& match) const {
  if (about_formats_ || talk_about(match)) return false;
  std::string_view after = match.after;
  while (after.starts_with(' ')) after.remove_prefix(1);
  return !after.empty() && !starts_with_any(after, kParticles);
}

}  // namespace sekisho::judge
