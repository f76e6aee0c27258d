// What is part of the program: the n-gram model, and the ordinary texts that heads of custom
// categories are fitted against. Copies of models/ngram.model and models/ngram_background.txt, as
// they were when this was built.
#pragma once

#include <string_view>

namespace sekisho::apps {

std::string_view built_in_model();
std::string_view built_in_background();  // one text a line

}  // namespace sekisho::apps
