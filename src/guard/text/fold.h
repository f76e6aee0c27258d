// Folding: a text with its reversible disguises undone.
//
// One pass over segments (a base and what follows it) with the tables of tables.h; ICU composes the
// few segments that need it. Two short passes follow, which need their neighbours: dashes between
// digits, and look-alikes in words that mix scripts. fold(fold(x)) == fold(x).
// Method and rules: docs/design/0003-canonical-text.md. Thread safety: pure functions. Linear time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "guard/text/span.h"

namespace sekisho::text {

struct Folded {
  std::u32string code_points;
  std::vector<Span> origins;  // origins[i]: the code points of the input that made code_points[i]
};

// `text` holds Unicode scalar values only.
Folded fold(std::u32string_view text);

// The number of code points of the flag of England, Scotland or Wales at the start of `text`: a
// black flag with tag characters. 0 when there is none.
std::size_t subregion_flag_size(std::u32string_view text);

}  // namespace sekisho::text
