// TomlDocument and TomlTable: configuration files, read strictly.
//
// Every error names file, line and key. A key that nobody asked for is an error too, so that a
// typing mistake stops the start instead of being ignored. The parser behind it is toml++.
// Tables are views into their document and die with it. Thread safety: one thread a document.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace sekisho::adapters {

class TomlTable {
 public:
  // Nothing when the key is absent; kUnprocessable when it has another type.
  Result<std::optional<std::string>> string(const std::string& key);
  Result<std::optional<std::int64_t>> integer(const std::string& key);
  Result<std::optional<double>> real(const std::string& key);
  Result<std::optional<bool>> boolean(const std::string& key);
  Result<std::optional<std::vector<std::string>>> strings(const std::string& key);
  Result<std::optional<TomlTable>> table(const std::string& key);
  Result<std::vector<TomlTable>> tables(const std::string& key);  // [[key]]
  // The named tables inside this one, in file order: [categories."illicit/drugs"].
  Result<std::vector<std::pair<std::string, TomlTable>>> children();

  // Fails on the first key that was never asked for.
  Status finish() const;
  // An error at this table, or at one of its keys.
  Error error(const std::string& message, const std::string& key = {}) const;

 private:
  friend class TomlDocument;
  TomlTable(const void* table, const std::string* path) : table_(table), path_(path) {}
  const void* table_;  // toml::table
  const std::string* path_;
  std::vector<std::string> asked_;
};

class TomlDocument {
 public:
  static constexpr std::size_t kBytesMax = 4 * 1024 * 1024;
  // kNotFound when there is no such file.
  static Result<TomlDocument> load(const std::string& path);
  TomlDocument(TomlDocument&&) noexcept;
  TomlDocument& operator=(TomlDocument&&) noexcept;
  ~TomlDocument();
  TomlTable root() const;

 private:
  struct Parsed;
  explicit TomlDocument(std::unique_ptr<Parsed> parsed);
  std::unique_ptr<Parsed> parsed_;
};

}  // namespace sekisho::adapters
