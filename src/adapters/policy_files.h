// PolicyFiles: category sets and guardrails from a folder of TOML files. Format and an example:
// docs/formats/policy.md.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "guard/policy/snapshot.h"

namespace sekisho::adapters {

// One file as a category set. Errors name file, line and key.
Result<policy::CategorySet> load_category_set(const std::string& path);

class PolicyFiles final : public policy::PolicyStore {
 public:
  // Reads FOLDER/*.toml as category sets, but FOLDER/guardrails.toml as guardrails. A folder that
  // is absent holds nothing: the built-in set serves.
  explicit PolicyFiles(std::string folder) : folder_(std::move(folder)) {}
  Result<std::shared_ptr<const policy::Snapshot>> load() override;

 private:
  const std::string folder_;
};

}  // namespace sekisho::adapters
