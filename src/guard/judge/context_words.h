// The words that Context looks for. ASCII ones are in lower case and match whole words only.
#pragma once

#include <span>
#include <string_view>

#include "guard/judge/context.h"

namespace sekisho::judge {

struct ContextWord {
  std::u32string_view text;
  Word word;
};

std::span<const ContextWord> context_words();

}  // namespace sekisho::judge
