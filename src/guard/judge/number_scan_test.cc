#include "guard/judge/number_scan.h"

#include <gtest/gtest.h>

namespace sekisho::judge {
namespace {

TEST(Luhn, KnowsPublishedTestNumbers) {
  for (const char* number :
       {"4111111111111111", "4242424242424242", "5555555555554444", "378282246310005",
        "30569309025904", "6011111111111117", "3530111333300000"}) {
    EXPECT_TRUE(luhn_valid(number)) << number;
    EXPECT_TRUE(card_prefix_valid(number)) << number;
  }
  EXPECT_FALSE(luhn_valid("4111111111111112"));
  EXPECT_FALSE(luhn_valid("1411111111111111"));
  EXPECT_FALSE(card_prefix_valid("9111111111111111"));
  EXPECT_FALSE(card_prefix_valid("411111111111"));
  EXPECT_FALSE(card_prefix_valid("41111111111111111111"));
}

// Every change of one digit is seen, but where the remainders 0 and 1 share the check digit 0.
TEST(MyNumber, ChecksTheLastDigit) {
  EXPECT_TRUE(my_number_valid("123456789018"));
  EXPECT_TRUE(my_number_valid("526018159084"));
  EXPECT_FALSE(my_number_valid("526018159085"));
  EXPECT_FALSE(my_number_valid("52601815908"));
  EXPECT_FALSE(my_number_valid("5260181590840"));
  EXPECT_FALSE(my_number_valid("000000000000"));
  int valid = 0;
  for (int last = 0; last < 10; ++last) {
    valid += my_number_valid("52601815908" + std::to_string(last)) ? 1 : 0;
  }
  EXPECT_EQ(valid, 1);
}

TEST(CorporateNumber, ChecksTheFirstDigit) {
  EXPECT_TRUE(corporate_number_valid("7000012050002"));  // 国税庁
  EXPECT_FALSE(corporate_number_valid("8000012050002"));
  EXPECT_FALSE(corporate_number_valid("700001205000"));
}

TEST(DigitGroups, SaysWhatStandsBetween) {
  const auto gaps = [](std::u32string_view text) {
    std::string out;
    for (const DigitGroup& group : digit_groups(text)) {
      out += "nhspd"[static_cast<int>(group.gap)];
      out += std::to_string(group.range.size());
    }
    return out;
  };
  EXPECT_EQ(gaps(U"03-1234-5678"), "n2h4h4");
  EXPECT_EQ(gaps(U"03(1234)5678"), "n2p4p4");
  EXPECT_EQ(gaps(U"1 - 2  3.4"), "n1h1s1d1");
  EXPECT_EQ(gaps(U"1、2ー3--4"), "n1n1h1n1");
  EXPECT_EQ(gaps(U"なし"), "");
}

TEST(Minute, IsACalendarMinute) {
  EXPECT_TRUE(is_minute("202411150930"));
  EXPECT_FALSE(is_minute("202413150930"));
  EXPECT_FALSE(is_minute("202411152530"));
  EXPECT_FALSE(is_minute("526018159084"));
}

TEST(Url, ReachesBackToItsScheme) {
  EXPECT_TRUE(in_url(U"https://a.jp/123", 13));
  EXPECT_FALSE(in_url(U"https://a.jp/ 123", 14));
  EXPECT_FALSE(in_url(U"123", 0));
}

}  // namespace
}  // namespace sekisho::judge
