#include "guard/text/fold.h"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cstdint>
#include <span>

#include "base/result.h"
#include "guard/text/tables.h"

namespace sekisho::text {
namespace {

// A letter of a script that needs its marks keeps this many in a row; real text has up to four.
constexpr std::size_t kScriptMarks = 8;
// No letter composes with more marks than this.
constexpr std::size_t kComposingMarks = 3;

constexpr char32_t kEmojiSelector = 0xFE0F;
constexpr char32_t kZeroWidthJoiner = 0x200D;
constexpr char32_t kKeycap = 0x20E3;
constexpr char32_t kRegionalA = 0x1F1E6;

const icu::Normalizer2& nfc() {
  static const icu::Normalizer2* const normalizer = [] {
    UErrorCode error = U_ZERO_ERROR;
    const icu::Normalizer2* found = icu::Normalizer2::getNFCInstance(error);
    if (U_FAILURE(error)) bug("ICU has no NFC data");
    return found;
  }();
  return *normalizer;
}

void compose(std::u32string& text) {
  UErrorCode error = U_ZERO_ERROR;
  static_assert(sizeof(UChar32) == sizeof(char32_t));
  const icu::UnicodeString composed =
      nfc().normalize(icu::UnicodeString::fromUTF32(reinterpret_cast<const UChar32*>(text.data()),
                                                    static_cast<std::int32_t>(text.size())),
                      error);
  if (U_FAILURE(error)) bug("ICU could not compose a segment");
  text.clear();
  for (std::int32_t at = 0; at < composed.length(); at = composed.moveIndex32(at, 1)) {
    text.push_back(static_cast<char32_t>(composed.char32At(at)));
  }
}

bool is_digit(char32_t code_point) {
  return code_point >= U'0' && code_point <= U'9';
}

// What is written for a hyphen in telephone numbers, dates and the like. Not 〜: that is a range.
bool is_dash(char32_t code_point) {
  switch (code_point) {
    case U'\u2012':  // figure dash
    case U'\u2013':  // en dash
    case U'\u2014':  // em dash
    case U'\u2015':  // horizontal bar
    case U'\u2043':  // hyphen bullet
    case U'\u2500':  // box drawing
    case U'\u30FC':  // the long vowel mark
      return true;
    default:
      return false;
  }
}

// U+3099 or U+309A for any form of the two voicing marks.
UChar32 combining_voicing_mark(char32_t mark) {
  const bool voiced = mark == 0x3099 || mark == 0x309B || mark == 0xFF9E;
  return voiced ? 0x3099 : 0x309A;
}

bool is_visible_follower(Kind kind) {
  return kind >= Kind::kSpacingVoicing && kind <= Kind::kScriptMark;
}

class Folder {
 public:
  explicit Folder(std::u32string_view in) : in_(in) {
    out_.code_points.reserve(in.size());
    out_.origins.reserve(in.size());
  }

  Folded run() {
    for (std::size_t at = 0; at < in_.size();) {
      at = copy_run(at);
      if (at < in_.size()) at = segment(at);
    }
    hyphenate_digits();
    if ((scripts_ & kLatin) != 0 && (scripts_ & ~kLatin) != 0) unmix_words();
    return std::move(out_);
  }

 private:
  std::size_t copy_run(std::size_t begin);
  std::size_t segment(std::size_t begin);
  std::size_t end_of_segment(std::size_t begin) const;
  std::size_t regional_run(std::size_t begin);
  bool keycap(std::size_t begin, std::size_t end);
  void pictograph(std::size_t begin, std::size_t end);
  void letter(std::size_t begin, std::size_t end);
  void reserve_for_rest(std::size_t begin);
  void attach_voicing(std::size_t begin, std::size_t end);
  void attach_script_marks(std::size_t begin, std::size_t end);
  void attach_marks(std::size_t begin, std::size_t end);
  void hyphenate_digits();
  void unmix_words();
  void unmix_word(std::size_t begin, std::size_t end);

  void emit(char32_t code_point, std::size_t begin, std::size_t end) {
    out_.code_points.push_back(code_point);
    out_.origins.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
  }
  void emit_copy(std::size_t at) { emit(in_[at], at, at + 1); }

  // Appends what stands for the code point at `at` to the segment in work.
  void expand(std::size_t at) {
    const Record& record = record_of(in_[at]);
    if (record.mapping_size == 0) {
      segment_.push_back(in_[at]);
    } else {
      segment_ += mapping_of(record);
    }
  }

  std::u32string_view in_;
  Folded out_;
  std::uint8_t scripts_ = 0;  // seen so far
  std::u32string segment_;    // in work
  bool room_is_exact_ = false;
};

// Copies what stands for itself and has nothing behind it to be looked at together. This is most of
// any text, so it must be fast.
std::size_t Folder::copy_run(std::size_t begin) {
  std::size_t end = begin;
  for (; end < in_.size(); ++end) {
    const Record& record = record_of(in_[end]);
    if (record.kind != Kind::kCopy) {
      if (end > begin && follows_a_base(record.kind)) --end;
      break;
    }
    scripts_ |= record.scripts;
  }
  out_.code_points.append(in_.substr(begin, end - begin));
  for (std::size_t at = begin; at < end; ++at) {
    out_.origins.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + 1)});
  }
  return end;
}

