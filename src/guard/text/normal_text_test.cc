#include "guard/text/normal_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>

#include "base/utf8.h"
#include "eval/evasion.h"
#include "guard/text/test_sentences.h"

namespace sekisho::text {
namespace {

using eval::disguise;
using eval::EvasionClass;
using eval::kEvasionClasses;

std::string canonical(std::string_view raw) {
  const Result<NormalText> text = NormalText::create(std::string(raw));
  return text.ok() ? text->canonical().text : "refused: " + text.error().message;
}

const View* view_of(const NormalText& text, ViewKind kind) {
  for (const View& view : text.views()) {
    if (view.kind == kind) return &view;
  }
  return nullptr;
}

std::string view_text(std::string_view raw, ViewKind kind) {
  const NormalText text = must(NormalText::create(std::string(raw)));
  const View* view = view_of(text, kind);
  return view == nullptr ? "none" : view->text;
}

std::vector<std::string> all_sentences() {
  std::vector<std::string> all;
  for (const std::string_view plain : kPlainSentences) all.emplace_back(plain);
  for (const FoldedSentence& sentence : kFoldedSentences) all.emplace_back(sentence.raw);
  return all;
}

// ---- Refusals ------------------------------------------------------------------------------

struct Refusal {
  std::string raw;
  ErrorCode code;
  std::string message;
};

TEST(NormalTextTest, RefusesWhatCannotBeJudged) {
  const Refusal refusals[] = {
      {"", ErrorCode::kInvalid, "the text is empty"},
      {"abc\xFF", ErrorCode::kInvalid, "the text is not UTF-8: byte 3 is wrong"},
      {"\xE3\x81", ErrorCode::kInvalid, "the text is not UTF-8: byte 0 is wrong"},
      {"\xC0\x80", ErrorCode::kInvalid, "the text is not UTF-8: byte 0 is wrong"},
      {"a\xED\xA0\x80", ErrorCode::kInvalid, "the text is not UTF-8: byte 1 is wrong"},
      {"\u200B\uFEFF\u00AD\u034F\u3164\u2800", ErrorCode::kUnprocessable,
       "the text has nothing visible in it"},
      {" \n\t\u3000\u00A0", ErrorCode::kUnprocessable, "the text has nothing visible in it"},
      {"\U000E0068\U000E0069", ErrorCode::kUnprocessable, "the text has nothing visible in it"},
      {"\u0301\uFE0F\u202E", ErrorCode::kUnprocessable, "the text has nothing visible in it"},
      {std::string(2049, 'a'), ErrorCode::kTooLong,
       "the text has 2049 characters; at most 2048 are judged"},
  };
  for (const Refusal& refusal : refusals) {
    const Result<NormalText> text = NormalText::create(refusal.raw);
    ASSERT_FALSE(text.ok()) << refusal.raw;
    EXPECT_EQ(text.error().code, refusal.code) << refusal.raw;
    EXPECT_EQ(text.error().message, refusal.message);
  }
}

TEST(NormalTextTest, CountsCodePointsAsSent) {
  // One to four bytes, one that folds to nothing, one that folds to eighteen.
  for (const std::string one : {"a", "é", "あ", "😀", "\u200B", "\uFDFA"}) {
    std::string most = "x";
    for (std::size_t i = 1; i < limits::kTextCodePoints; ++i) most += one;
    const Result<NormalText> text = NormalText::create(most);
    ASSERT_TRUE(text.ok()) << one;
    EXPECT_EQ(text->code_points(), limits::kTextCodePoints);
    EXPECT_EQ(text->raw(), most);
    EXPECT_FALSE(NormalText::create(most + one).ok()) << one;
  }
  EXPECT_TRUE(NormalText::create("四文字だ", 4).ok());
  EXPECT_FALSE(NormalText::create("五文字だよ", 4).ok());
}

// ---- What the views read -------------------------------------------------------------------

TEST(NormalTextTest, LeavesHarmlessTextAlone) {
  for (const std::string_view plain : kPlainSentences) {
    const NormalText text = must(NormalText::create(std::string(plain)));
    EXPECT_EQ(text.canonical().text, plain);
    EXPECT_FALSE(text.folded());
    EXPECT_EQ(text.views().size(), 1u) << plain;
  }
  for (const FoldedSentence& sentence : kFoldedSentences) {
    EXPECT_EQ(canonical(sentence.raw), sentence.canonical);
  }
}

TEST(NormalTextTest, UndoesEachDisguise) {
  const FoldedSentence cases[] = {
      {"ば\u200Bく\u2060だ\uFEFFん", "ばくだん"},
      {"爆\uFE00弾\U000E0101", "爆弾"},
      {"b\U000E0062o\U000E006Fmb", "bomb"},
      {"bo\u200Emb\u202A\u202C", "bomb"},
      {"𝔟𝓸𝕞𝖻 🅑🅾🄼🇧 ⓑⓞⓜⓑ ʙᴏᴍʙ", "bomb BOMB bomb bomb"},
      {"ﾊﾞｸﾀﾞﾝ ハ\u3099クタ\uFF9Eン か゛\u3099 あ\u309A", "バクダン バクダン が あ"},
      {"⾔葉と⽇本と⺠", "言葉と日本と民"},
      {"раypal pаypаl ΒΟmb սnder", "paypal paypal BOmb under"},
      {"爆\u0336\u0336弾\u0301\u0489 k\u0336i\u0301\u0302\u0303\u0336ll", "爆弾 kill"},
      {"🇰🇮🇱🇱 🇰\u200B🇮🇱🇱 🇪", "KILL KILL E"},
      {"03−1234 03‐1234 03ー1234 1―2 ア−イ", "03-1234 03-1234 03-1234 1-2 ア-イ"},
      {"1\u20E3 k\u20E3 1\uFE0F\u20E3 1\uFE0F", "1\u20E3 k 1\uFE0F\u20E3 1"},
  };
  for (const FoldedSentence& c : cases) EXPECT_EQ(canonical(c.raw), c.canonical);
}

TEST(NormalTextTest, KeepsWhatOnlyLooksLikeADisguise) {
  // Whole words of one script, formulas, raised digits, letters that need their marks.
  for (const std::string_view kept : {"сос", "рот", "ΑΒΓ", "αx", "5μm", "Δt", "x²", "1½",
                                      "\u0E19\u0E49\u0E33", "が", "ヷ", "ㅋㅋ"}) {
    EXPECT_EQ(canonical(kept), kept);
  }
  // A joiner is kept between emoji only, U+FE0F behind what it makes an emoji of.
  EXPECT_EQ(canonical("👩\u200D💻 👩\u200Dの a\u200D💻 👩\u200D"), "👩\u200D💻 👩の a💻 👩");
  EXPECT_EQ(canonical("❤\uFE0F😀\uFE0F愛\uFE0F❤\uFE0E"), "❤\uFE0F😀愛❤");
  EXPECT_EQ(canonical("🇯🇵🇺🇸 🇯🇵🇺 🇽🇽"), "🇯🇵🇺🇸 JPU XX");
}

TEST(NormalTextTest, ReadsHiddenText) {
  EXPECT_EQ(view_text("a\U000E0068\U000E0069b\U000E0021", ViewKind::kHidden), "hi!");
  EXPECT_EQ(view_text("😀\U000E0158\U000E0159", ViewKind::kHidden), "hi");
  // 爆 is E7 88 86.
  EXPECT_EQ(view_text("😀\U000E01D7\U000E0178\U000E0176", ViewKind::kHidden), "爆");
  // Bytes that are not UTF-8 and controls are left out, the rest is read.
  EXPECT_EQ(view_text("😀\uFE00\U000E01D7\U000E0158", ViewKind::kHidden), "h");
  EXPECT_EQ(view_text("葛\U000E0100城", ViewKind::kHidden), "none");
  EXPECT_EQ(view_text("🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007Fだ",
                      ViewKind::kHidden),
            "none");
  EXPECT_EQ(view_text("🏴\U000E0067\U000E0062\U000E0065\U000E006Eだ", ViewKind::kHidden), "gben");

  const NormalText text = must(NormalText::create("a\U000E0068b\U000E0069"));
  const View* hidden = view_of(text, ViewKind::kHidden);
  ASSERT_NE(hidden, nullptr);
  EXPECT_EQ(hidden->original(0, 1), (Span{1, 2}));
  EXPECT_EQ(hidden->original(0, 2), (Span{1, 4}));
}

TEST(NormalTextTest, ReadsTheOrderThatIsSeen) {
  EXPECT_EQ(view_text("これは\u202E弾爆\u202Cです", ViewKind::kVisual), "これは爆弾です");
  EXPECT_EQ(view_text("\u202Ebm\u200Bob\u202C", ViewKind::kVisual), "bomb");
  EXPECT_EQ(view_text("a\n\u202Eか\u3099(き\u202C\nb", ViewKind::kVisual), "a\nき)が\nb");
  EXPECT_EQ(view_text("\u202E😀🎉\u202C", ViewKind::kVisual), "🎉😀");
  EXPECT_EQ(view_text("bo\u2067mb\u2069", ViewKind::kVisual), "none");

  const NormalText text = must(NormalText::create("これは\u202E弾爆\u202Cです"));
  const View* visual = view_of(text, ViewKind::kVisual);
  ASSERT_NE(visual, nullptr);
  EXPECT_EQ(visual->original(3, 4), (Span{5, 6}));  // 爆
  EXPECT_EQ(visual->original(3, 5), (Span{4, 6}));
}

// ---- Properties ----------------------------------------------------------------------------

TEST(NormalTextPropertyTest, DisguisedTextReadsAsTheClean) {
  constexpr std::size_t kPairs = 10'000;
  const std::vector<std::string> sentences = all_sentences();
  std::vector<std::string> clean;
  for (const std::string& sentence : sentences) clean.push_back(canonical(sentence));
  for (const EvasionClass kind : kEvasionClasses) {
    std::size_t pairs = 0;
    std::size_t equal = 0;
    std::string example;
    for (std::uint64_t seed = 0; pairs < kPairs; ++seed) {
      ASSERT_LT(seed, 20 * kPairs) << "the class finds too little to disguise";
      const std::size_t i = seed % sentences.size();
      const std::string disguised = disguise(sentences[i], kind, seed);
      if (disguised == sentences[i]) continue;
      ++pairs;
      if (canonical(disguised) == clean[i]) {
        ++equal;
      } else if (example.empty()) {
        example = disguised + " reads " + canonical(disguised);
      }
    }
    const double share = static_cast<double>(equal) / static_cast<double>(pairs);
    RecordProperty(std::string(eval::evasion_name(kind)), std::to_string(share));
    EXPECT_GE(share, 0.999) << eval::evasion_name(kind) << ": " << example;
  }
}

TEST(NormalTextPropertyTest, FindingsMapBackToWhatSpellsThem) {
  // The marker is disguised by itself, so the place it must map to is known.
  constexpr std::string_view kMarkers[] = {"爆弾の作り方", "ガソリンとビデオ", "Kill Bill",
                                           "人口と目玉"};
  const std::vector<std::string> sentences = all_sentences();
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    const EvasionClass kind = kEvasionClasses[seed % kEvasionClasses.size()];
    const std::string_view marker = kMarkers[seed / 9 % std::size(kMarkers)];
    const std::string before = disguise(sentences[seed % sentences.size()], kind, seed) + "\n";
    const std::string spelled = disguise(marker, kind, seed + 1);
    const std::string after = "\n" + disguise(sentences[seed * 7 % sentences.size()], kind, ~seed);
    const NormalText text = must(NormalText::create(before + spelled + after));

    const View& view = text.canonical();
    const std::u32string wanted = utf8::decode(marker);
    const std::size_t at = view.code_points.find(wanted);
    ASSERT_NE(at, std::u32string::npos) << view.text;
    const auto begin = static_cast<std::uint32_t>(utf8::count(before));
    const auto end = static_cast<std::uint32_t>(begin + utf8::count(spelled));
    ASSERT_EQ(view.original(at, at + wanted.size()), (Span{begin, end})) << text.raw();
  }
}

// What every view must hold, whatever the text.
void check_invariants(const NormalText& text) {
  std::size_t bytes = 0;
  for (const View& view : text.views()) {
    ASSERT_EQ(view.text, utf8::encode(view.code_points));
    ASSERT_EQ(view.code_points.size(), view.origins.size());
    for (const Span& origin : view.origins) {
      ASSERT_LT(origin.begin, origin.end);
      ASSERT_LE(origin.end, text.code_points());
    }
    bytes += view.text.capacity() + view.code_points.capacity() * sizeof(char32_t) +
             view.origins.capacity() * sizeof(Span);
  }
  // Short strings live inside the view itself, whose size is not counted.
  ASSERT_LE(bytes, NormalText::kBytesPerRawByte * text.raw().size() + 32 * text.views().size());
  const View& canonical = text.canonical();
  ASSERT_TRUE(std::is_sorted(
      canonical.origins.begin(), canonical.origins.end(),
      [](const Span& a, const Span& b) { return a.begin < b.begin || a.end < b.end; }));
  ASSERT_EQ(text.folded(), canonical.text != text.raw());
  // A view may be longer than a text may be: only the folding is under test here.
  const NormalText again = must(NormalText::create(canonical.text, canonical.code_points.size()));
  ASSERT_EQ(again.canonical().text, canonical.text) << text.raw();
}

TEST(NormalTextPropertyTest, HoldsForEveryCodePoint) {
  for (char32_t code_point = 0; code_point <= 0x10FFFF; ++code_point) {
    if (code_point >= 0xD800 && code_point <= 0xDFFF) continue;
    std::string raw;
    utf8::append(raw, code_point);
    const Result<NormalText> text = NormalText::create(raw);
    if (!text.ok()) continue;
    check_invariants(*text);
    ASSERT_FALSE(HasFatalFailure()) << "U+" << std::hex << static_cast<std::uint32_t>(code_point);
  }
}

// Strings that are dense in what interacts: marks, jamo, kana, emoji parts, look-alikes, dashes.
std::string random_text(std::mt19937_64& random) {
  constexpr std::u32string_view kDense =
      U"aeK1７#=<ёеАаоαωΩօ "
      U"éはかがﾊｶｰー一口\u3099\u309A\u309B\u309C\uFF9E\uFF9F\u0301\u0323\u0338\u0336"
      U"\u0345\u0344\u0327\u20E3\u20DD\u1100\u1161\u11A8\uAC00\u3131\u314F\uFFA1\uFFC2\u0928\u093C"
      U"\u0947"
      U"\u094D\u09C7\u09BE\u0E33\u0E31\u0E19\u0F71\u0F72\u0F74\u05D0\u05B8\u0627\u0653\u064B\u200B"
      U"\u200D"
      U"\uFE0F\uFE0E\uFE00\u202E\u202C\u2067\u2194\u2764\u00A9\U0001F469\U0001F3FD\U0001F3F4"
      U"\U0001F1EF"
      U"\U0001F1F5\U0001F1F0\U000E0067\U000E0062\U000E007F\U000E0101\uFDFA\u3316\u1D15\U0001D15E"
      U"\U0001D165−–\n ";
  const std::size_t size = 1 + random() % 12;
  std::u32string text;
  while (text.size() < size) {
    char32_t code_point = kDense[random() % kDense.size()];
    if (random() % 4 == 0) code_point = static_cast<char32_t>(random() % 0x3400);
    if (random() % 16 == 0) code_point = static_cast<char32_t>(random() % 0x110000);
    if (code_point < 0xD800 || code_point > 0xDFFF) text += code_point;
  }
  return utf8::encode(text);
}

TEST(NormalTextPropertyTest, HoldsForRandomText) {
  // SEKISHO_LONG_TEST is the number of texts of a longer run.
  const char* asked = std::getenv("SEKISHO_LONG_TEST");
  const std::size_t texts = asked == nullptr ? 200'000 : std::strtoull(asked, nullptr, 10);
  std::mt19937_64 random(20240401);
  for (std::size_t i = 0; i < texts; ++i) {
    const Result<NormalText> text = NormalText::create(random_text(random));
    if (!text.ok()) continue;
    check_invariants(*text);
    ASSERT_FALSE(HasFatalFailure()) << "text " << i << ": " << text->raw();
  }
}

TEST(NormalTextPropertyTest, MemoryIsBounded) {
  // U+FDFA grows most: 3 bytes become 18 code points, and with an override in two views.
  for (const std::string start : {"x", "\u202E", "\u202Dx"}) {
    for (const std::string one : {"\uFDFA", "\u3316", "a", "あ", "\U000E0068", "\U000E0158"}) {
      std::string raw = start;
      for (int i = 0; i < 2000; ++i) raw += one;
      const Result<NormalText> text = NormalText::create(raw);
      if (text.ok()) check_invariants(*text);
    }
  }
}

}  // namespace
}  // namespace sekisho::text
