#include "guard/text/derived_views.h"

#include <unicode/ubidi.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <memory>

#include "base/result.h"
#include "base/utf8.h"
#include "guard/text/fold.h"
#include "guard/text/tables.h"

namespace sekisho::text {
namespace {

constexpr char32_t kLeftToRightOverride = 0x202D;
constexpr char32_t kRightToLeftOverride = 0x202E;

Span span_of(std::size_t begin, std::size_t end) {
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

bool is_selector(char32_t code_point) {
  return record_of(code_point).kind == Kind::kSelector;
}

void show(View& view, char32_t code_point, Span origin) {
  const bool control = code_point < 0x20 && code_point != U'\n' && code_point != U'\t';
  if (control || code_point == 0x7F) return;
  view.code_points.push_back(code_point);
  view.origins.push_back(origin);
}

// Decodes a run of selectors that begins at `begin` of the raw text.
void decode_selectors(std::u32string_view run, std::size_t begin, View& view) {
  std::string bytes;
  for (const char32_t selector : run) {
    bytes.push_back(
        static_cast<char>(selector >= 0xE0100 ? selector - 0xE0100 + 16 : selector - 0xFE00));
  }
  for (std::size_t at = 0; at < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[at]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    const std::string_view piece = std::string_view(bytes).substr(at, size);
    if (!utf8::is_valid(piece)) {
      ++at;
      continue;
    }
    std::size_t offset = 0;
    show(view, utf8::next(piece, offset), span_of(begin + at, begin + at + size));
    at += size;
  }
}

// The indices of one line's code points in the order they are seen.
class LineOrder {
 public:
  LineOrder() : bidi_(ubidi_open(), ubidi_close) {
    if (bidi_ == nullptr) bug("ICU has no memory for the bidirectional algorithm");
  }

  // Appends the line [begin, end) of `raw` to `text` in visual order, and where each came from.
  void append(std::u32string_view raw, std::size_t begin, std::size_t end, std::u32string& text,
              std::vector<std::uint32_t>& order) {
    to_utf16(raw, begin, end);
    UErrorCode error = U_ZERO_ERROR;
    ubidi_setPara(bidi_.get(), units_.data(), static_cast<std::int32_t>(units_.size()),
                  UBIDI_DEFAULT_LTR, nullptr, &error);
    const std::int32_t runs = ubidi_countRuns(bidi_.get(), &error);
    if (U_FAILURE(error)) bug("ICU could not order a line");
    for (std::int32_t i = 0; i < runs; ++i) {
      std::int32_t from = 0;
      std::int32_t length = 0;
      const bool reversed = ubidi_getVisualRun(bidi_.get(), i, &from, &length) == UBIDI_RTL;
      const std::size_t first = index_[from];
      const std::size_t last = index_[from + length];
      if (reversed) {
        append_reversed(raw, first, last, text, order);
      } else {
        for (std::size_t at = first; at < last; ++at) put(raw[at], at, text, order);
      }
    }
  }

 private:
  static void put(char32_t code_point, std::size_t at, std::u32string& text,
                  std::vector<std::uint32_t>& order) {
    text.push_back(code_point);
    order.push_back(static_cast<std::uint32_t>(at));
  }

  // Marks stay behind their base; brackets are mirrored.
  static void append_reversed(std::u32string_view raw, std::size_t first, std::size_t last,
                              std::u32string& text, std::vector<std::uint32_t>& order) {
    for (std::size_t end = last; end > first;) {
      std::size_t begin = end - 1;
      while (begin > first && follows_a_base(record_of(raw[begin]).kind)) --begin;
      for (std::size_t at = begin; at < end; ++at) {
        const UChar32 mirrored = u_charMirror(static_cast<UChar32>(raw[at]));
        put(static_cast<char32_t>(mirrored), at, text, order);
      }
      end = begin;
    }
  }

  void to_utf16(std::u32string_view raw, std::size_t begin, std::size_t end) {
    units_.clear();
    index_.clear();
    for (std::size_t at = begin; at < end; ++at) {
      const auto code_point = static_cast<UChar32>(raw[at]);
      if (U16_LENGTH(code_point) == 2) {
        units_.push_back(U16_LEAD(code_point));
        index_.push_back(at);
        units_.push_back(U16_TRAIL(code_point));
      } else {
        units_.push_back(static_cast<char16_t>(code_point));
      }
      index_.push_back(at);
    }
    index_.push_back(end);
  }

  std::unique_ptr<UBiDi, decltype(&ubidi_close)> bidi_;
  std::u16string units_;            // the line
  std::vector<std::size_t> index_;  // the code point of each unit, and the end
};

}  // namespace

std::optional<View> hidden_view(std::u32string_view raw) {
  View view;
  view.kind = ViewKind::kHidden;
  for (std::size_t at = 0; at < raw.size();) {
    if (const std::size_t flag = subregion_flag_size(raw.substr(at)); flag > 0) {
      at += flag;
      continue;
    }
    std::size_t end = at + 1;
    if (record_of(raw[at]).kind == Kind::kTag) {
      show(view, raw[at] & 0x7F, span_of(at, end));
    } else if (is_selector(raw[at])) {
      while (end < raw.size() && is_selector(raw[end])) ++end;
      if (end - at >= 2) decode_selectors(raw.substr(at, end - at), at, view);
    }
    at = end;
  }
  if (view.code_points.empty()) return std::nullopt;
  view.text = utf8::encode(view.code_points);
  return view;
}

std::optional<View> visual_view(std::u32string_view raw) {
  const bool overridden = std::any_of(raw.begin(), raw.end(), [](char32_t code_point) {
    return code_point == kLeftToRightOverride || code_point == kRightToLeftOverride;
  });
  if (!overridden) return std::nullopt;
  std::u32string text;
  std::vector<std::uint32_t> order;
  LineOrder line;
  for (std::size_t begin = 0; begin < raw.size();) {
    const std::size_t end = std::min(raw.find(U'\n', begin), raw.size() - 1) + 1;
    line.append(raw, begin, end, text, order);
    begin = end;
  }
  Folded folded = fold(text);
  View view{.kind = ViewKind::kVisual,
            .text = utf8::encode(folded.code_points),
            .code_points = std::move(folded.code_points),
            .origins = std::move(folded.origins)};
  // The code points of one segment share their origin: it is looked up once, to stay linear.
  Span seen;
  Span sent;
  for (Span& origin : view.origins) {
    if (origin != seen) {
      seen = origin;
      const auto [low, high] =
          std::minmax_element(order.begin() + origin.begin, order.begin() + origin.end);
      sent = {*low, *high + 1};
    }
    origin = sent;
  }
  return view;
}

}  // namespace sekisho::text
