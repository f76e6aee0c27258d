// Category, CategorySet: what is unsafe, in whose words, and what is done about it.
//
// A category set is a versioned list of categories. The built-in categories are the 16 of
// chakoshi's public contract plus `injection` and `secret`; a set may change their threshold,
// action and switch, and may add categories of its own. Thread safety: immutable after create.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "guard/policy/word_list.h"

namespace sekisho::policy {

// What an unsafe finding leads to.
enum class Action {
  kBlock,   // unsafe and not allowed
  kFlag,    // unsafe, allowed
  kRecord,  // a span only, not unsafe
};
std::string_view action_name(Action action);
std::optional<Action> parse_action(std::string_view name);

struct Category {
  std::string id;    // "illicit/drugs"; lower-case ASCII, digits, '-', '_', '/'
  std::string name;  // Japanese, shown to people
  std::string name_en;
  std::string definition;  // Japanese: what is unsafe, and which neighbours are safe
  std::string definition_en;
  std::vector<std::string> examples;  // texts that belong to it (custom categories)
  std::vector<std::string> words;     // found literally in any view: always a finding
  double threshold = 0.5;             // a score at or above it is unsafe
  Action action = Action::kBlock;
  bool enabled = true;
  bool built_in = false;
};

// The built-in categories, in the order of the public contract, then injection and secret.
const std::vector<Category>& built_in_categories();
// Ids that detectors speak of.
inline constexpr std::string_view kPrivacySelf = "privacy/self";
inline constexpr std::string_view kSecret = "secret";
inline constexpr std::string_view kInjection = "injection";

// What becomes of a text that could not be judged.
enum class OnUnjudged { kError, kBlock, kAllow };
std::string_view on_unjudged_name(OnUnjudged choice);
std::optional<OnUnjudged> parse_on_unjudged(std::string_view name);

class CategorySet {
 public:
  // Checks every rule of a set: ids well formed and unique, numbers in range, texts valid UTF-8 and
  // within limits.h. kUnprocessable names the category and field.
  static Result<CategorySet> create(std::string id, std::int64_t version,
                                    std::vector<Category> categories,
                                    OnUnjudged on_unjudged = OnUnjudged::kError);
  // Id "default", version 1, all built-in categories.
  static CategorySet built_in();

  const std::string& id() const { return id_; }
  std::int64_t version() const { return version_; }
  const std::vector<Category>& categories() const { return categories_; }
  OnUnjudged on_unjudged() const { return on_unjudged_; }
  const WordList& words() const { return words_; }
  // Index in categories(), or nothing.
  std::optional<std::size_t> find(std::string_view category_id) const;

 private:
  CategorySet() = default;
  std::string id_;
  std::int64_t version_ = 0;
  std::vector<Category> categories_;
  OnUnjudged on_unjudged_ = OnUnjudged::kError;
  WordList words_;
};

}  // namespace sekisho::policy
