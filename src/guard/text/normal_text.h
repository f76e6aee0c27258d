// NormalText: a text that was checked and read in every way that a reader of it might.
//
// The raw text is kept as it was sent; nothing here is ever stored or returned in its place. Beside
// it stand *views*: what detectors and scorers read instead. Every code point of a view knows which
// code points of the raw text it came from, so whatever is found in a view is reported in the text
// as sent.
//
// Views:
//   canonical  always there. Undoes the reversible disguises: invisible characters, variation
//              selectors, tags, bidi controls, widths, half-width kana and detached voicing marks,
//              radicals, look-alikes in words that mix scripts, stacked marks. Case and
//              punctuation stay; so do emoji (with the joiners that hold them together).
//   hidden     only when the raw text carries text inside tag characters or runs of variation
//              selectors: that text, decoded.
//   visual     only when bidi overrides were present: the text in the order it is seen.
// The ambiguous disguises (伏字, spacing, readings, split characters …) will be further views.
//
// canonical(canonical(x)) == canonical(x), for every x.
//
// Method: docs/design/0003-canonical-text.md. Folding is NFKC (Unicode 15, ICU) plus our own
// tables. Thread safety: immutable after create. Memory: at most kBytesPerRawByte bytes of views
// and maps a byte of input (NFKC alone can turn one character into 18).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "guard/text/span.h"

namespace sekisho::text {

enum class ViewKind { kCanonical, kHidden, kVisual };

struct View {
  ViewKind kind = ViewKind::kCanonical;
  std::string text;            // UTF-8
  std::u32string code_points;  // the same text
  std::vector<Span> origins;   // origins[i]: where code_points[i] came from in the raw text

  // The smallest raw span that holds view code points [begin, end). begin < end <= size.
  Span original(std::size_t begin, std::size_t end) const;
};

class NormalText {
 public:
  // The worst is U+FDFA: 3 bytes become 18 code points of 15 bytes (4, their origin 8, and 3 kept
  // for their UTF-8), in two views when there is an override.
  static constexpr std::size_t kBytesPerRawByte = 180;

  // Fails with kInvalid when `raw` is not UTF-8 or empty, with kTooLong when it has more than
  // `code_points_max` code points (counted as sent; the message names both numbers), and with
  // kUnprocessable when nothing visible is left of it. Never cuts.
  static Result<NormalText> create(std::string raw,
                                   std::size_t code_points_max = limits::kTextCodePoints);

  const std::string& raw() const { return raw_; }
  std::size_t code_points() const { return code_points_; }  // of the raw text
  const View& canonical() const { return views_.front(); }
  const std::vector<View>& views() const { return views_; }  // canonical first
  // True when the canonical view differs from the raw text.
  bool folded() const { return folded_; }

 private:
  NormalText() = default;
  std::string raw_;
  std::size_t code_points_ = 0;
  bool folded_ = false;
  std::vector<View> views_;
};

}  // namespace sekisho::text
