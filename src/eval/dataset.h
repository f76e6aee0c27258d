// Labelled texts from JSONL files: what eval measures and training learns from.
//
// A row needs `text` and `label` ("safe" or "unsafe"). Everything else is optional: `id`,
// `categories` (or `category`, one id), `register`, `kind`, `pair`, `topic`, `side`, `split`. Other
// keys are ignored, so that other people's files can be read. Format: data/README.md.
// Thread safety: plain values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "guard/judge/request.h"

namespace sekisho::eval {

struct LabelledText {
  std::string id;  // "line N" when the row has none
  std::string text;
  bool unsafe = false;
  std::vector<std::string> categories;  // the first is *the* category; empty for safe rows
  std::string register_name;
  std::string kind;
  std::string topic;
  std::string split;
  judge::Side side = judge::Side::kInput;
};

inline constexpr std::size_t kDatasetBytesMax = 512 * 1024 * 1024;

// All rows of one file. Errors name file and line.
Result<std::vector<LabelledText>> read_dataset(const std::string& path);

// The rows of FOLDER/*.jsonl in the order of file names, or of one file; only those of `split`
// unless it is empty.
Result<std::vector<LabelledText>> read_datasets(const std::string& path, std::string_view split);

}  // namespace sekisho::eval
