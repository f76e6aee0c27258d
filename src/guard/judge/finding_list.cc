#include "guard/judge/finding_list.h"

#include <algorithm>
#include <string>
#include <tuple>

namespace sekisho::judge {

void FindingList::add(const text::View& view, Range range, std::string_view reason,
                      policy::Action action) {
  found_.push_back(
      {std::string(category_), view.original(range.begin, range.end), std::string(reason), action});
}

void FindingList::drop_repeats() {
  const auto begin = found_.begin() + static_cast<std::ptrdiff_t>(first_);
  std::sort(begin, found_.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.span.begin, a.span.end, a.reason, a.action) <
           std::tie(b.span.begin, b.span.end, b.reason, b.action);
  });
  found_.erase(std::unique(begin, found_.end()), found_.end());
}

}  // namespace sekisho::judge
