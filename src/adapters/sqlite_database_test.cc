#include "adapters/sqlite_database.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "base/file.h"

namespace sekisho::adapters {
namespace {

constexpr const char* kOneStep[] = {"CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT) STRICT"};
constexpr const char* kTwoSteps[] = {kOneStep[0], "ALTER TABLE t ADD COLUMN y REAL"};

class SqliteDatabaseTest : public ::testing::Test {
 protected:
  SqliteDatabaseTest() {
    std::string pattern = ::testing::TempDir() + "sekisho-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
    path_ = root_ + "/test.sqlite";
  }
  ~SqliteDatabaseTest() override { std::filesystem::remove_all(root_); }

  SqliteOptions options(std::span<const char* const> migrations = kOneStep) {
    return {.path = path_, .migrations = migrations, .busy_timeout_ms = 50};
  }
  static std::string text(SqliteDatabase& database, const char* sql) {
    auto statement = must(database.prepare(sql));
    EXPECT_EQ(must(statement.step()), SqliteStatement::Step::kRow);
    return std::string(statement.bytes(0));
  }
  std::string root_, path_;
};

TEST_F(SqliteDatabaseTest, OpensAsDocumented) {
  auto database = must(SqliteDatabase::open(options()));
  EXPECT_EQ(text(database, "PRAGMA journal_mode"), "wal");
  EXPECT_EQ(must(database.read_integer("PRAGMA synchronous")), 1);
  EXPECT_EQ(must(database.read_integer("PRAGMA secure_delete")), 1);
  EXPECT_EQ(must(database.read_integer("PRAGMA auto_vacuum")), 2);
  EXPECT_EQ(must(database.read_integer("PRAGMA user_version")), 1);
  EXPECT_EQ(must(database.read_integer("PRAGMA trusted_schema")), 0);
  EXPECT_FALSE(database.execute("SELECT load_extension('x')").ok());
  EXPECT_FALSE(database.execute("UPDATE sqlite_schema SET sql = ''").ok());   // defensive
  EXPECT_FALSE(database.execute("INSERT INTO t (id) VALUES ('text')").ok());  // strict
  ASSERT_TRUE(database.execute("INSERT INTO t (x) VALUES ('a')").ok());
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat status{};
    ASSERT_EQ(::stat((path_ + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 0777u, 0600u) << suffix;
  }
  auto durable = options();
  durable.durability = Durability::kDurable;
  auto second = must(SqliteDatabase::open(durable));
  EXPECT_EQ(must(second.read_integer("PRAGMA synchronous")), 2);
}

TEST_F(SqliteDatabaseTest, BindsAndReadsEveryKind) {
  auto database = must(SqliteDatabase::open(options()));
  auto statement = must(database.prepare("SELECT ?1, ?2, ?3, ?4, ?5, ?6"));
  const std::string with_nul("a\0あ", 5);
  statement.bind(1, INT64_MIN)
      .bind(2, 0.1)
      .bind_text(3, with_nul)
      .bind_blob(4, with_nul)
      .bind_text(5, {})
      .bind_null(6);
  ASSERT_EQ(must(statement.step()), SqliteStatement::Step::kRow);
  EXPECT_EQ(statement.integer(0), INT64_MIN);
  EXPECT_EQ(statement.real(1), 0.1);
  EXPECT_EQ(statement.bytes(2), with_nul);
  EXPECT_EQ(statement.bytes(3), with_nul);
  EXPECT_FALSE(statement.is_null(4));
  EXPECT_EQ(statement.bytes(4), "");
  EXPECT_TRUE(statement.is_null(5));
  ASSERT_EQ(must(statement.step()), SqliteStatement::Step::kDone);
  statement.reset();
  statement.bind(7, std::int64_t{1});  // there is no seventh
  EXPECT_EQ(statement.step().error().code, ErrorCode::kInternal);
}

TEST_F(SqliteDatabaseTest, ATransactionIsAllOrNothing) {
  auto database = must(SqliteDatabase::open(options()));
  const Status failed = database.transaction([](SqliteDatabase& inside) -> Status {
    CHECK_OK(inside.execute("INSERT INTO t (id) VALUES (1)"));
    return inside.execute("INSERT INTO t (id) VALUES (1)");
  });
  ASSERT_FALSE(failed.ok());
  EXPECT_NE(failed.error().message.find("SQLITE_CONSTRAINT_PRIMARYKEY"), std::string::npos);
  EXPECT_EQ(must(database.read_integer("SELECT count(*) FROM t")), 0);
  ASSERT_TRUE(database
                  .transaction([](SqliteDatabase& inside) {
                    return inside.execute("INSERT INTO t (id) VALUES (1)");
                  })
                  .ok());
  EXPECT_EQ(must(database.read_integer("SELECT count(*) FROM t")), 1);
}

TEST_F(SqliteDatabaseTest, MigratesForwardOnly) {
  {
    auto database = must(SqliteDatabase::open(options(kOneStep)));
    ASSERT_TRUE(database.execute("INSERT INTO t (x) VALUES ('kept')").ok());
  }
  auto reading = options(kTwoSteps);
  reading.mode = SqliteMode::kReadOnly;
  EXPECT_EQ(SqliteDatabase::open(reading).error().code, ErrorCode::kUnprocessable);
  {
    auto database = must(SqliteDatabase::open(options(kTwoSteps)));
    EXPECT_EQ(must(database.read_integer("SELECT count(*) FROM t WHERE y IS NULL")), 1);
    EXPECT_EQ(must(database.read_integer("PRAGMA user_version")), 2);
  }
  const auto newer = SqliteDatabase::open(options(kOneStep));
  ASSERT_FALSE(newer.ok());
  EXPECT_EQ(newer.error().code, ErrorCode::kUnprocessable);
  EXPECT_NE(newer.error().message.find("version 2"), std::string::npos) << newer.error().message;
}

TEST_F(SqliteDatabaseTest, AFailedMigrationLeavesTheOldSchema) {
  constexpr const char* kBroken[] = {kOneStep[0], "CREATE TABLE u (id INTEGER) STRICT",
                                     "CREATE TABLE t (again INTEGER) STRICT"};
  ASSERT_TRUE(SqliteDatabase::open(options(kOneStep)).ok());
  EXPECT_FALSE(SqliteDatabase::open(options(kBroken)).ok());
  auto database = must(SqliteDatabase::open(options(kOneStep)));
  EXPECT_EQ(must(database.read_integer("SELECT count(*) FROM sqlite_schema")), 1);
}

TEST_F(SqliteDatabaseTest, NamesWhatIsWrongWithAFile) {
  ASSERT_TRUE(write_file_atomically(path_, std::string(8192, 'x'), 0600).ok());
  auto opened = SqliteDatabase::open(options());
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::kCorrupt);
  EXPECT_NE(opened.error().message.find("SQLITE_NOTADB"), std::string::npos);
  EXPECT_NE(opened.error().message.find(path_), std::string::npos);

  auto missing = options();
  missing.path = root_ + "/missing.sqlite";
  missing.mode = SqliteMode::kReadOnly;
  EXPECT_EQ(SqliteDatabase::open(missing).error().code, ErrorCode::kNotFound);
  auto nowhere = options();
  nowhere.path = root_ + "/no/such/folder";
  EXPECT_EQ(SqliteDatabase::open(nowhere).error().code, ErrorCode::kIo);
}

TEST_F(SqliteDatabaseTest, ALockOfSomebodyElseIsANamedError) {
  auto database = must(SqliteDatabase::open(options()));
  auto other = must(SqliteDatabase::open(options()));
  ASSERT_TRUE(other.execute("BEGIN IMMEDIATE").ok());
  const auto refused = database.transaction([](SqliteDatabase&) { return ok_status(); });
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(refused.error().message.find("SQLITE_BUSY"), std::string::npos);
  ASSERT_TRUE(other.execute("COMMIT").ok());
  EXPECT_TRUE(database.transaction([](SqliteDatabase&) { return ok_status(); }).ok());
}

TEST_F(SqliteDatabaseTest, AReaderCannotWrite) {
  auto writer = must(SqliteDatabase::open(options()));
  auto reading = options();
  reading.mode = SqliteMode::kReadOnly;
  auto reader = must(SqliteDatabase::open(reading));
  EXPECT_FALSE(reader.execute("INSERT INTO t (x) VALUES ('a')").ok());
  ASSERT_TRUE(writer.execute("INSERT INTO t (x) VALUES ('a')").ok());
  EXPECT_EQ(must(reader.read_integer("SELECT count(*) FROM t")), 1);
}

TEST_F(SqliteDatabaseTest, TheWriteAheadLogStaysBounded) {
  auto database = must(SqliteDatabase::open(options()));
  const std::string large(100'000, 'x');
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(database
                    .transaction([&](SqliteDatabase& inside) -> Status {
                      TRY(auto insert, inside.prepare("INSERT INTO t (x) VALUES (?)"));
                      CHECK_OK(insert.bind_text(1, large).run());
                      return ok_status();
                    })
                    .ok());
  }
  constexpr std::uintmax_t kPageBytes = 4096 + 24;
  EXPECT_LT(std::filesystem::file_size(path_ + "-wal"),
            (SqliteDatabase::kWalPagesMax + 60) * kPageBytes);
  EXPECT_GT(std::filesystem::file_size(path_), 18'000'000u);
  ASSERT_TRUE(database.empty_wal().ok());
  EXPECT_EQ(std::filesystem::file_size(path_ + "-wal"), 0u);
}

}  // namespace
}  // namespace sekisho::adapters
