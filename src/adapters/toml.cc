#include "adapters/toml.h"

// Compiled in here: the shared library of Debian throws, and nothing of ours does.
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include <algorithm>

#include "base/file.h"

namespace sekisho::adapters {
namespace {

const toml::table& as_table(const void* table) {
  return *static_cast<const toml::table*>(table);
}

std::string place(const std::string& path, const toml::source_region& source) {
  return path + ":" + std::to_string(source.begin.line) + ": ";
}

template <typename T>
Result<std::optional<T>> value(const TomlTable& table, const toml::node* node,
                               const std::string& key, const char* wanted) {
  if (node == nullptr) return std::optional<T>();
  if (const auto found = node->value_exact<T>()) return found;
  return table.error(key + " must be " + wanted, key);
}

}  // namespace

struct TomlDocument::Parsed {
  std::string path;
  toml::table table;
};

TomlDocument::TomlDocument(std::unique_ptr<Parsed> parsed) : parsed_(std::move(parsed)) {}
TomlDocument::TomlDocument(TomlDocument&&) noexcept = default;
TomlDocument& TomlDocument::operator=(TomlDocument&&) noexcept = default;
TomlDocument::~TomlDocument() = default;

Result<TomlDocument> TomlDocument::load(const std::string& path) {
  TRY(const std::string content, read_file(path, kBytesMax));
  toml::parse_result result = toml::parse(content, path);
  if (!result) {
    return unprocessable(place(path, result.error().source()) +
                         std::string(result.error().description()));
  }
  return TomlDocument(std::make_unique<Parsed>(Parsed{path, std::move(result).table()}));
}

TomlTable TomlDocument::root() const {
  return TomlTable(&parsed_->table, &parsed_->path);
}

Error TomlTable::error(const std::string& message, const std::string& key) const {
  const toml::node* node = key.empty() ? nullptr : as_table(table_).get(key);
  const toml::source_region& source = node ? node->source() : as_table(table_).source();
  return unprocessable(place(*path_, source) + message, key);
}

Result<std::optional<std::string>> TomlTable::string(const std::string& key) {
  asked_.push_back(key);
  return value<std::string>(*this, as_table(table_).get(key), key, "a string");
}

Result<std::optional<std::int64_t>> TomlTable::integer(const std::string& key) {
  asked_.push_back(key);
  return value<std::int64_t>(*this, as_table(table_).get(key), key, "an integer");
}

Result<std::optional<double>> TomlTable::real(const std::string& key) {
  asked_.push_back(key);
  const toml::node* node = as_table(table_).get(key);
  if (node != nullptr && node->is_integer()) {
    return std::optional<double>(static_cast<double>(node->as_integer()->get()));
  }
  return value<double>(*this, node, key, "a number");
}

Result<std::optional<bool>> TomlTable::boolean(const std::string& key) {
  asked_.push_back(key);
  return value<bool>(*this, as_table(table_).get(key), key, "true or false");
}

Result<std::optional<std::vector<std::string>>> TomlTable::strings(const std::string& key) {
  asked_.push_back(key);
  const toml::node* node = as_table(table_).get(key);
  if (node == nullptr) return std::optional<std::vector<std::string>>();
  const Error wrong = error(key + " must be an array of strings", key);
  if (!node->is_array()) return wrong;
  std::vector<std::string> out;
  for (const toml::node& element : *node->as_array()) {
    const auto text = element.value_exact<std::string>();
    if (!text) return wrong;
    out.push_back(*text);
  }
  return std::optional(std::move(out));
}

Result<std::optional<TomlTable>> TomlTable::table(const std::string& key) {
  asked_.push_back(key);
  const toml::node* node = as_table(table_).get(key);
  if (node == nullptr) return std::optional<TomlTable>();
  if (!node->is_table()) return error(key + " must be a table", key);
  return std::optional(TomlTable(node->as_table(), path_));
}

Result<std::vector<TomlTable>> TomlTable::tables(const std::string& key) {
  asked_.push_back(key);
  std::vector<TomlTable> out;
  const toml::node* node = as_table(table_).get(key);
  if (node == nullptr) return out;
  if (!node->is_array_of_tables()) return error(key + " must be tables: [[" + key + "]]", key);
  for (const toml::node& element : *node->as_array()) {
    out.push_back(TomlTable(element.as_table(), path_));
  }
  return out;
}

Result<std::vector<std::pair<std::string, TomlTable>>> TomlTable::children() {
  std::vector<std::pair<std::string, TomlTable>> out;
  for (const auto& [key, node] : as_table(table_)) {
    const std::string name(key.str());
    asked_.push_back(name);
    if (!node.is_table()) return error(name + " must be a table", name);
    out.emplace_back(name, TomlTable(node.as_table(), path_));
  }
  // toml++ sorts by name; people wrote an order.
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    return as_table(a.second.table_).source().begin < as_table(b.second.table_).source().begin;
  });
  return out;
}

Status TomlTable::finish() const {
  for (const auto& [key, node] : as_table(table_)) {
    const std::string name(key.str());
    if (std::find(asked_.begin(), asked_.end(), name) == asked_.end()) {
      return error("unknown key '" + name + "'", name);
    }
  }
  return ok_status();
}

}  // namespace sekisho::adapters
