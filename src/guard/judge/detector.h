// Detector: finds exact shapes in a text. Detectors are right or silent.
#pragma once

#include <string_view>
#include <vector>

#include "guard/judge/evidence.h"
#include "guard/text/normal_text.h"

namespace sekisho::judge {

// Thread safety: `detect` may be called from several threads.
class Detector {
 public:
  virtual ~Detector() = default;
  virtual std::string_view name() const = 0;
  // Appends what it finds, with spans in the raw text. Time linear in the text.
  virtual void detect(const text::NormalText& text, std::vector<Finding>& found) const = 0;
};

}  // namespace sekisho::judge
