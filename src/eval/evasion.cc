#include "eval/evasion.h"

#include <algorithm>
#include <random>
#include <vector>

#include "base/result.h"
#include "base/utf8.h"

namespace sekisho::eval {
namespace {

// The standard's distributions differ between libraries; the engine does not.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  std::size_t between(std::size_t low, std::size_t high) { return low + below(high - low + 1); }
  bool chance(std::size_t percent) { return below(100) < percent; }
  char32_t one_of(std::u32string_view choices) { return choices[below(choices.size())]; }

 private:
  std::mt19937_64 engine_;
};

bool in(char32_t code_point, char32_t first, char32_t last) {
  return code_point >= first && code_point <= last;
}
bool is_upper(char32_t c) {
  return in(c, U'A', U'Z');
}
bool is_lower(char32_t c) {
  return in(c, U'a', U'z');
}
bool is_digit(char32_t c) {
  return in(c, U'0', U'9');
}
bool is_latin(char32_t c) {
  return is_upper(c) || is_lower(c);
}
bool is_kana(char32_t c) {
  return in(c, 0x3041, 0x3096) || in(c, 0x30A1, 0x30FC);
}
bool is_han(char32_t c) {
  return in(c, 0x4E00, 0x9FFF);
}

bool is_mark(char32_t c) {
  return in(c, 0x0300, 0x036F) || in(c, 0x0483, 0x0489) || in(c, 0x0591, 0x05C7) ||
         in(c, 0x0610, 0x061A) || in(c, 0x064B, 0x065F) || in(c, 0x0900, 0x0903) ||
         in(c, 0x093A, 0x094F) || in(c, 0x0E31, 0x0E3A) || in(c, 0x0E47, 0x0E4E) ||
         in(c, 0x0F71, 0x0F87) || in(c, 0x1AB0, 0x1AFF) || in(c, 0x20D0, 0x20FF) ||
         in(c, 0x3099, 0x309C) || in(c, 0xFF9E, 0xFF9F) || in(c, 0xFE00, 0xFE0F);
}

// Emoji, their parts, and symbols that may be one: a character beside these could change what is
// seen.
bool is_emoji(char32_t c) {
  return c == 0xA9 || c == 0xAE || c == 0x200D || c == 0x20E3 || in(c, 0x203C, 0x2049) ||
         in(c, 0x2100, 0x2BFF) || c == 0x3030 || c == 0x303D || c == 0x3297 || c == 0x3299 ||
         in(c, 0xFE00, 0xFE0F) || in(c, 0x1F000, 0x1FAFF) || in(c, 0xE0000, 0xE01EF);
}

// What one place of the text turns into. Empty: the text offers no such place here.
using Writer = std::u32string (*)(std::u32string_view text, std::size_t at, Dice& dice);

// ---- Characters put between two others -----------------------------------------------------

bool has_gap_behind(std::u32string_view text, std::size_t at) {
  return at + 1 < text.size() && !is_emoji(text[at]) && !is_emoji(text[at + 1]);
}

std::u32string behind(std::u32string_view text, std::size_t at, std::u32string_view added) {
  return std::u32string(1, text[at]) += added;
}

std::u32string invisible(std::u32string_view text, std::size_t at, Dice& dice) {
  if (!has_gap_behind(text, at)) return {};
  std::u32string added;
  for (std::size_t n = dice.between(1, 3); n > 0; --n) {
    added += dice.one_of(
        U"\u200B\u200C\u200D\u2060\u2061\u2062\u2063\u2064\uFEFF\u00AD\u034F\u180E\u115F\u1160"
        U"\u3164\uFFA0\u2800\u206A\u206F\u0001\u0008\u007F\U0001BCA0\U000E0FFF");
  }
  return behind(text, at, added);
}

std::u32string selectors(std::u32string_view text, std::size_t at, Dice& dice) {
  if (!has_gap_behind(text, at)) return {};
  std::u32string added;
  for (std::size_t n = dice.chance(70) ? 1 : dice.between(2, 20); n > 0; --n) {
    added += static_cast<char32_t>(dice.chance(50) ? 0xFE00 + dice.below(14)
                                                   : 0xE0100 + dice.below(240));
  }
  return behind(text, at, added);
}

std::u32string tags(std::u32string_view text, std::size_t at, Dice& dice) {
  if (!has_gap_behind(text, at)) return {};
  std::u32string added;
  for (std::size_t n = dice.between(1, 4); n > 0; --n) {
    added += static_cast<char32_t>(0xE0020 + dice.below(0x5F));
  }
  return behind(text, at, added);
}

std::u32string bidi(std::u32string_view text, std::size_t at, Dice& dice) {
  if (!has_gap_behind(text, at)) return {};
  // Marks, or something opened and closed at once: nothing is reordered.
  constexpr std::u32string_view kPieces[] = {U"\u200E",       U"\u200E\u200E", U"\u202A\u202C",
                                             U"\u202D\u202C", U"\u2066\u2069", U"\u2068\u2069",
                                             U"\u202B\u202C", U"\u2067\u2069", U"\u200F\u200E"};
  return behind(text, at, kPieces[dice.below(std::size(kPieces))]);
}

// ---- Letters in other clothes --------------------------------------------------------------

// The thirteen alphabets of U+1D400, each with its own gaps, which older letters fill.
char32_t mathematical(char32_t letter, Dice& dice) {
  const std::size_t alphabet = dice.below(13);
  const char32_t index = is_upper(letter) ? letter - U'A' : letter - U'a' + 26;
  const char32_t styled = 0x1D400 + static_cast<char32_t>(alphabet) * 52 + index;
  constexpr std::pair<char32_t, char32_t> kGaps[] = {
      {0x1D455, 0x210E}, {0x1D49D, 0x212C}, {0x1D4A0, 0x2130}, {0x1D4A1, 0x2131}, {0x1D4A3, 0x210B},
      {0x1D4A4, 0x2110}, {0x1D4A7, 0x2112}, {0x1D4A8, 0x2133}, {0x1D4AD, 0x211B}, {0x1D4BA, 0x212F},
      {0x1D4BC, 0x210A}, {0x1D4C4, 0x2134}, {0x1D506, 0x212D}, {0x1D50B, 0x210C}, {0x1D50C, 0x2111},
      {0x1D515, 0x211C}, {0x1D51D, 0x2128}, {0x1D53A, 0x2102}, {0x1D53F, 0x210D}, {0x1D545, 0x2115},
      {0x1D547, 0x2119}, {0x1D548, 0x211A}, {0x1D549, 0x211D}, {0x1D551, 0x2124}};
  for (const auto& [gap, filler] : kGaps) {
    if (styled == gap) return filler;
  }
  return styled;
}

char32_t styled_upper(char32_t letter, Dice& dice) {
  constexpr char32_t kFirst[] = {0xFF21, 0x24B6, 0x1F130, 0x1F150, 0x1F170};
  const std::size_t style = dice.below(std::size(kFirst) + 3);
  return style < std::size(kFirst) ? kFirst[style] + (letter - U'A') : mathematical(letter, dice);
}

char32_t styled_lower(char32_t letter, Dice& dice) {
  constexpr std::u32string_view kSmallCaps = U"ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘ ʀꜱᴛᴜᴠᴡ ʏᴢ";
  const std::size_t style = dice.below(6);
  if (style == 0) return 0xFF41 + (letter - U'a');
  if (style == 1) return 0x24D0 + (letter - U'a');
  if (style == 2 && kSmallCaps[letter - U'a'] != U' ') return kSmallCaps[letter - U'a'];
  return mathematical(letter, dice);
}

char32_t styled_digit(char32_t digit, Dice& dice) {
  const char32_t value = digit - U'0';
  const std::size_t style = dice.below(5);
  if (style == 0) return value == 0 ? 0x24EA : 0x2460 + value - 1;
  if (style == 1) return value == 0 ? 0x24FF : 0x2776 + value - 1;
  if (style == 2) return 0x1D7CE + static_cast<char32_t>(dice.below(5)) * 10 + value;
  return 0xFF10 + value;
}

std::u32string letter_styles(std::u32string_view text, std::size_t at, Dice& dice) {
  const char32_t c = text[at];
  const bool before_part =
      at + 1 < text.size() && (is_emoji(text[at + 1]) || is_mark(text[at + 1]));
  if (before_part) return {};
  // Two regional indicators side by side could be a flag, so only every other letter becomes one.
  const bool behind_emoji = at > 0 && is_emoji(text[at - 1]);
  if (is_upper(c) && !behind_emoji && at % 2 == 0 && dice.chance(15)) {
    return {0x1F1E6 + (c - U'A')};
  }
  if (is_upper(c)) return {styled_upper(c, dice)};
  if (is_lower(c)) return {styled_lower(c, dice)};
  if (is_digit(c)) return {styled_digit(c, dice)};
  if (c == U' ') return {dice.one_of(U"\u3000\u00A0\u2003\u2009\u202F")};
  // The full-width tilde is read as a wave dash, so ~ has no safe twin.
  if (in(c, U'!', U'}')) return {c + 0xFEE0};
  if (in(c, 0xFF01, 0xFF5D)) return {c - 0xFEE0};
  constexpr std::u32string_view kWide = U"。「」、・ー";
  const std::size_t found = kWide.find(c);
  if (found != kWide.npos) return {U"｡｢｣､･ｰ"[found]};
  return {};
}

// ---- Kana ----------------------------------------------------------------------------------

constexpr std::u32string_view kVoiced =
    U"がぎぐげござじずぜぞだぢづでどばびぶべぼゔガギグゲゴザジズゼゾダヂヅデドバビブベボヴ";
constexpr std::u32string_view kUnvoiced =
    U"かきくけこさしすせそたちつてとはひふへほうカキクケコサシスセソタチツテトハヒフヘホウ";
constexpr std::u32string_view kHalfVoiced = U"ぱぴぷぺぽパピプペポ";
constexpr std::u32string_view kHalfUnvoiced = U"はひふへほハヒフヘホ";
constexpr std::u32string_view kVoiceless =
    U"あいえおなにぬねのまみむめもやゆよらりるれろんっ"
    U"アイエオナニヌネノマミムメモヤユヨラリルレロンッ";
constexpr std::u32string_view kKatakana =
    U"ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノ"
    U"ハヒフヘホマミムメモヤユヨラリルレロワン";
constexpr std::u32string_view kVoicingMarks = U"\u3099\u309B\uFF9E";
constexpr std::u32string_view kHalfVoicingMarks = U"\u309A\u309C\uFF9F";

char32_t half_width(char32_t katakana) {
  const std::size_t found = kKatakana.find(katakana);
  return found == kKatakana.npos ? katakana : static_cast<char32_t>(0xFF66 + found);
}

std::u32string detached(char32_t base, char32_t mark, Dice& dice) {
  std::u32string written(1, dice.chance(50) ? half_width(base) : base);
  for (std::size_t n = dice.chance(80) ? 1 : 2; n > 0; --n) written += mark;
  return written;
}

std::u32string kana_marks(std::u32string_view text, std::size_t at, Dice& dice) {
  const char32_t c = text[at];
  if (const std::size_t i = kVoiced.find(c); i != kVoiced.npos) {
    return dice.chance(20) ? std::u32string{c, dice.one_of(kVoicingMarks)}
                           : detached(kUnvoiced[i], dice.one_of(kVoicingMarks), dice);
  }
  if (const std::size_t i = kHalfVoiced.find(c); i != kHalfVoiced.npos) {
    return detached(kHalfUnvoiced[i], dice.one_of(kHalfVoicingMarks), dice);
  }
  if (half_width(c) != c && dice.chance(60)) return {half_width(c)};
  if (kVoiceless.find(c) != kVoiceless.npos) return {c, dice.one_of(kVoicingMarks)};
  if (half_width(c) != c) return {half_width(c)};
  return {};
}

// ---- Kanji ---------------------------------------------------------------------------------

std::u32string radicals(std::u32string_view text, std::size_t at, Dice&) {
  constexpr std::u32string_view kKanji =
      U"一乙二人八刀力十又口土士夕大女子寸小山工己干弓心手支文斗方日月木止毛氏水火父片牛犬玄"
      U"玉瓜瓦甘生用田白皮目矛矢石示穴立竹米糸羊羽老耳肉自至舌色虫血行衣見角言谷豆貝赤走足身車辛"
      U"里金長門雨青非面音風飛食首香馬骨高鬼魚鳥麻黄鼻民西戸黒龍";
  constexpr std::u32string_view kTwins =
      U"⼀⼄⼆⼈⼋⼑⼒⼗⼜⼝⼟⼠⼣⼤⼥⼦⼨⼩⼭⼯⼰⼲⼸⼼⼿⽀⽂⽃⽅⽇⽉⽊⽌⽑⽒⽔⽕⽗⽚⽜⽝⽞"
      U"⽟⽠⽡⽢⽣⽤⽥⽩⽪⽬⽭⽮⽯⽰⽳⽴⽵⽶⽷⽺⽻⽼⽿⾁⾃⾄⾆⾊⾍⾎⾏⾐⾒⾓⾔⾕⾖⾙⾚⾛⾜⾝⾞⾟"
      U"⾥⾦⾧⾨⾬⻘⾮⾯⾳⾵⾶⾷⾸⾹⾺⾻⾼⿁⿂⿃⿇⻩⿐⺠⻄⼾⿊⿓";
  static_assert(kKanji.size() == kTwins.size());
  constexpr std::u32string_view kMoreKanji = U"神福社祖祝突都視者著諸逸難類隆勉勤喝器墨層";
  constexpr std::u32string_view kMoreTwins =
      U"\uFA19\uFA1B\uFA4C\uFA50\uFA51\uFA55\uFA26\uFA61\uFA5B\uFA5F\uFA22\uFA67\uFA68\uF9D0\uF9DC"
      U"\uFA33\uFA34\uFA36\uFA38\uFA3A\uFA3B";
  static_assert(kMoreKanji.size() == kMoreTwins.size());
  const char32_t c = text[at];
  if (const std::size_t i = kKanji.find(c); i != kKanji.npos) return {kTwins[i]};
  if (const std::size_t i = kMoreKanji.find(c); i != kMoreKanji.npos) return {kMoreTwins[i]};
  return {};
}

// ---- Look-alikes ---------------------------------------------------------------------------

std::u32string look_alikes(std::u32string_view text, std::size_t at, Dice& dice) {
  struct Alphabet {
    std::u32string_view latin;
    std::u32string_view twins;
  };
  constexpr Alphabet kAlphabets[] = {
      {U"aceiopsxyjhkldqwABCEHIKMOPTXSJY", U"асеіорѕхујһкӏԁԛԝАВСЕНІКМОРТХЅЈУ"},  // Cyrillic
      {U"aeiknoptuvxyABEHIKMNOPTXYZ", U"αεικηορτυνχγΑΒΕΗΙΚΜΝΟΡΤΧΥΖ"},            // Greek
      {U"ghjnoquLOSU", U"ցհյոօզսԼՕՏՍ"},                                          // Armenian
  };
  // The first and the last letter of a word stay Latin, so the word mixes scripts.
  const bool inside = at > 0 && at + 1 < text.size() && is_latin(text[at - 1]) &&
                      is_latin(text[at]) && is_latin(text[at + 1]);
  if (!inside) return {};
  const std::size_t first = dice.below(std::size(kAlphabets));
  for (std::size_t n = 0; n < std::size(kAlphabets); ++n) {
    const Alphabet& alphabet = kAlphabets[(first + n) % std::size(kAlphabets)];
    const std::size_t i = alphabet.latin.find(text[at]);
    if (i != alphabet.latin.npos) return {alphabet.twins[i]};
  }
  return {};
}

// ---- Stacked marks -------------------------------------------------------------------------

std::u32string stacked_marks(std::u32string_view text, std::size_t at, Dice& dice) {
  const char32_t c = text[at];
  const bool letter = is_latin(c) || is_kana(c) || is_han(c) || in(c, 0x00C0, 0x017E);
  if (!letter || (at + 1 < text.size() && is_mark(text[at + 1]))) return {};
  std::u32string pile;
  // The first composes with nothing, so that the pile cannot be mistaken for an accent.
  pile += dice.one_of(U"\u0336\u0334\u035C\u0489\u034B\u0353\u0361\u20DD\u20E0\u1AB0\u1DC2\uFE20");
  for (std::size_t n = dice.between(0, 6); n > 0; --n) {
    pile += static_cast<char32_t>(0x0300 + dice.below(0x4E));
  }
  std::swap(pile.front(), pile[dice.below(pile.size())]);
  return behind(text, at, pile);
}

Writer writer_of(EvasionClass kind) {
  switch (kind) {
    case EvasionClass::kInvisible:
      return invisible;
    case EvasionClass::kVariationSelectors:
      return selectors;
    case EvasionClass::kTags:
      return tags;
    case EvasionClass::kBidiControls:
      return bidi;
    case EvasionClass::kLetterStyles:
      return letter_styles;
    case EvasionClass::kKanaMarks:
      return kana_marks;
    case EvasionClass::kRadicals:
      return radicals;
    case EvasionClass::kLookAlikes:
      return look_alikes;
    case EvasionClass::kStackedMarks:
      return stacked_marks;
  }
  bug("an evasion class that is not in the list");
}

}  // namespace

