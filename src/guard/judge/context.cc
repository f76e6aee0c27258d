#include "guard/judge/context.h"

#include <algorithm>
#include <bitset>
#include <optional>
#include <string>
#include <unordered_map>

#include "guard/judge/context_words.h"
#include "guard/judge/letters.h"

namespace sekisho::judge {
namespace {

constexpr std::size_t kMarkBefore = 80;  // a heading marks what stands under it
constexpr std::size_t kMarkBehind = 24;
constexpr std::size_t kLabelBehind = 10;

// How far before a number its label may end. Headings ("新入社員のマイナンバー") reach over a list.
std::optional<std::size_t> reach(Word word) {
  switch (word) {
    case Word::kMyNumber:
      return 400;
    case Word::kCard:
    case Word::kPassport:
    case Word::kLicence:
      return 80;
    case Word::kAccount:
    case Word::kInsurance:
    case Word::kPhone:
    case Word::kPostalCode:
    case Word::kOther:
      return 24;
    case Word::kAccountType:
      return 8;
    default:
      return std::nullopt;
  }
}

// The words by their first code point, all of which are in the basic plane.
class Dictionary {
 public:
  Dictionary() {
    for (const ContextWord& word : context_words()) {
      begins_.set(word.text.front());
      words_[word.text.front()].push_back(word);
    }
    for (auto& [first, words] : words_) {
      std::sort(words.begin(), words.end(), [](const ContextWord& a, const ContextWord& b) {
        return a.text.size() > b.text.size();
      });
    }
  }

  // The longest word that begins at `at`.
  const ContextWord* find(std::u32string_view text, std::size_t at) const {
    const char32_t first = lower(text[at]);
    if (first >= begins_.size() || !begins_.test(first)) return nullptr;
    for (const ContextWord& word : words_.at(first)) {
      if (stands(word.text, text, at)) return &word;
    }
    return nullptr;
  }

 private:
  static bool stands(std::u32string_view word, std::u32string_view text, std::size_t at) {
    if (text.size() - at < word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i) {
      if (lower(text[at + i]) != word[i]) return false;
    }
    const std::size_t end = at + word.size();
    if (is_ascii_letter(word.front()) && at > 0) {
      const char32_t before = text[at - 1];
      if (is_ascii_letter(before) || before == U'.' || before == U'@') return false;
    }
    return !is_ascii_letter(word.back()) || end == text.size() || !is_ascii_letter(text[end]);
  }

  std::bitset<0x10000> begins_;
  std::unordered_map<char32_t, std::vector<ContextWord>> words_;  // longest first
};

const Dictionary& dictionary() {
  static const Dictionary instance;
  return instance;
}

}  // namespace

Context::Context(std::u32string_view text) : text_(text) {
  const Dictionary& words = dictionary();
  for (std::size_t at = 0; at < text.size();) {
    const ContextWord* word = words.find(text, at);
    if (word == nullptr) {
      ++at;
      continue;
    }
    if (word->text == U"番号") {
      add_unknown_number_label(at);
    } else {
      hits_.push_back({{at, at + word->text.size()}, word->word});
      seen_ |= 1U << static_cast<unsigned>(word->word);
    }
    at += word->text.size();
  }
}

// 〜番号 where 〜 is no word we know: a number of something else. "その番号" says nothing.
void Context::add_unknown_number_label(std::size_t at) {
  if (at == 0 || !(is_kanji(text_[at - 1]) || is_katakana(text_[at - 1]))) return;
  if (!hits_.empty() && hits_.back().range.end == at && hits_.back().word != Word::kNothing) {
    const Word before = hits_.back().word;
    if (reach(before) || before == Word::kHealthInsurance) return;  // 免許証 + 番号
  }
  hits_.push_back({{at, at + 2}, Word::kOther});
  seen_ |= 1U << static_cast<unsigned>(Word::kOther);
}

std::vector<Context::Hit>::const_iterator Context::first_from(std::size_t at) const {
  return std::lower_bound(hits_.begin(), hits_.end(), at, [](const Hit& hit, std::size_t place) {
    return hit.range.begin < place;
  });
}

bool Context::same_sentence(std::size_t begin, std::size_t end) const {
  return std::none_of(text_.begin() + static_cast<std::ptrdiff_t>(begin),
                      text_.begin() + static_cast<std::ptrdiff_t>(end), ends_sentence);
}

Word Context::label(Range range) const {
  const auto behind = first_from(range.end);
  std::optional<Hit> label;
  for (auto hit = first_from(range.begin); hit != hits_.begin();) {
    --hit;
    const auto reaches = reach(hit->word);
    if (!reaches || hit->range.end > range.begin) continue;
    const std::size_t distance = range.begin - hit->range.end;
    if (distance > 400) break;
    if (distance > *reaches) continue;
    if (hit->word == Word::kOther && distance > 4 && !same_sentence(hit->range.end, range.begin)) {
      continue;
    }
    label = *hit;
    break;
  }
  const std::size_t distance = label ? range.begin - label->range.end : text_.size();
  if (distance <= 4) return label->word;
  // "… という追跡番号", "…(マイナンバー)"
  for (auto hit = behind; hit != hits_.end(); ++hit) {
    const std::size_t distance_behind = hit->range.begin - range.end;
    if (distance_behind > kLabelBehind || distance_behind >= distance) break;
    if (!reach(hit->word)) continue;
    const auto between = text_.substr(range.end, distance_behind);
    if (between.find_first_of(U"、。,\n") != std::u32string_view::npos) break;
    return hit->word;
  }
  return label ? label->word : Word::kNothing;
}

bool Context::marked(Range range) const {
  for (auto hit = first_from(range.end); hit != hits_.end(); ++hit) {
    if (hit->range.begin - range.end > kMarkBehind) break;
    if (hit->word != Word::kSample) continue;
    if (same_sentence(range.end, hit->range.begin)) return true;
    break;
  }
  for (auto hit = first_from(range.begin); hit != hits_.begin();) {
    --hit;
    if (hit->range.end > range.begin) continue;
    if (range.begin - hit->range.end > kMarkBefore) break;
    if (hit->word == Word::kReal) return false;
    if (hit->word == Word::kSample) return true;
  }
  return false;
}

bool Context::before(Word word, Range range, std::size_t reach) const {
  for (auto hit = first_from(range.begin); hit != hits_.begin();) {
    --hit;
    if (hit->range.end > range.begin) continue;
    if (range.begin - hit->range.end > reach) break;
    if (hit->word == word) return true;
  }
  return false;
}

}  // namespace sekisho::judge
