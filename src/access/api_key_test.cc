#include "access/api_key.h"

#include <gtest/gtest.h>

#include <set>

namespace sekisho::access {
namespace {

TEST(ApiKey, HasTheDocumentedFormAndReadsBack) {
  const ApiKey key = ApiKey::generate();
  EXPECT_EQ(key.text().size(), 100u);
  EXPECT_TRUE(key.text().starts_with("sk-sekisho-"));
  EXPECT_EQ(key.id().size(), 16u);
  const auto read = ApiKey::parse(key.text());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->text(), key.text());
  EXPECT_EQ(read->id(), key.id());
}

TEST(ApiKey, NoTwoAreAlike) {
  std::set<std::string> texts;
  std::set<std::string, std::less<>> ids;
  for (int i = 0; i < 1000; ++i) {
    const ApiKey key = ApiKey::generate();
    texts.insert(key.text());
    ids.emplace(key.id());
  }
  EXPECT_EQ(texts.size(), 1000u);
  EXPECT_EQ(ids.size(), 1000u);
}

TEST(ApiKey, EveryTypingMistakeIsCaught) {
  const std::string text = ApiKey::generate().text();
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char other : std::string_view("0a9f-xA ")) {
      std::string wrong = text;
      if (wrong[i] == other) continue;
      wrong[i] = other;
      EXPECT_FALSE(ApiKey::parse(wrong)) << "position " << i << ", " << other;
    }
    EXPECT_FALSE(ApiKey::parse(text.substr(0, i)));
    if (i + 1 < text.size() && text[i] != text[i + 1]) {
      std::string swapped = text;
      std::swap(swapped[i], swapped[i + 1]);
      EXPECT_FALSE(ApiKey::parse(swapped)) << "positions " << i << ", " << i + 1;
    }
  }
  EXPECT_FALSE(ApiKey::parse(text + "0"));
  EXPECT_FALSE(ApiKey::parse(text + "\n"));
  EXPECT_FALSE(ApiKey::parse(std::string_view("\0", 1)));
}

TEST(ApiKey, TheDigestDependsOnTheServer) {
  const ApiKey key = ApiKey::generate();
  const Hmac one(random_digest<Digest256>());
  const Hmac other(random_digest<Digest256>());
  EXPECT_EQ(key.digest(one), ApiKey::parse(key.text())->digest(one));
  EXPECT_NE(key.digest(one), key.digest(other));
}

}  // namespace
}  // namespace sekisho::access
