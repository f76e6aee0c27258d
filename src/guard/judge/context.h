// Context: the words of a view that say what a number or a key near them is.
//
// Two kinds of words matter: *labels* ("口座番号", "追跡番号") name what follows, or rarely what
// precedes, and *marks* ("ダミー", "失効済み") say that it is not real. A label reaches so far and
// no farther; the nearest one that reaches wins.
// Time linear in the text. Thread safety: immutable.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "guard/judge/finding_list.h"

namespace sekisho::judge {

enum class Word : std::uint8_t {
  kNothing,  // a longer word that hides a shorter one: 見本市
  // Marks.
  kSample,  // テスト用, ダミー, 記入例, 失効済み …
  kReal,    // 実際の …: takes back a mark that stands before it
  // Labels of numbers.
  kMyNumber,
  kCard,
  kAccount,      // 口座番号, 普通預金: an account by itself
  kAccountType,  // 普通, 当座: an account where a bank is named before
  kPassport,
  kLicence,
  kInsurance,  // 被保険者番号
  kPhone,
  kPostalCode,
  kOther,  // 注文番号, 追跡番号, JAN …: numbers of things
  // Words that do not name the number.
  kParcel,           // 荷物, 配送 …: numbers here are likely those of things
  kBank,             // 銀行, 信金 …
  kPostOffice,       // ゆうちょ
  kPayee,            // 請求書, お振込先, カ): an account meant to be known
  kHealthInsurance,  // 保険証, 健康保険 …
  kIpAddress,        // IP, サーバ …
  kVersion,          // バージョン
};

class Context {
 public:
  explicit Context(std::u32string_view text);

  // What the nearest label says of `range`; kNothing when none reaches.
  Word label(Range range) const;
  // Whether `range` is marked as test, sample, placeholder, revoked or rotated.
  bool marked(Range range) const;
  bool has(Word word) const { return seen_ >> static_cast<unsigned>(word) & 1; }
  // Whether `word` ends at most `reach` code points before `range`.
  bool before(Word word, Range range, std::size_t reach) const;

 private:
  struct Hit {
    Range range;
    Word word;
  };
  // The first hit that begins at or behind `at`.
  std::vector<Hit>::const_iterator first_from(std::size_t at) const;
  bool same_sentence(std::size_t begin, std::size_t end) const;
  void add_unknown_number_label(std::size_t at);

  std::u32string_view text_;
  std::vector<Hit> hits_;  // in order, not overlapping
  std::uint32_t seen_ = 0;
};

}  // namespace sekisho::judge
