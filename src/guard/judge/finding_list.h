// FindingList: what one detector finds in the views of a text, each thing once.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "guard/judge/evidence.h"
#include "guard/text/normal_text.h"

namespace sekisho::judge {

// A piece of a view: code points [begin, end).
struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t size() const { return end - begin; }
  bool overlaps(const Range& other) const { return begin < other.end && other.begin < end; }
};

// Appends to `found`, which outlives it. Thread safety: one thread.
class FindingList {
 public:
  FindingList(std::string_view category, std::vector<Finding>& found)
      : category_(category), found_(found), first_(found.size()) {}

  void add(const text::View& view, Range range, std::string_view reason,
           policy::Action action = policy::Action::kBlock);
  // Drops what was found in more than one view. Call once, at the end.
  void drop_repeats();

 private:
  std::string_view category_;
  std::vector<Finding>& found_;
  std::size_t first_;  // found_[first_] is the first one of this list
};

}  // namespace sekisho::judge