// Folds the segment that begins at `begin`; its end.
std::size_t Folder::segment(std::size_t begin) {
  const Record& base = record_of(in_[begin]);
  if (base.kind == Kind::kRegional) return regional_run(begin);
  const bool stands_alone =
      !follows_a_base(base.kind) || base.kind == Kind::kSpacingVoicing || base.kind == Kind::kJoin;
  if (!stands_alone) return begin + 1;
  scripts_ |= base.scripts;
  const std::size_t end = end_of_segment(begin);
  if ((base.flags & (kPictograph | kModifier)) != 0) {
    pictograph(begin, end);
  } else if (!keycap(begin, end)) {
    letter(begin, end);
  }
  return end;
}

std::size_t Folder::end_of_segment(std::size_t begin) const {
  const std::uint8_t flags = record_of(in_[begin]).flags;
  std::size_t end = begin + 1;
  for (; end < in_.size(); ++end) {
    const Kind kind = record_of(in_[end]).kind;
    if (!follows_a_base(kind)) break;
    if (kind == Kind::kSpacingVoicing && (flags & kTakesVoicing) == 0) break;
    if (kind == Kind::kJoin && (flags & kTakesMarks) == 0) break;
  }
  return end;
}

// Regional indicators in a row are flags when all of them pair up to regions, else letters.
std::size_t Folder::regional_run(std::size_t begin) {
  std::vector<std::size_t> places;
  std::size_t end = begin;
  for (; end < in_.size(); ++end) {
    const Kind kind = record_of(in_[end]).kind;
    if (kind == Kind::kRegional) {
      places.push_back(end);
    } else if (!follows_a_base(kind) || kind == Kind::kSpacingVoicing || kind == Kind::kJoin) {
      break;
    }
  }
  const auto letter_at = [&](std::size_t i) { return in_[places[i]] - kRegionalA; };
  bool flags = places.size() % 2 == 0;
  for (std::size_t i = 0; flags && i < places.size(); i += 2) {
    flags = is_region(letter_at(i), letter_at(i + 1));
  }
  for (std::size_t i = 0; i < places.size(); ++i) {
    emit(flags ? in_[places[i]] : U'A' + letter_at(i), places[i], places[i] + 1);
  }
  if (!flags) scripts_ |= kLatin;
  return end;
}

// 1️⃣: a digit, # or * in an enclosing key. On anything else the enclosing key is a stacked mark.
bool Folder::keycap(std::size_t begin, std::size_t end) {
  if (!is_digit(in_[begin]) && in_[begin] != U'#' && in_[begin] != U'*') return false;
  const std::size_t key = in_.substr(0, end).find(kKeycap, begin);
  if (key == in_.npos) return false;
  emit_copy(begin);
  const std::size_t selector = in_.substr(0, key).find(kEmojiSelector, begin);
  if (selector != in_.npos) emit_copy(selector);
  emit_copy(key);
  return true;
}

// An emoji keeps what makes it one: the tags of a flag, U+FE0F, the joiner to the next emoji.
void Folder::pictograph(std::size_t begin, std::size_t end) {
  const std::u32string_view until_end = in_.substr(0, end);
  std::size_t at = begin;
  emit_copy(at++);
  for (const std::size_t flag_end = begin + subregion_flag_size(in_.substr(begin));
       at < flag_end;) {
    emit_copy(at++);
  }
  if ((record_of(in_[begin]).flags & kTwoStyles) != 0) {
    const std::size_t selector = until_end.find(kEmojiSelector, at);
    if (selector != until_end.npos) {
      emit_copy(selector);
      at = selector + 1;
    }
  }
  if (end < in_.size() && (record_of(in_[end]).flags & kPictograph) != 0) {
    const std::size_t joiner = until_end.find(kZeroWidthJoiner, at);
    if (joiner != until_end.npos) emit_copy(joiner);
  }
}

void Folder::letter(std::size_t begin, std::size_t end) {
  segment_.clear();
  expand(begin);
  std::size_t visible_end = begin + 1;
  for (std::size_t at = begin + 1; at < end; ++at) {
    if (is_visible_follower(record_of(in_[at]).kind)) visible_end = at + 1;
  }
  if (visible_end > begin + 1) {
    const std::uint8_t flags = record_of(in_[begin]).flags;
    if ((flags & kTakesVoicing) != 0) {
      attach_voicing(begin, end);
    } else if ((flags & kTakesMarks) != 0) {
      attach_script_marks(begin, end);
    } else {
      attach_marks(begin, end);
    }
  }
  if (segment_.size() > end - begin) reserve_for_rest(begin);
  out_.code_points += segment_;
  const Span origin{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(visible_end)};
  out_.origins.insert(out_.origins.end(), segment_.size(), origin);
}

