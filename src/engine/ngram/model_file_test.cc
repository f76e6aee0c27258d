#include "engine/ngram/model_file.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/hash.h"

namespace sekisho::ngram {
namespace {

ModelParts small_parts() {
  ModelParts parts;
  parts.labels = {"一つ目", "second", "3"};
  parts.scales = {0.5F, 0.25F, 0};
  parts.biases = {-1, 0, 2};
  parts.slot_bits = 5;
  parts.tags.resize(32);
  parts.weights.resize(32 * row_bytes(3));
  for (std::size_t slot = 0; slot < 32; slot += 3) {
    parts.tags[slot] = static_cast<std::uint16_t>(slot + 1);
    for (std::size_t l = 0; l < 3; ++l) {
      parts.weights[slot * row_bytes(3) + l] = static_cast<std::int8_t>(slot * 7 % 255 - 100 + l);
    }
  }
  return parts;
}

std::string reseal(std::string bytes) {
  if (bytes.size() < 32) return bytes;
  bytes.resize(bytes.size() - 32);
  const Digest256 checksum = sha256(bytes);
  return bytes.append(reinterpret_cast<const char*>(checksum.data()), checksum.size());
}

TEST(ModelFile, RoundTrip) {
  const Model model = must(Model::create(small_parts()));
  const std::string bytes = encode(model.parts());
  const Model again = must(decode(bytes));
  EXPECT_EQ(again.labels(), model.labels());
  EXPECT_EQ(again.parts().weights, model.parts().weights);
  EXPECT_EQ(again.parts().tags, model.parts().tags);
  EXPECT_EQ(again.digest(), model.digest());
  EXPECT_EQ(encode(again.parts()), bytes);
  EXPECT_EQ(model.digest(), to_hex(sha256(bytes)));
}

TEST(ModelFile, ThroughTheFileSystem) {
  const std::string path = testing::TempDir() + "/sekisho_ngram_model_file_test.bin";
  const Model model = must(Model::create(small_parts()));
  ASSERT_TRUE(write_model(path, model).ok());
  EXPECT_EQ(must(read_model(path)).digest(), model.digest());
  std::remove(path.c_str());
  EXPECT_EQ(read_model(path).error().code, ErrorCode::kNotFound);
}

TEST(ModelFile, EveryCutIsRefused) {
  const std::string bytes = encode(small_parts());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode(bytes.substr(0, size)).ok()) << size;
    EXPECT_FALSE(decode(reseal(bytes.substr(0, size))).ok()) << size;
  }
  EXPECT_FALSE(decode(bytes + '\0').ok());
  EXPECT_FALSE(decode(reseal(bytes + '\0')).ok());
}

TEST(ModelFile, NamesTheReason) {
  const std::string bytes = encode(small_parts());
  const auto reason = [](const std::string& changed) { return decode(changed).error().message; };
  const auto with = [&](std::size_t at, char value) {
    std::string changed = bytes;
    changed[at] = value;
    return changed;
  };
  EXPECT_NE(reason("short").find("too short"), std::string::npos);
  EXPECT_NE(reason(with(0, 'x')).find("SEKINGRM"), std::string::npos);
  EXPECT_NE(reason(with(8, 2)).find("version"), std::string::npos);
  EXPECT_NE(reason(with(12, 65)).find("64 labels"), std::string::npos);
  EXPECT_NE(reason(with(32, 21)).find("table size"), std::string::npos);
  EXPECT_NE(reason(with(36, 16)).find("rows"), std::string::npos);
  EXPECT_NE(reason(with(32, 20)).find("its head says"), std::string::npos);
  EXPECT_NE(reason(with(bytes.size() - 40, 1)).find("checksum"), std::string::npos);
}

// 4,000 changed bytes: all refused as they stand; with a new checksum, refused or exactly the
// model that the changed bytes say.
TEST(ModelFile, MutationsAreRefusedOrRead) {
  const std::string bytes = encode(small_parts());
  std::size_t accepted = 0;
  for (std::uint64_t i = 0; i < 4000; ++i) {
    std::string changed = bytes;
    const std::uint64_t changes = 1 + mix64(i) % 3;
    for (std::uint64_t k = 0; k < changes; ++k) {
      const std::uint64_t draw = mix64(i * 8 + k + 1);
      // Every other mutation hits the head and labels, where the rules are.
      const std::size_t range = i % 2 == 0 ? bytes.size() : 90;
      changed[draw % range] = static_cast<char>(draw >> 40);
    }
    if (changed == bytes) continue;
    EXPECT_FALSE(decode(changed).ok());
    const std::string resealed = reseal(changed);
    const auto model = decode(resealed);
    if (!model.ok()) {
      EXPECT_FALSE(model.error().message.empty());
      continue;
    }
    ++accepted;
    EXPECT_EQ(encode(model->parts()), resealed);
  }
  EXPECT_GT(accepted, 100u);
  EXPECT_LT(accepted, 3000u);
}

}  // namespace
}  // namespace sekisho::ngram
