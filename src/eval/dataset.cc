#include "eval/dataset.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>

#include "base/file.h"
#include "base/json_reader.h"

namespace sekisho::eval {
namespace {

Result<std::string> optional_text(JsonObject& object, std::string_view key) {
  TRY(const auto value, object.optional_string(key));
  return std::string(value.value_or(""));
}

Result<std::vector<std::string>> read_categories(JsonObject& object) {
  std::vector<std::string> out;
  TRY(const auto single, object.optional_string("category"));
  if (single && !single->empty()) out.emplace_back(*single);
  const auto several = object.optional("categories");
  if (!several) return out;
  if (several->kind() != JsonKind::kArray) {
    return unprocessable("categories must be an array", "categories");
  }
  CHECK_OK(several->each_element([&](std::size_t, JsonValue element) -> Status {
    const auto id = element.string();
    if (!id) return unprocessable("categories must hold strings", "categories");
    out.emplace_back(*id);
    return ok_status();
  }));
  return out;
}

Result<LabelledText> read_row(std::string_view line) {
  TRY(const JsonDocument document, JsonDocument::parse(line));
  TRY(JsonObject object, JsonObject::create(document.root()));
  LabelledText row;
  TRY(const auto text, object.required_string("text"));
  TRY(const auto label, object.required_string("label"));
  row.text = text;
  if (label != "safe" && label != "unsafe") {
    return unprocessable("label must be safe or unsafe, not " + std::string(label), "label");
  }
  row.unsafe = label == "unsafe";
  TRY(row.id, optional_text(object, "id"));
  TRY(row.register_name, optional_text(object, "register"));
  TRY(row.kind, optional_text(object, "kind"));
  TRY(row.topic, optional_text(object, "topic"));
  TRY(row.split, optional_text(object, "split"));
  TRY(const std::string side, optional_text(object, "side"));
  row.side = judge::parse_side(side).value_or(judge::Side::kInput);
  TRY(row.categories, read_categories(object));
  return row;
}

}  // namespace

Result<std::vector<LabelledText>> read_dataset(const std::string& path) {
  TRY(const std::string content, read_file(path, kDatasetBytesMax));
  std::vector<LabelledText> rows;
  std::size_t number = 0;
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t end = std::min(content.find('\n', at), content.size());
    const std::string_view line = std::string_view(content).substr(at, end - at);
    at = end + 1;
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    auto row = read_row(line);
    const std::string place = path + ":" + std::to_string(number);
    if (!row.ok()) {
      return Error{row.error().code, place + ": " + row.error().message, row.error().field};
    }
    if (row->id.empty()) row->id = "line " + std::to_string(number);
    rows.push_back(std::move(row).value());
  }
  return rows;
}

Result<std::vector<LabelledText>> read_datasets(const std::string& path, std::string_view split) {
  std::vector<std::string> files;
  std::error_code failure;
  if (std::filesystem::is_directory(path, failure)) {
    for (const auto& file : std::filesystem::directory_iterator(path, failure)) {
      if (file.path().extension() == ".jsonl") files.push_back(file.path().string());
    }
    std::sort(files.begin(), files.end());
    if (files.empty()) return not_found("no .jsonl file in " + path);
  } else {
    files.push_back(path);
  }
  std::vector<LabelledText> out;
  for (const std::string& file : files) {
    TRY(auto rows, read_dataset(file));
    for (LabelledText& row : rows) {
      if (split.empty() || row.split == split) out.push_back(std::move(row));
    }
  }
  if (out.empty()) return unprocessable("no rows of split '" + std::string(split) + "' in " + path);
  return out;
}

}  // namespace sekisho::eval
