#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <thread>

#include "base/clock.h"
#include "base/diagnostics.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/manual_clock.h"
#include "base/metrics.h"
#include "base/ulid.h"

namespace sekisho {
namespace {

TEST(Ulid, WritesTheSpecificationsExample) {
  // 01ARZ3NDEKTSV4RRFFQ69G5FAV stands in the ULID specification.
  const auto id = Ulid::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV");
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(id->text(), "01ARZ3NDEKTSV4RRFFQ69G5FAV");
  EXPECT_EQ(id->unix_ms(), 1469922850259);
  EXPECT_EQ(Ulid::parse("01arz3ndektsv4rrffq69g5fav"), id);
  EXPECT_FALSE(Ulid::parse("81ARZ3NDEKTSV4RRFFQ69G5FAV"));  // 129 bits
  EXPECT_FALSE(Ulid::parse("01ARZ3NDEKTSV4RRFFQ69G5FAU"));  // U is no digit
  EXPECT_FALSE(Ulid::parse("01ARZ3"));
}

TEST(Ulid, GrowsWhenTheClockStandsOrGoesBack) {
  ManualClock clock;
  UlidGenerator ids(clock);
  Ulid last = ids.next();
  for (int i = 0; i < 10'000; ++i) {
    if (i == 5'000) clock.jump_ms(-3'600'000);
    const Ulid next = ids.next();
    ASSERT_LT(last, next);
    ASSERT_LT(last.text(), next.text());
    last = next;
  }
}

TEST(Ulid, IsUniqueAcrossThreads) {
  UlidGenerator ids(system_clock());
  std::vector<std::vector<Ulid>> made(4);
  std::vector<std::thread> threads;
  for (auto& mine : made) {
    threads.emplace_back([&mine, &ids] {
      for (int i = 0; i < 5'000; ++i) mine.push_back(ids.next());
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<Ulid> all;
  for (const auto& mine : made) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), 20'000u);
}

TEST(Hash, MatchesPublishedVectors) {
  EXPECT_EQ(to_hex(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 4231, test case 2, whose key is "Jefe" padded with zeros as HMAC does.
  Digest256 key{};
  std::copy_n("Jefe", 4, key.begin());
  EXPECT_EQ(to_hex(Hmac(key).sign("what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Hash, PartsDoNotRunTogether) {
  const Digest256 key = random_digest<Digest256>();
  const auto digest = [&](std::string_view a, std::string_view b) {
    return ContentHasher(key).add(a).add(b).finish();
  };
  EXPECT_NE(digest("ab", "c"), digest("a", "bc"));
  EXPECT_EQ(digest("ab", "c"), digest("ab", "c"));
  EXPECT_NE(ContentHasher(random_digest<Digest256>()).add("a").finish(),
            ContentHasher(key).add("a").finish());
  EXPECT_TRUE(equal_in_constant_time("same", "same"));
  EXPECT_FALSE(equal_in_constant_time("same", "sama"));
  EXPECT_FALSE(equal_in_constant_time("same", "sam"));
}

TEST(Clock, FormatsUtc) {
  EXPECT_EQ(format_utc(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(format_utc(1'795'549'500'123), "2026-11-24T19:45:00.123Z");
  EXPECT_EQ(format_utc(-1), "1969-12-31T23:59:59.999Z");
}

TEST(Metrics, PrintsWhatPrometheusReads) {
  Metrics metrics;
  metrics.counter("a_total", "Things.", "kind=\"x\"").add(3);
  metrics.gauge("depth", "Now.", [] { return 2.5; });
  Histogram& histogram = metrics.histogram("wait_seconds", "Waits.");
  histogram.observe(16);          // the first bucket's bound belongs to it
  histogram.observe(17);          // the second
  histogram.observe(99'000'000);  // beyond all
  metrics.counter("a_total", "Things.", "kind=\"y\"");
  const std::string text = metrics.print();
  EXPECT_NE(text.find("# TYPE a_total counter\na_total{kind=\"x\"} 3\na_total{kind=\"y\"} 0\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("depth 2.5\n"), std::string::npos);
  EXPECT_NE(text.find("wait_seconds_bucket{le=\"1.6e-05\"} 1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("wait_seconds_bucket{le=\"3.2e-05\"} 2\n"), std::string::npos);
  EXPECT_NE(text.find("wait_seconds_bucket{le=\"+Inf\"} 3\n"), std::string::npos);
  EXPECT_NE(text.find("wait_seconds_count 3\n"), std::string::npos);
}

TEST(Diagnostics, ALineIsALineWhateverItHolds) {
  std::string lines;
  capture_log(&lines);
  log(Severity::kWarning, "strange", {{"value", "two\nlines\"quoted\""}, {"n", std::int64_t{4}}});
  capture_log(nullptr);
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 1);
  EXPECT_NE(lines.find("\"value\":\"two\\nlines\\\"quoted\\\"\",\"n\":4}"), std::string::npos)
      << lines;
}

TEST(File, ReadsBoundedAndReplacesWhole) {
  char pattern[] = "/tmp/sekisho-file-test-XXXXXX";
  const std::string folder = ::mkdtemp(pattern);
  const std::string path = folder + "/a/b/value";
  ASSERT_TRUE(make_folder(folder + "/a/b", 0700).ok());
  EXPECT_EQ(read_file(path, 10).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(write_file_atomically(path, "first", 0600).ok());
  ASSERT_TRUE(write_file_atomically(path, "second", 0600).ok());
  EXPECT_EQ(read_file(path, 10).value(), "second");
  EXPECT_EQ(read_file(path, 5).error().code, ErrorCode::kTooLarge);
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_FALSE(write_file_atomically(folder + "/none/x", "y").ok());
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace sekisho
