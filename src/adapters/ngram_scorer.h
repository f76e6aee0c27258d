// NgramScorer: the n-gram model (engine/ngram) as a Scorer: the fast tier, microseconds a text.
//
// The model has one label a built-in category, which says *which* harm, and the label "unsafe",
// which says *whether*. A built-in category's score is P(unsafe), shared out by how the categories
// compare:
//   score_c = p_unsafe · p_c / max_k p_k
// so the likeliest category carries the whole probability and the contract of Scores holds.
// Every view of a text is read and the one most likely unsafe counts.
//
// In a conversation the turns before are also read together with the last one. That reading counts
// only where the turns before are not unsafe by themselves: one bad turn does not taint later ones.
//
// Categories of a tenant's own are scored by a head of their own, fitted once to their examples,
// definition and words (`fit`) against a background of ordinary texts.
// Thread safety: `score` and `fit` may be called from several threads.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "engine/ngram/model.h"
#include "guard/judge/scorer.h"

namespace sekisho::adapters {

inline constexpr std::string_view kUnsafeLabel = "unsafe";

class NgramScorer final : public judge::Scorer {
 public:
  static constexpr std::size_t kStretchCodePoints = 100;  // longer texts are read by stretches
  static constexpr float kStretchPrice = 0.7F;
  static constexpr std::size_t kSpansMax = 3;                 // a category
  static constexpr std::size_t kContextCodePointsMax = 2048;  // of the turns before, newest first

  // `model` is a model file's bytes (docs/formats/ngram-model.md). `background` is one text a line.
  // Fails when the model is corrupt or lacks "unsafe" or a built-in category.
  static Result<std::unique_ptr<NgramScorer>> create(std::string_view model,
                                                     std::string_view background = {});

  // Makes the heads of the set's own categories. Until then a text judged by such a set is
  // unjudged.
  Status fit(const policy::CategorySet& set) EXCLUDES(mutex_);

  std::string_view name() const override { return "ngram"; }
  const std::string& digest() const override { return model_.digest(); }
  Task<Result<judge::Scores>> score(judge::ScoreInput input) const override;

 private:
  struct Reading;
  // By index of the set's category; null where the model's own label or nothing is needed.
  using Heads = std::vector<std::shared_ptr<const ngram::Model>>;

  NgramScorer(ngram::Model model, std::vector<std::u32string> background);
  Reading read(const text::View& view) const;
  Reading read_text(const text::NormalText& text) const;
  bool context_makes_unsafe(const judge::ScoreInput& input, Reading& joined) const;
  std::shared_ptr<const Heads> heads(const policy::CategorySet& set) const EXCLUDES(mutex_);

  const ngram::Model model_;
  const std::vector<std::u32string> background_;
  std::size_t unsafe_label_ = 0;

  mutable Mutex mutex_;
  std::map<std::pair<std::string, std::int64_t>, std::shared_ptr<const Heads>> heads_
      GUARDED_BY(mutex_);
};

}  // namespace sekisho::adapters
