// Bytes -> NormalText -> every detector: spans lie in the text, reasons and categories are named.
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "guard/judge/detectors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace sekisho;
  static const std::vector<std::unique_ptr<judge::Detector>> detectors = judge::make_detectors();
  const auto text =
      text::NormalText::create(std::string(reinterpret_cast<const char*>(bytes), size));
  if (!text.ok()) return 0;
  std::vector<judge::Finding> found;
  for (const auto& detector : detectors) detector->detect(*text, found);
  for (const judge::Finding& finding : found) {
    if (finding.span.begin >= finding.span.end || finding.span.end > text->code_points()) {
      bug("a span outside the text");
    }
    if (finding.reason.empty() || finding.category.empty()) bug("a finding without a name");
  }
  return 0;
}
