// WordList: the words of a category set, found literally in every view of a text.
//
// Words are matched in their canonical form and without regard to the case of Latin letters, so a
// disguise that the canonical text undoes does not hide them.
// Method: candidates by their first two code points, then a comparison; time O(text × words that
// share a beginning). Thread safety: immutable.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "guard/text/normal_text.h"

namespace sekisho::policy {

class WordList {
 public:
  // `word` belongs to category number `category`. False when nothing visible is left of it.
  bool add(std::string_view word, std::size_t category);
  // Calls `hit` for every occurrence, once a place and category.
  void find(const text::NormalText& text,
            const std::function<void(std::size_t category, text::Span span)>& hit) const;
  bool empty() const { return words_.empty(); }

 private:
  struct Word {
    std::u32string code_points;
    std::size_t category = 0;
  };
  std::unordered_map<std::uint64_t, std::vector<Word>> words_;  // by the first two code points
};

}  // namespace sekisho::policy
