// Scorer: a model that says how likely a text is unsafe, and in which category.
//
// Implementations live in adapters: `ngram` (in process, microseconds), later `gemma`, `openai`.
// Thread safety: `score` may be called from several threads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/task.h"
#include "guard/judge/evidence.h"
#include "guard/judge/request.h"
#include "guard/policy/category.h"
#include "guard/text/normal_text.h"

namespace sekisho::judge {

struct ScoreInput {
  const text::NormalText& text;   // the turn to judge
  std::span<const Turn> context;  // the turns before it, oldest first
  Side side = Side::kInput;
  const policy::CategorySet& set;
  std::optional<std::int64_t> deadline_us = std::nullopt;
};

// Everything `input` refers to outlives the returned task.
class Scorer {
 public:
  virtual ~Scorer() = default;
  virtual std::string_view name() const = 0;      // "ngram"
  virtual const std::string& digest() const = 0;  // hex, of the model's bytes
  virtual Task<Result<Scores>> score(ScoreInput input) const = 0;
};

}  // namespace sekisho::judge