std::string_view evasion_name(EvasionClass kind) {
  switch (kind) {
    case EvasionClass::kInvisible:
      return "invisible";
    case EvasionClass::kVariationSelectors:
      return "variation_selectors";
    case EvasionClass::kTags:
      return "tags";
    case EvasionClass::kBidiControls:
      return "bidi_controls";
    case EvasionClass::kLetterStyles:
      return "letter_styles";
    case EvasionClass::kKanaMarks:
      return "kana_marks";
    case EvasionClass::kRadicals:
      return "radicals";
    case EvasionClass::kLookAlikes:
      return "look_alikes";
    case EvasionClass::kStackedMarks:
      return "stacked_marks";
  }
  bug("an evasion class that is not in the list");
}

std::string disguise(std::string_view text, EvasionClass kind, std::uint64_t seed) {
  const Writer write = writer_of(kind);
  Dice dice(seed);
  const std::u32string clean = utf8::decode(text);
  std::vector<std::u32string> written(clean.size());
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at < clean.size(); ++at) {
    written[at] = write(clean, at, dice);
    if (!written[at].empty()) places.push_back(at);
  }
  if (places.empty()) return std::string(text);
  const std::size_t percent = dice.between(5, 100);
  std::vector<bool> used(clean.size());
  for (const std::size_t at : places) used[at] = dice.chance(percent);
  used[places[dice.below(places.size())]] = true;
  std::u32string out;
  for (std::size_t at = 0; at < clean.size(); ++at) {
    if (used[at]) {
      out += written[at];
    } else {
      out += clean[at];
    }
  }
  return utf8::encode(out);
}

}  // namespace sekisho::eval
