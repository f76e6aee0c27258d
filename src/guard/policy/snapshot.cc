#include "guard/policy/snapshot.h"

#include <algorithm>

namespace sekisho::policy {
namespace {

// Ids are ULIDs or names; clients send them in either case.
std::string folded(std::string_view id) {
  std::string out(id);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

template <typename T>
Status insert(std::map<std::string, std::shared_ptr<const T>, std::less<>>& map, T value,
              const std::string& id, const char* what) {
  if (map.try_emplace(folded(id), std::make_shared<const T>(std::move(value))).second) {
    return ok_status();
  }
  return unprocessable(std::string("two ") + what + " have the id " + id, "id");
}

template <typename T>
Result<std::shared_ptr<const T>> find(
    const std::map<std::string, std::shared_ptr<const T>, std::less<>>& map, std::string_view id,
    const char* what, const char* field) {
  const auto found = map.find(id.empty() ? "default" : folded(id));
  if (found != map.end()) return found->second;
  return not_found(std::string("there is no ") + what + " with this id", field);
}

}  // namespace

Result<std::shared_ptr<const Snapshot>> Snapshot::create(std::vector<CategorySet> sets,
                                                         std::vector<Guardrail> guardrails) {
  auto snapshot = std::shared_ptr<Snapshot>(new Snapshot);
  for (CategorySet& set : sets) {
    const std::string id = set.id();
    CHECK_OK(insert(snapshot->sets_, std::move(set), id, "category sets"));
  }
  if (!snapshot->sets_.contains("default")) {
    CHECK_OK(insert(snapshot->sets_, CategorySet::built_in(), "default", "category sets"));
  }
  for (Guardrail& guardrail : guardrails) {
    const auto set = snapshot->set(guardrail.category_set_id);
    if (!set.ok()) {
      return unprocessable("guardrail " + guardrail.id + " names the category set " +
                               guardrail.category_set_id + ", which does not exist",
                           "category_set_id");
    }
    const std::string id = guardrail.id;
    CHECK_OK(insert(snapshot->guardrails_, std::move(guardrail), id, "guardrails"));
  }
  if (!snapshot->guardrails_.contains("default")) {
    Guardrail guardrail;
    guardrail.id = "default";
    CHECK_OK(insert(snapshot->guardrails_, std::move(guardrail), "default", "guardrails"));
  }
  return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

Result<std::shared_ptr<const CategorySet>> Snapshot::set(std::string_view id) const {
  return find(sets_, id, "category set", "category_set_id");
}

Result<std::shared_ptr<const Guardrail>> Snapshot::guardrail(std::string_view id) const {
  return find(guardrails_, id, "guardrail", "guardrail_id");
}

std::vector<std::shared_ptr<const CategorySet>> Snapshot::sets() const {
  std::vector<std::shared_ptr<const CategorySet>> out;
  for (const auto& [id, set] : sets_) out.push_back(set);
  return out;
}

}  // namespace sekisho::policy
