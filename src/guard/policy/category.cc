#include "guard/policy/category.h"

#include <utility>

#include "base/limits.h"
#include "base/utf8.h"

namespace sekisho::policy {
namespace {

bool is_id(std::string_view id) {
  if (id.empty() || id.size() > limits::kCategoryIdBytes) return false;
  for (const char c : id) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                      c == '/' || c == '.';
    if (!good) return false;
  }
  return id.front() != '/' && id.back() != '/';
}

Status check_text(const std::string& value, std::size_t code_points_max, const std::string& field) {
  if (!utf8::is_valid(value)) return unprocessable(field + " is not UTF-8", field);
  if (utf8::count(value) > code_points_max) {
    return unprocessable(
        field + " is longer than " + std::to_string(code_points_max) + " characters", field);
  }
  return ok_status();
}

Status check(const Category& category) {
  const std::string at = "categories." + category.id;
  if (!is_id(category.id)) {
    return unprocessable("category id '" + category.id +
                             "' may hold lower-case letters, digits and - _ . / only, at most " +
                             std::to_string(limits::kCategoryIdBytes) + " characters",
                         "categories.id");
  }
  CHECK_OK(check_text(category.name, 100, at + ".name"));
  CHECK_OK(check_text(category.definition, limits::kDefinitionCodePoints, at + ".definition"));
  if (!(category.threshold > 0 && category.threshold <= 1)) {
    return unprocessable(at + ".threshold must be above 0 and at most 1", at + ".threshold");
  }
  if (category.examples.size() > limits::kCategoryExamples) {
    return unprocessable(
        at + " has more than " + std::to_string(limits::kCategoryExamples) + " examples",
        at + ".examples");
  }
  if (category.words.size() > limits::kCategoryWords) {
    return unprocessable(at + " has more than " + std::to_string(limits::kCategoryWords) + " words",
                         at + ".words");
  }
  for (const std::string& example : category.examples) {
    CHECK_OK(check_text(example, limits::kTextCodePoints, at + ".examples"));
  }
  for (const std::string& word : category.words) CHECK_OK(check_text(word, 100, at + ".words"));
  return ok_status();
}

}  // namespace

std::string_view action_name(Action action) {
  switch (action) {
    case Action::kBlock:
      return "block";
    case Action::kFlag:
      return "flag";
    case Action::kRecord:
      return "record";
  }
  bug("unknown action");
}

std::optional<Action> parse_action(std::string_view name) {
  for (const Action action : {Action::kBlock, Action::kFlag, Action::kRecord}) {
    if (name == action_name(action)) return action;
  }
  return std::nullopt;
}

std::string_view on_unjudged_name(OnUnjudged choice) {
  switch (choice) {
    case OnUnjudged::kError:
      return "error";
    case OnUnjudged::kBlock:
      return "block";
    case OnUnjudged::kAllow:
      return "allow-unjudged";
  }
  bug("unknown choice");
}

std::optional<OnUnjudged> parse_on_unjudged(std::string_view name) {
  for (const OnUnjudged choice : {OnUnjudged::kError, OnUnjudged::kBlock, OnUnjudged::kAllow}) {
    if (name == on_unjudged_name(choice)) return choice;
  }
  return std::nullopt;
}

Result<CategorySet> CategorySet::create(std::string id, std::int64_t version,
                                        std::vector<Category> categories, OnUnjudged on_unjudged) {
  if (!is_id(id)) return unprocessable("'" + id + "' is no id of a category set", "id");
  if (version < 1) return unprocessable("a version counts from 1", "version");
  if (categories.empty() || categories.size() > limits::kCategories) {
    return unprocessable("a set holds 1 to " + std::to_string(limits::kCategories) + " categories",
                         "categories");
  }
  CategorySet set;
  for (std::size_t i = 0; i < categories.size(); ++i) {
    const Category& category = categories[i];
    CHECK_OK(check(category));
    for (std::size_t j = 0; j < i; ++j) {
      if (categories[j].id == category.id) {
        return unprocessable("category " + category.id + " is given twice", "categories.id");
      }
    }
    for (const std::string& word : category.words) {
      if (!category.enabled || set.words_.add(word, i)) continue;
      return unprocessable("category " + category.id + " has a word with nothing visible in it",
                           "categories." + category.id + ".words");
    }
  }
  set.id_ = std::move(id);
  set.version_ = version;
  set.categories_ = std::move(categories);
  set.on_unjudged_ = on_unjudged;
  return set;
}

CategorySet CategorySet::built_in() {
  // The built-in categories pass every check; category_test.cc holds them to it.
  return must(create("default", 1, built_in_categories()));
}

std::optional<std::size_t> CategorySet::find(std::string_view category_id) const {
  for (std::size_t i = 0; i < categories_.size(); ++i) {
    if (categories_[i].id == category_id) return i;
  }
  return std::nullopt;
}

}  // namespace sekisho::policy
