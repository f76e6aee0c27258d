// Any bytes: create answers, and what it answers holds together.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/utf8.h"
#include "guard/text/normal_text.h"

using sekisho::bug;
using sekisho::must;
using sekisho::Result;
using sekisho::text::NormalText;
using sekisho::text::Span;
using sekisho::text::View;

namespace {

void check_view(const View& view, std::size_t raw_code_points) {
  if (!sekisho::utf8::is_valid(view.text)) bug("a view is not UTF-8");
  if (sekisho::utf8::decode(view.text) != view.code_points) bug("a view has two texts");
  if (view.origins.size() != view.code_points.size()) bug("a code point has no origin");
  for (const Span& origin : view.origins) {
    if (origin.begin >= origin.end || origin.end > raw_code_points) bug("an origin out of range");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Result<NormalText> text =
      NormalText::create(std::string(reinterpret_cast<const char*>(data), size));
  if (!text.ok()) return 0;
  for (const View& view : text->views()) check_view(view, text->code_points());
  const View& canonical = text->canonical();
  for (std::size_t i = 1; i < canonical.origins.size(); ++i) {
    const Span& before = canonical.origins[i - 1];
    const Span& here = canonical.origins[i];
    if (here.begin < before.begin || here.end < before.end) bug("the origins go back");
  }
  const NormalText again = must(NormalText::create(canonical.text, canonical.code_points.size()));
  if (again.canonical().text != canonical.text) bug("folding twice is not folding once");
  return 0;
}
