#include "eval/evasion.h"

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace sekisho::eval {
namespace {

TEST(EvasionTest, IsReproducibleAndChangesWhatItCan) {
  constexpr std::string_view kText = "Kill Bill、ガソリンと人口ばかり";
  for (const EvasionClass kind : kEvasionClasses) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const std::string once = disguise(kText, kind, seed);
      EXPECT_EQ(once, disguise(kText, kind, seed));
      EXPECT_NE(once, kText) << evasion_name(kind);
      EXPECT_TRUE(utf8::is_valid(once));
    }
  }
}

TEST(EvasionTest, LeavesTextWithoutMaterialAlone) {
  EXPECT_EQ(disguise("あ、い", EvasionClass::kLookAlikes, 1), "あ、い");
  EXPECT_EQ(disguise("Hello", EvasionClass::kRadicals, 1), "Hello");
  EXPECT_EQ(disguise("Hello", EvasionClass::kKanaMarks, 1), "Hello");
  EXPECT_EQ(disguise("👩‍💻", EvasionClass::kInvisible, 1), "👩‍💻");
  EXPECT_EQ(disguise("1️⃣", EvasionClass::kLetterStyles, 1), "1️⃣");
  EXPECT_EQ(disguise("", EvasionClass::kTags, 1), "");
}

}  // namespace
}  // namespace sekisho::eval
