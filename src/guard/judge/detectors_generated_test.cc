// Recall and false findings over generated numbers, with a fixed seed.
#include <random>

#include "guard/judge/detectors_test_support.h"
#include "guard/judge/number_scan.h"

namespace sekisho::judge {
namespace {

constexpr int kTexts = 1500;

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  std::size_t below(std::size_t n) { return random_() % n; }
  std::string_view one_of(const Texts& texts) { return texts[below(texts.size())]; }
  std::string digits(std::size_t count) {
    std::string out;
    while (out.size() < count) out += static_cast<char>('0' + below(10));
    return out;
  }

  std::string my_number() {
    for (;;) {
      const std::string number = digits(12);
      if (my_number_valid(number)) return number;
    }
  }
  std::string card() {
    static const std::vector<std::pair<std::string_view, std::size_t>> kIssuers = {
        {"4", 16}, {"51", 16}, {"2345", 16}, {"3540", 16}, {"37", 15}, {"36", 14}, {"6011", 16}};
    for (;;) {
      const auto& [prefix, size] = kIssuers[below(kIssuers.size())];
      const std::string number = std::string(prefix) + digits(size - prefix.size());
      if (luhn_valid(number)) return number;
    }
  }

  // Parts joined by one separator, ASCII or full-width.
  std::string written(const std::vector<std::string>& parts) {
    static const Texts kSeparators = {"", "-", " ", "－", "　", "ー", "–", "−", "‐", " - "};
    const std::string_view separator = one_of(kSeparators);
    std::string out;
    for (const std::string& part : parts) {
      if (!out.empty()) out += separator;
      out += part;
    }
    return below(2) == 0 ? out : wide(out);
  }

  static std::string wide(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
      const char32_t c = utf8::next(text, at);
      utf8::append(out, c > U' ' && c < 0x7F ? c - 0x21 + 0xFF01 : c);
    }
    return out;
  }

 private:
  std::mt19937 random_;
};

std::vector<std::string> split(const std::string& digits, const std::vector<std::size_t>& sizes) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  for (const std::size_t size : sizes) {
    parts.push_back(digits.substr(at, size));
    at += size;
  }
  return parts;
}

// The share of texts in which `reason` is found with this action.
template <typename Make>
double recall(std::string_view reason, policy::Action action, std::uint32_t seed, Make make) {
  Generator generator(seed);
  int found = 0;
  std::string missed;
  for (int i = 0; i < kTexts; ++i) {
    const std::string text = make(generator);
    if (finds(text, reason, action)) {
      ++found;
    } else if (missed.empty()) {
      missed = text;
    }
  }
  if (!missed.empty()) GTEST_LOG_(INFO) << reason << " missed first: " << missed;
  return static_cast<double>(found) / kTexts;
}

TEST(Generated, MyNumberRecallIsComplete) {
  static const Texts kFrames = {"マイナンバーは", "個人番号：", "私のマイナンバー ",
                                "本人の個人番号が", "マイナンバーカードの番号、"};
  static const Texts kTails = {"です。",         "",          "でお願いします",
                               "、確認ください", " と書いた", "だよ"};
  EXPECT_EQ(recall("my_number", policy::Action::kBlock, 1,
                   [](Generator& g) {
                     return std::string(g.one_of(kFrames)) +
                            g.written(split(g.my_number(), {4, 4, 4})) +
                            std::string(g.one_of(kTails));
                   }),
            1.0);
}

TEST(Generated, CardRecall) {
  static const Texts kFrames = {"カードは", "カード番号：", "これで払って ", "クレカ ",
                                "",         "番号は"};
  EXPECT_GE(recall("card", policy::Action::kBlock, 2,
                   [](Generator& g) {
                     const std::string card = g.card();
                     const std::vector<std::size_t> sizes =
                         card.size() == 16   ? std::vector<std::size_t>{4, 4, 4, 4}
                         : card.size() == 15 ? std::vector<std::size_t>{4, 6, 5}
                                             : std::vector<std::size_t>{4, 6, 4};
                     return std::string(g.one_of(kFrames)) + g.written(split(card, sizes)) + "です";
                   }),
            0.99);
}

TEST(Generated, PhoneRecall) {
  static const Texts kFrames = {"電話は", "TEL:", "携帯 ", "", "ご連絡は", "☎"};
  EXPECT_GE(recall("phone", policy::Action::kRecord, 3,
                   [](Generator& g) {
                     const std::string mobile(g.one_of({"090", "080", "070", "050"}));
                     std::vector<std::string> parts;
                     switch (g.below(4)) {
                       case 0:
                         parts = {std::string(g.one_of({"03", "06"})), g.digits(4), g.digits(4)};
                         break;
                       case 1:
                         parts = {std::string(g.one_of({"045", "052", "011", "092"})), g.digits(3),
                                  g.digits(4)};
                         break;
                       case 2:
                         parts = {"0120", g.digits(3), g.digits(3)};
                         break;
                       default:
                         parts = {mobile, g.digits(4), g.digits(4)};
                     }
                     return std::string(g.one_of(kFrames)) + g.written(parts) + "まで";
                   }),
            0.99);
}

