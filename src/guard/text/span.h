// Span: a piece of a text, in code points of the text as it was sent.
#pragma once

#include <cstdint>

namespace sekisho::text {

struct Span {
  std::uint32_t begin = 0;  // first code point
  std::uint32_t end = 0;    // behind the last one

  bool operator==(const Span&) const = default;
  bool overlaps(const Span& other) const { return begin < other.end && other.begin < end; }
};

}  // namespace sekisho::text
