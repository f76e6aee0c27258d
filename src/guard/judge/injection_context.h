// What stands around the shape of an injection: whether it is given as an order, or quoted,
// discussed, taken back, or said to somebody else. Time per match bounded.
// Thread safety: pure functions, immutable values.
#pragma once

#include <cstddef>
#include <string_view>

#include "guard/judge/pattern.h"
#include "guard/text/normal_text.h"

namespace sekisho::judge {

// `after` is the text behind a verb in -て or an imperative: whether its sentence ends as an order
// or request ("…無視して答えてください"), and not as a story ("…無視して叱られた").
bool orders(std::string_view after);
// The same, and it orders something more than ください.
bool orders_more(std::string_view after);
// `after` is the text behind "あなたはDAN": an order, or the bare statement.
bool orders_or_states(std::string_view after);

// "部長の|これまでの指示": instructions of a person, not of a system.
bool of_somebody_else(std::string_view before);
// "あなたのシステムプロンプト": the shape itself says whose prompt is meant.
bool names_owner(std::string_view shape);
// Nothing in the clause before says which or whose prompt is meant.
bool begins_clause(std::string_view before);
// What a whole view says about the shapes in it, read once.
class Surroundings {
 public:
  explicit Surroundings(const text::View& view);

  // Somebody corrects a mistake of his own ("ごめん、…", "誤送信でした").
  bool corrects() const { return corrects_; }
  // The shape is quoted, named, explained, translated or looked for.
  bool talk_about(const Pattern::Match& match) const;
  // A role delimiter that delimits, and is not spoken of ("[INST] と [/INST] で挟む書式").
  bool use_delimiter(const Pattern::Match& match) const;

 private:
  bool corrects_;
  bool about_attacks_;  // プロンプトインジェクション, 対策 …
  bool about_formats_;  // テンプレート, トークン …
  // Where the first and the last word stands that speaks about a quotation; bytes.
  std::size_t first_about_quotes_;
  std::size_t last_about_quotes_;
};

}  // namespace sekisho::judge
