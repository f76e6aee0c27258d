// Derived views: what a text carries beside what it says.
//
// Both take the raw code points and answer nothing when the text has no such thing.
// Thread safety: pure functions. Linear time.
#pragma once

#include <optional>
#include <string_view>

#include "guard/text/normal_text.h"

namespace sekisho::text {

// What is spelled in tag characters, and in runs of two and more variation selectors (each selector
// a byte, the bytes UTF-8), in the order of the text. Controls and stray bytes are left out.
std::optional<View> hidden_view(std::u32string_view raw);

// The text in the order it is seen (Unicode's bidirectional algorithm, line by line), folded.
std::optional<View> visual_view(std::u32string_view raw);

}  // namespace sekisho::text
