#include "guard/policy/word_list.h"

#include <set>
#include <tuple>

#include "guard/text/letter_case.h"

namespace sekisho::policy {
namespace {

std::uint64_t beginning(std::u32string_view text) {
  return static_cast<std::uint64_t>(text[0]) << 32 | (text.size() > 1 ? text[1] : U'\0');
}

}  // namespace

bool WordList::add(std::string_view word, std::size_t category) {
  const auto normal = text::NormalText::create(std::string(word));
  if (!normal.ok() || normal->canonical().code_points.empty()) return false;
  std::u32string code_points = text::lower(normal->canonical().code_points);
  const std::uint64_t key = beginning(code_points);
  words_[key].push_back({std::move(code_points), category});
  return true;
}

void WordList::find(const text::NormalText& text,
                    const std::function<void(std::size_t, text::Span)>& hit) const {
  if (words_.empty()) return;
  std::set<std::tuple<std::size_t, std::uint32_t, std::uint32_t>> seen;
  for (const text::View& view : text.views()) {
    const std::u32string folded = text::lower(view.code_points);
    for (std::size_t at = 0; at < folded.size(); ++at) {
      const std::u32string_view rest = std::u32string_view(folded).substr(at);
      // A word of one code point stands under (c, 0), longer ones under their first two.
      for (const std::uint64_t key : {beginning(rest), beginning(rest.substr(0, 1))}) {
        const auto bucket = words_.find(key);
        if (bucket == words_.end()) continue;
        for (const Word& word : bucket->second) {
          if (!rest.starts_with(word.code_points)) continue;
          const text::Span span = view.original(at, at + word.code_points.size());
          if (seen.emplace(word.category, span.begin, span.end).second) hit(word.category, span);
        }
      }
    }
  }
}

}  // namespace sekisho::policy
