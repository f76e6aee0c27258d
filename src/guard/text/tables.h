// Tables: what the canonical view does with each code point.
//
// The data is in tables.cc, which tools/unicode_tables.py writes from Unicode 15.0 and from lists
// of our own. A surrogate or a value above U+10FFFF has no record.
// Thread safety: constants.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sekisho::text {

// How a code point takes part in a segment: a base and what follows it.
enum class Kind : std::uint8_t {
  // Bases.
  kCopy,      // stands for itself
  kFold,      // its mapping stands in its place
  kRegional,  // a regional indicator: half a flag, or a letter in disguise
  // What follows a base, and is looked at together with it.
  kSpacingVoicing,  // ゛ ゜ and their half-width forms: a base of their own unless after kana or
                    // Han
  kVoicing,         // U+3099, U+309A
  kJoin,            // a letter that may compose with the one before: jamo, some vowel signs
  kMark,            // a combining mark that no script needs uncomposed
  kScriptMark,      // a combining mark that belongs to scripts which need it
  kIgnorable,       // nobody sees it
  kJoiner,          // U+200D
  kSelector,        // a variation selector
  kTag,             // a tag character
};

// Bits of Record::flags. For a code point with a mapping they speak of its last code point.
inline constexpr std::uint8_t kTakesMarks = 1;    // of a script that needs its combining marks
inline constexpr std::uint8_t kTakesVoicing = 2;  // kana or Han: ゛ after it attaches or is noise
inline constexpr std::uint8_t kPictograph = 4;    // can be part of an emoji sequence
inline constexpr std::uint8_t kModifier = 8;      // a skin tone
inline constexpr std::uint8_t kTwoStyles = 16;    // U+FE0F makes an emoji of it
inline constexpr std::uint8_t kWhite = 32;        // white space

// Bits of Record::scripts: whose letters they are.
inline constexpr std::uint8_t kLatin = 1;
inline constexpr std::uint8_t kCyrillic = 2;
inline constexpr std::uint8_t kGreek = 4;
inline constexpr std::uint8_t kArmenian = 8;

struct Record {
  Kind kind;
  std::uint8_t flags;
  std::uint8_t scripts;
  char latin;  // the Latin letter it looks like, or 0
  std::uint8_t mapping_size;
  std::uint16_t mapping_offset;
};

extern const std::uint16_t kBlockOf[];
extern const std::uint16_t kRecordOf[];
extern const Record kRecords[];
extern const char32_t kMappings[];
extern const std::uint32_t kRegions[];

inline const Record& record_of(char32_t code_point) {
  const std::size_t block = kBlockOf[code_point >> 7];
  return kRecords[kRecordOf[block << 7 | (code_point & 127)]];
}

// What stands in the place of a code point with a mapping; empty for one without.
inline std::u32string_view mapping_of(const Record& record) {
  return {kMappings + record.mapping_offset, record.mapping_size};
}

// True when the regional indicators of two letters (0 = A) make a flag.
inline bool is_region(char32_t first, char32_t second) {
  return (kRegions[first] >> second & 1) != 0;
}

inline bool follows_a_base(Kind kind) {
  return kind >= Kind::kSpacingVoicing;
}

}  // namespace sekisho::text
