#include "guard/journal/masking.h"

#include <algorithm>

#include "base/utf8.h"
#include "guard/policy/category.h"

namespace sekisho::journal {

std::string mask(std::string_view raw, const std::vector<judge::Finding>& findings) {
  struct Mark {
    text::Span span;
    std::string_view kind;
    std::uint32_t width = 0;  // of the finding that names the kind
  };
  std::vector<Mark> marks;
  for (const judge::Finding& finding : findings) {
    if (finding.category != policy::kPrivacySelf && finding.category != policy::kSecret) continue;
    marks.push_back({finding.span, finding.reason, finding.span.end - finding.span.begin});
  }
  if (marks.empty()) return std::string(raw);
  std::sort(marks.begin(), marks.end(),
            [](const Mark& a, const Mark& b) { return a.span.begin < b.span.begin; });
  std::vector<Mark> merged;
  for (const Mark& mark : marks) {
    if (merged.empty() || mark.span.begin >= merged.back().span.end) {
      merged.push_back(mark);
      continue;
    }
    Mark& last = merged.back();
    last.span.end = std::max(last.span.end, mark.span.end);
    if (mark.width > last.width) {
      last.kind = mark.kind;
      last.width = mark.width;
    }
  }
  std::string out;
  std::size_t at = 0;
  for (const Mark& mark : merged) {
    out.append(utf8::slice(raw, at, mark.span.begin));
    out.append("［").append(mark.kind).append("］");
    at = mark.span.end;
  }
  out.append(utf8::slice(raw, at, utf8::count(raw)));
  return out;
}

}  // namespace sekisho::journal