TEST(Generated, PostalCodeRecall) {
  static const Texts kFrames = {"〒", "郵便番号は", "郵便番号：", "〒 ", "住所は〒"};
  EXPECT_GE(recall("postal_code", policy::Action::kRecord, 4,
                   [](Generator& g) {
                     return std::string(g.one_of(kFrames)) + g.written({g.digits(3), g.digits(4)}) +
                            "です";
                   }),
            0.99);
}

TEST(Generated, EmailRecall) {
  static const Texts kNames = {"taro", "hanako.yamada", "info", "sales-1", "k_sato", "a.b+c"};
  static const Texts kDomains = {"kensa.co.jp", "mail-kensa.com", "sub.kensa.ne.jp", "kensa.tokyo"};
  static const Texts kFrames = {"メールは", "連絡先：", "", "<", "宛先　"};
  EXPECT_GE(recall("email", policy::Action::kRecord, 5,
                   [](Generator& g) {
                     const std::string at(g.one_of({"@", "＠", " @ "}));
                     std::string mail = std::string(g.one_of(kNames)) + g.digits(g.below(3)) + at +
                                        std::string(g.one_of(kDomains));
                     if (g.below(2) == 0) mail = Generator::wide(mail);
                     return std::string(g.one_of(kFrames)) + mail +
                            std::string(g.one_of({"まで", "。", ""}));
                   }),
            0.99);
}

// Numbers of everyday life: the detectors may touch one in a hundred of them.
std::string ordinary(Generator& g) {
  const auto number = [&](std::size_t digits) { return g.digits(digits); };
  const auto two = [&] { return g.digits(2); };
  switch (g.below(18)) {
    case 0:
      return "価格は" + number(1 + g.below(7)) + "円です";
    case 1:
      return "合計 ¥" + number(3) + "," + number(3) + "," + number(3);
    case 2:
      return "202" + number(1) + "-" + two() + "-" + two() + " " + two() + ":" + two() + ":" +
             two();
    case 3:
      return "注文番号 " + number(12) + " の件";
    case 4:
      return "注文番号：" + number(4) + "-" + number(4) + "-" + number(4) + "-" + number(4);
    case 5:
      return "お問い合わせ番号 " + number(4) + "-" + number(4) + "-" + number(4);
    case 6:
      return "バージョン " + number(1) + "." + two() + "." + two() + "." + two();
    case 7:
      return "ISBN 978-4-" + two() + "-" + number(6) + "-" + number(1);
    case 8:
      return "ISBN-10: " + number(10);
    case 9:
      return "JANコード 49" + number(11);
    case 10:
      return "品番 KB-" + number(4) + "-" + number(2);
    case 11: {
      const std::string rest = number(12);
      for (char first = '1'; first <= '9'; ++first) {
        if (corporate_number_valid(first + rest)) return "法人番号 " + (first + rest);
      }
      return "法人番号 " + rest;
    }
    case 12:
      return "スコアは" + two() + "-" + two() + "、勝率" + "0." + number(3);
    case 13:
      return "受付番号は" + number(9) + "です";
    case 14:
      return "シリアル番号 " + number(16);
    case 15:
      return "人口は" + number(3) + "," + number(3) + "," + number(3) + "人、面積" + number(5) +
             "km";
    case 16:
      return "ログの時刻は 17" + number(8) + " と 17" + number(11);
    default:
      return number(12 + g.below(5));  // with no word at all
  }
}

TEST(Generated, OrdinaryNumbersAreLeftAlone) {
  Generator generator(6);
  int touched = 0;
  int blocked = 0;
  std::string first;
  constexpr int kOrdinary = 6000;
  for (int i = 0; i < kOrdinary; ++i) {
    const std::string text = ordinary(generator);
    const auto found = findings(text);
    touched += found.empty() ? 0 : 1;
    blocked += blocks(text) ? 1 : 0;
    if (!found.empty() && first.size() < 600) first += text + " -> " + describe(text, found) + "\n";
  }
  if (!first.empty())
    GTEST_LOG_(INFO) << touched << " touched, " << blocked << " blocked\n" << first;
  EXPECT_LE(touched, kOrdinary / 100);
  EXPECT_LE(blocked, kOrdinary / 500);
}

}  // namespace
}  // namespace sekisho::judge
