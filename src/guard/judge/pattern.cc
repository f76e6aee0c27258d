#include "guard/judge/pattern.h"

#include <re2/re2.h>

#include <string>

#include "base/result.h"
#include "base/utf8.h"

namespace sekisho::judge {
namespace {

constexpr std::int64_t kProgramBytes = 8 << 20;

RE2::Options options() {
  RE2::Options options;
  options.set_max_mem(kProgramBytes);
  options.set_log_errors(false);
  return options;
}

std::string_view plain(re2::StringPiece piece) {
  return {piece.data(), piece.size()};
}

}  // namespace

struct Pattern::Program {
  explicit Program(std::string_view expression)
      : re2(re2::StringPiece(expression.data(), expression.size()), options()) {}
  RE2 re2;
};

Pattern::Pattern(std::string_view expression) : program_(std::make_unique<Program>(expression)) {
  if (!program_->re2.ok()) bug(program_->re2.error().c_str());
  if (program_->re2.NumberOfCapturingGroups() > static_cast<int>(kGroups)) {
    bug("a pattern with too many groups");
  }
}

Pattern::~Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;

std::vector<Pattern::Match> Pattern::matches(const text::View& view) const {
  std::vector<Match> matches;
  const std::string_view text = view.text;
  const int pieces = 1 + program_->re2.NumberOfCapturingGroups();
  std::array<re2::StringPiece, 1 + kGroups> piece;
  std::size_t at = 0;       // bytes
  std::size_t counted = 0;  // bytes whose code points are in `code_points`
  std::size_t code_points = 0;
  const auto code_points_until = [&](std::size_t byte) {
    code_points += utf8::count(text.substr(counted, byte - counted));
    counted = byte;
    return code_points;
  };
  while (at < text.size() && program_->re2.Match({text.data(), text.size()}, at, text.size(),
                                                 RE2::UNANCHORED, piece.data(), pieces)) {
    const auto begin = static_cast<std::size_t>(piece[0].data() - text.data());
    const std::size_t end = begin + piece[0].size();
    if (begin == end) bug("a pattern that matches nothing");
    Match match;
    match.range.begin = code_points_until(begin);
    match.range.end = code_points_until(end);
    match.text = text.substr(begin, end - begin);
    match.before = text.substr(0, begin);
    match.after = text.substr(end);
    for (int group = 1; group < pieces; ++group) match.groups[group - 1] = plain(piece[group]);
    matches.push_back(match);
    at = end;
  }
  return matches;
}

}  // namespace sekisho::judge
