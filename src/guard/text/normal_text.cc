#include "guard/text/normal_text.h"

#include <algorithm>

#include "base/utf8.h"
#include "guard/text/derived_views.h"
#include "guard/text/fold.h"
#include "guard/text/tables.h"

namespace sekisho::text {
namespace {

Error too_long(std::size_t code_points, std::size_t code_points_max) {
  return {ErrorCode::kTooLong, "the text has " + std::to_string(code_points) +
                                   " characters; at most " + std::to_string(code_points_max) +
                                   " are judged"};
}

bool is_visible(char32_t code_point) {
  return (record_of(code_point).flags & kWhite) == 0;
}

}  // namespace

Span View::original(std::size_t begin, std::size_t end) const {
  if (begin >= end || end > origins.size()) bug("a piece of a view that is not there");
  Span whole = origins[begin];
  for (std::size_t at = begin + 1; at < end; ++at) {
    whole.begin = std::min(whole.begin, origins[at].begin);
    whole.end = std::max(whole.end, origins[at].end);
  }
  return whole;
}

Result<NormalText> NormalText::create(std::string raw, std::size_t code_points_max) {
  if (raw.empty()) return invalid("the text is empty");
  if (const auto at = utf8::first_invalid_byte(raw)) {
    return invalid("the text is not UTF-8: byte " + std::to_string(*at) + " is wrong");
  }
  const std::size_t code_points = utf8::count(raw);
  if (code_points > code_points_max) return too_long(code_points, code_points_max);

  const std::u32string decoded = utf8::decode(raw);
  Folded folded = fold(decoded);
  if (std::none_of(folded.code_points.begin(), folded.code_points.end(), is_visible)) {
    return unprocessable("the text has nothing visible in it");
  }

  NormalText text;
  text.code_points_ = code_points;
  text.folded_ = folded.code_points != decoded;
  View& canonical = text.views_.emplace_back();
  canonical.text = text.folded_ ? utf8::encode(folded.code_points) : raw;
  canonical.code_points = std::move(folded.code_points);
  canonical.origins = std::move(folded.origins);
  // Whatever hides or reorders text is folded away, so an unfolded text has none of it.
  if (text.folded_) {
    if (auto hidden = hidden_view(decoded)) text.views_.push_back(std::move(*hidden));
    if (auto visual = visual_view(decoded)) text.views_.push_back(std::move(*visual));
  }
  text.raw_ = std::move(raw);
  return text;
}

}  // namespace sekisho::text