// Makes room for all that [begin, …) can still become, the first time that the text grows. So there
// is no doubling, and memory stays within NormalText::kBytesPerRawByte.
void Folder::reserve_for_rest(std::size_t begin) {
  if (room_is_exact_) return;
  room_is_exact_ = true;
  std::size_t room = out_.code_points.size();
  for (const char32_t code_point : in_.substr(begin)) {
    room += std::max<std::size_t>(record_of(code_point).mapping_size, 1);
  }
  out_.code_points.reserve(room);
  out_.origins.reserve(room);
}

// か゛ becomes が; what cannot attach to the kana or ideograph is dropped.
void Folder::attach_voicing(std::size_t begin, std::size_t end) {
  for (std::size_t at = begin + 1; at < end; ++at) {
    const Kind kind = record_of(in_[at]).kind;
    if (kind != Kind::kVoicing && kind != Kind::kSpacingVoicing) continue;
    const UChar32 both =
        nfc().composePair(static_cast<UChar32>(segment_.back()), combining_voicing_mark(in_[at]));
    if (both >= 0) segment_.back() = static_cast<char32_t>(both);
  }
}

void Folder::attach_script_marks(std::size_t begin, std::size_t end) {
  std::size_t marks = 0;
  for (std::size_t at = begin + 1; at < end; ++at) {
    const Kind kind = record_of(in_[at]).kind;
    if (kind == Kind::kJoin) {
      marks = 0;
      expand(at);
    } else if (kind == Kind::kScriptMark && marks < kScriptMarks) {
      ++marks;
      expand(at);
    }
  }
  compose(segment_);
}

// Marks stay when all of them compose with the letter. One that does not is noise, and then so are
// the others: which of them the writer meant cannot be known.
void Folder::attach_marks(std::size_t begin, std::size_t end) {
  const std::size_t bare = segment_.size();
  for (std::size_t at = begin + 1; at < end; ++at) {
    const Kind kind = record_of(in_[at]).kind;
    if (kind == Kind::kMark) expand(at);
    if (kind == Kind::kScriptMark || segment_.size() > bare + kComposingMarks) {
      segment_.resize(bare);
      return;
    }
  }
  std::u32string composed = segment_;
  compose(composed);
  const bool all_composed = std::all_of(composed.begin(), composed.end(), [](char32_t code_point) {
    return record_of(code_point).kind != Kind::kMark;
  });
  if (all_composed) {
    segment_ = std::move(composed);
  } else {
    segment_.resize(bare);
  }
}

void Folder::hyphenate_digits() {
  std::u32string& text = out_.code_points;
  for (std::size_t at = 1; at + 1 < text.size(); ++at) {
    if (is_digit(text[at - 1]) && is_dash(text[at]) && is_digit(text[at + 1])) text[at] = U'-';
  }
}

void Folder::unmix_words() {
  const std::u32string& text = out_.code_points;
  const auto in_word = [&](std::size_t at) {
    return at < text.size() && (record_of(text[at]).scripts != 0 || is_digit(text[at]));
  };
  for (std::size_t begin = 0; begin < text.size(); ++begin) {
    std::size_t end = begin;
    while (in_word(end)) ++end;
    if (end > begin) unmix_word(begin, end);
    begin = end;
  }
}

// Cyrillic and Armenian letters fold beside any Latin letter. Greek ones stand beside a single
// Latin letter in formulas and units (αx, μm, kΩ), so they need two.
void Folder::unmix_word(std::size_t begin, std::size_t end) {
  const auto word = std::span(out_.code_points).subspan(begin, end - begin);
  const auto has_script = [](std::uint8_t scripts) {
    return [scripts](char32_t letter) { return (record_of(letter).scripts & scripts) != 0; };
  };
  const auto fold_letters = [&](std::uint8_t scripts) {
    for (char32_t& letter : word) {
      const Record& record = record_of(letter);
      if ((record.scripts & scripts) != 0 && record.latin != 0) {
        letter = static_cast<char32_t>(record.latin);
      }
    }
  };
  if (std::none_of(word.begin(), word.end(), has_script(kLatin))) return;
  fold_letters(kCyrillic | kArmenian);
  if (std::count_if(word.begin(), word.end(), has_script(kLatin)) >= 2) fold_letters(kGreek);
}

}  // namespace

Folded fold(std::u32string_view text) {
  return Folder(text).run();
}

std::size_t subregion_flag_size(std::u32string_view text) {
  for (const std::u32string_view flag :
       {U"\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F",
        U"\U0001F3F4\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F",
        U"\U0001F3F4\U000E0067\U000E0062\U000E0077\U000E006C\U000E0073\U000E007F"}) {
    if (text.starts_with(flag)) return flag.size();
  }
  return 0;
}

}  // namespace sekisho::text
