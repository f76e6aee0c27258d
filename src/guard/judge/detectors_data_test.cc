// The project's own labelled text: a detector that blocks a safe row is wrong, or the row is.
#include <filesystem>

#include "eval/dataset.h"
#include "guard/judge/detectors_test_support.h"

namespace sekisho::judge {
namespace {

TEST(LabelledText, NoSafeRowIsBlocked) {
  const std::string folder = SEKISHO_ROOT "/data";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no " << folder;
  const auto rows = eval::read_datasets(folder, "");
  ASSERT_TRUE(rows.ok()) << rows.error().message;
  std::size_t safe = 0;
  std::size_t unsafe = 0;
  std::size_t blocked = 0;
  for (const eval::LabelledText& row : *rows) {
    if (row.unsafe) {
      ++unsafe;
      blocked += blocks(row.text) ? 1 : 0;
      continue;
    }
    ++safe;
    EXPECT_FALSE(blocks(row.text))
        << row.text << "\n  found: " << describe(row.text, findings(row.text));
  }
  EXPECT_GT(safe, 0U);
  GTEST_LOG_(INFO) << safe << " safe rows; " << blocked << " of " << unsafe
                   << " unsafe rows blocked";
}

}  // namespace
}  // namespace sekisho::judge
