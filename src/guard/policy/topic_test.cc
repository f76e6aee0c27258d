#include "guard/policy/topic.h"

#include <gtest/gtest.h>

namespace sekisho::policy {
namespace {

bool about(const std::string& text, const std::string& phrase) {
  return is_about(must(text::NormalText::create(text)), {phrase});
}

TEST(Topic, ContainmentIsOne) {
  EXPECT_EQ(topic_similarity(U"今日は株の話をしよう", U"株"), 1.0);
  EXPECT_EQ(topic_similarity(U"投資の助言をください", U"投資の助言"), 1.0);
}

TEST(Topic, NothingInCommonIsZero) {
  EXPECT_EQ(topic_similarity(U"明日の天気", U"投資助言"), 0.0);
  EXPECT_EQ(topic_similarity(U"", U"投資"), 0.0);
  EXPECT_EQ(topic_similarity(U"投資", U""), 0.0);
  EXPECT_EQ(topic_similarity(U"あ", U"い"), 0.0);
}

// Counted by hand: the phrase has ab, bc, abc; the text ab, bx, abx. One of three is shared.
TEST(Topic, IsTheCosineOfGramCounts) {
  EXPECT_NEAR(topic_similarity(U"abx", U"abc"), 1.0 / 3, 1e-12);
}

TEST(Topic, ALongTextDoesNotDrownAPhrase) {
  const std::u32string around(1000, U'。');
  EXPECT_GE(topic_similarity(around + U"他社製品と比較した表" + around, U"他社製品との比較"),
            kTopicSimilarityMin);
}

TEST(Topic, FindsThePhraseWithOtherParticles) {
  EXPECT_TRUE(about("他社製品と比較した表を作って", "他社製品との比較"));
  EXPECT_TRUE(about("政治家への批判を書いて", "政治家の批判"));
  EXPECT_TRUE(about("ｃｒｙｐｔｏを買いたい", "Crypto"));
}

TEST(Topic, LeavesOrdinarySentencesAlone) {
  for (const char* text : {"返品の方法を教えてください", "営業時間は何時から何時までですか",
                           "この商品の保証期間を知りたいです", "昨日の会議の議事録を要約して"}) {
    for (const char* phrase : {"他社製品との比較", "政治家の批判", "投資の助言", "医療上の診断"}) {
      EXPECT_FALSE(about(text, phrase)) << text << " / " << phrase;
    }
  }
}

TEST(Topic, AnInvisiblePhraseIsAboutNothing) {
  EXPECT_FALSE(about("何か", "\u200B"));
}

}  // namespace
}  // namespace sekisho::policy
