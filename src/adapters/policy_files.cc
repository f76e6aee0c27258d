#include "adapters/policy_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "adapters/toml.h"

namespace sekisho::adapters {
namespace {

using policy::Category;
using policy::CategorySet;
using policy::Guardrail;

constexpr std::string_view kGuardrailFile = "guardrails.toml";

// Overwrites the parts of `category` that the table names.
Status read_category(TomlTable& table, Category& category) {
  TRY(auto name, table.string("name"));
  TRY(auto name_en, table.string("name_en"));
  TRY(auto definition, table.string("definition"));
  TRY(auto definition_en, table.string("definition_en"));
  TRY(auto examples, table.strings("examples"));
  TRY(auto words, table.strings("words"));
  TRY(const auto threshold, table.real("threshold"));
  TRY(const auto action, table.string("action"));
  TRY(const auto enabled, table.boolean("enabled"));
  CHECK_OK(table.finish());
  if (category.built_in && (name || definition || name_en || definition_en || examples)) {
    return table.error(
        "a built-in category keeps its meaning; only threshold, action, enabled and words may be "
        "set");
  }
  if (name) category.name = std::move(*name);
  if (name_en) category.name_en = std::move(*name_en);
  if (definition) category.definition = std::move(*definition);
  if (definition_en) category.definition_en = std::move(*definition_en);
  if (examples) category.examples = std::move(*examples);
  if (words) category.words = std::move(*words);
  if (threshold) category.threshold = *threshold;
  if (enabled) category.enabled = *enabled;
  if (action) {
    const auto parsed = policy::parse_action(*action);
    if (!parsed) return table.error("action must be block, flag or record", "action");
    category.action = *parsed;
  }
  if (!category.built_in && category.enabled && category.examples.empty() &&
      category.words.empty()) {
    return table.error("category '" + category.id +
                       "' needs examples or words: the n-gram judge cannot judge by a definition "
                       "alone");
  }
  return ok_status();
}

Result<Guardrail> read_guardrail(TomlTable& table) {
  Guardrail guardrail;
  TRY(const auto id, table.string("id"));
  if (!id || id->empty()) return table.error("a guardrail needs an id");
  guardrail.id = *id;
  TRY(const auto set, table.string("category_set"));
  guardrail.category_set_id = set.value_or("");
  const struct {
    const char* key;
    bool* target;
  } switches[] = {{"moderation", &guardrail.moderation},
                  {"keyword_filter", &guardrail.keyword_filter},
                  {"prompt_guard", &guardrail.prompt_guard},
                  {"pii_filter", &guardrail.pii_filter},
                  {"topic_control", &guardrail.topic_control}};
  for (const auto& [key, target] : switches) {
    TRY(const auto value, table.boolean(key));
    if (value) *target = *value;
  }
  TRY(auto topic, table.string("topic"));
  guardrail.topic = topic.value_or("");
  const struct {
    const char* key;
    std::vector<std::string>* target;
  } lists[] = {{"keywords", &guardrail.keywords},
               {"allowed_topics", &guardrail.allowed_topics},
               {"denied_topics", &guardrail.denied_topics}};
  for (const auto& [key, target] : lists) {
    TRY(auto value, table.strings(key));
    if (value) *target = std::move(*value);
  }
  CHECK_OK(table.finish());
  return guardrail;
}

Result<std::vector<Guardrail>> load_guardrails(const std::string& path) {
  TRY(const TomlDocument document, TomlDocument::load(path));
  TomlTable root = document.root();
  TRY(auto tables, root.tables("guardrail"));
  CHECK_OK(root.finish());
  std::vector<Guardrail> out;
  for (TomlTable& table : tables) {
    TRY(Guardrail guardrail, read_guardrail(table));
    out.push_back(std::move(guardrail));
  }
  return out;
}

}  // namespace

Result<CategorySet> load_category_set(const std::string& path) {
  TRY(const TomlDocument document, TomlDocument::load(path));
  TomlTable root = document.root();
  TRY(const auto id, root.string("id"));
  TRY(const auto version, root.integer("version"));
  TRY(const auto unjudged, root.string("on_unjudged"));
  TRY(auto table, root.table("categories"));
  CHECK_OK(root.finish());
  if (!id || !version) return root.error("a category set needs an id and a version");

  policy::OnUnjudged on_unjudged = policy::OnUnjudged::kError;
  if (unjudged) {
    const auto parsed = policy::parse_on_unjudged(*unjudged);
    if (!parsed) {
      return root.error("on_unjudged must be error, block or allow-unjudged", "on_unjudged");
    }
    on_unjudged = *parsed;
  }
  std::vector<Category> categories = policy::built_in_categories();
  if (table) {
    TRY(auto children, table->children());
    for (auto& [name, child] : children) {
      auto place = std::find_if(categories.begin(), categories.end(),
                                [&](const Category& c) { return c.id == name; });
      if (place == categories.end()) {
        categories.emplace_back().id = name;
        place = categories.end() - 1;
      }
      CHECK_OK(read_category(child, *place));
    }
  }
  auto set = CategorySet::create(*id, *version, std::move(categories), on_unjudged);
  if (!set.ok()) return root.error(set.error().message);
  return set;
}

Result<std::shared_ptr<const policy::Snapshot>> PolicyFiles::load() {
  std::vector<std::string> paths;
  std::error_code failure;
  for (const auto& file : std::filesystem::directory_iterator(folder_, failure)) {
    if (file.path().extension() == ".toml") paths.push_back(file.path().string());
  }
  if (failure && failure != std::errc::no_such_file_or_directory) {
    return Error{ErrorCode::kIo, "cannot read " + folder_ + ": " + failure.message()};
  }
  std::sort(paths.begin(), paths.end());
  std::vector<CategorySet> sets;
  std::vector<Guardrail> guardrails;
  for (const std::string& path : paths) {
    if (std::filesystem::path(path).filename() == kGuardrailFile) {
      TRY(guardrails, load_guardrails(path));
    } else {
      TRY(CategorySet set, load_category_set(path));
      sets.push_back(std::move(set));
    }
  }
  auto snapshot = policy::Snapshot::create(std::move(sets), std::move(guardrails));
  if (!snapshot.ok()) return unprocessable(folder_ + ": " + snapshot.error().message);
  return snapshot;
}

}  // namespace sekisho::adapters
