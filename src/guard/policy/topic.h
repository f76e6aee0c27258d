// Topic: whether a text is about what a phrase names, by the look of its characters.
//
// The similarity of a text and a phrase is the largest cosine between the counts of character
// bigrams and trigrams of the phrase and of any piece of the text twice as long as the phrase: the
// whole of a long text would drown a short phrase. A text that holds the phrase has 1. Meaning is
// out of reach of this method; it finds the phrase's own wording, bent or rearranged.
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "guard/text/normal_text.h"

namespace sekisho::policy {

// From here on a text counts as being about the phrase. Chance resemblance of ordinary sentences
// stays below it, the phrase with other particles reaches it (topic_test.cc).
inline constexpr double kTopicSimilarityMin = 0.3;

// Both in canonical form. In [0,1]; 0 when either has less than two code points and no containment.
double topic_similarity(std::u32string_view text, std::u32string_view phrase);

// Whether any view of the text is about any of the phrases; Latin letters in either case.
bool is_about(const text::NormalText& text, const std::vector<std::string>& phrases);

}  // namespace sekisho::policy
