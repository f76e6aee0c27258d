// Evasion: seeded writers of the reversible disguises of reliability classes 1–8 and 10.
//
// A disguised text reads the same to a person. The lists here are written for themselves and not
// taken from guard/text: a proof of the canonical view must not share its tables.
// Thread safety: pure functions. The same text, kind and seed give the same bytes on any machine.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sekisho::eval {

enum class EvasionClass {
  kInvisible,           // zero-width characters, soft hyphens, fillers, controls
  kVariationSelectors,  // selectors behind characters, alone or in runs
  kTags,                // tag characters interspersed
  kBidiControls,        // marks, isolates and overrides that do not reorder
  kLetterStyles,        // full and half width, mathematical, circled, squared, regional, small caps
  kKanaMarks,           // half-width kana, voicing marks detached, doubled or out of place
  kRadicals,            // radicals and compatibility ideographs for kanji
  kLookAlikes,          // Cyrillic, Greek and Armenian letters in Latin words
  kStackedMarks,        // combining marks piled on letters
};

inline constexpr std::array kEvasionClasses = {
    EvasionClass::kInvisible,    EvasionClass::kVariationSelectors, EvasionClass::kTags,
    EvasionClass::kBidiControls, EvasionClass::kLetterStyles,       EvasionClass::kKanaMarks,
    EvasionClass::kRadicals,     EvasionClass::kLookAlikes,         EvasionClass::kStackedMarks,
};

// A stable snake_case name for reports.
std::string_view evasion_name(EvasionClass kind);

// `text` in disguise: at random places, at a random density, at one place at least. Nothing is put
// before the first or, but for marks on the last character, behind the last character. The text
// unchanged when it offers no place. `text` must be valid UTF-8.
std::string disguise(std::string_view text, EvasionClass kind, std::uint64_t seed);

}  // namespace sekisho::eval
