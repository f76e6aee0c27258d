// Masking: what is kept of a text when personal data and secrets must not be.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "guard/judge/evidence.h"

namespace sekisho::journal {

// `raw` with every span of category privacy/self or secret replaced by a mark that names the kind:
// "電話は［phone］まで". Overlapping spans become one mark, named by the widest. Pure.
std::string mask(std::string_view raw, const std::vector<judge::Finding>& findings);

}  // namespace sekisho::journal
