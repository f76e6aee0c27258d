#include "adapters/ngram_scorer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>

#include "base/utf8.h"
#include "engine/ngram/model_file.h"
#include "engine/ngram/train.h"
#include "guard/policy/category.h"

namespace sekisho::adapters {
namespace {

using text::NormalText;
using text::View;

std::optional<std::size_t> label_of(const ngram::Model& model, std::string_view name) {
  const auto& labels = model.labels();
  const auto found = std::find(labels.begin(), labels.end(), name);
  if (found == labels.end()) return std::nullopt;
  return static_cast<std::size_t>(found - labels.begin());
}

// The canonical form, as texts to be scored have it; nothing when nothing is visible.
void add_canonical(std::vector<std::u32string>& out, const std::string& raw) {
  auto normal = NormalText::create(raw);
  if (normal.ok()) out.push_back(normal->canonical().code_points);
}

// The pieces of `view`'s stretch [from, to) that add most to `label`, strongest first: maximal sums
// of neighbours (Kadane 1984), one after the other, as long as they add a fair part of the
// strongest. What adds less than a third of what a carrying code point adds on average counts
// against its stretch, or the whole of a short text would be one.
std::vector<text::Span> carriers(const ngram::Model& model, const View& view, std::size_t label,
                                 std::size_t from, std::size_t to) {
  static constexpr float kFairPart = 0.4F;
  std::vector<float> parts =
      model.contributions(std::u32string_view(view.code_points).substr(from, to - from), label);
  float positive = 0;
  float carrying = 0;
  for (const float part : parts) {
    positive += std::max(part, 0.0F);
    carrying += part > 0 ? 1 : 0;
  }
  if (carrying == 0) return {view.original(from, to)};
  for (float& part : parts) part -= positive / carrying / 3;
  std::vector<text::Span> out;
  float strongest = 0;
  while (out.size() < NgramScorer::kSpansMax) {
    float best = 0;
    float sum = 0;
    std::size_t begin = 0;
    std::size_t best_begin = 0;
    std::size_t best_end = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (sum <= 0) {
        sum = 0;
        begin = i;
      }
      sum += parts[i];
      if (sum > best) {
        best = sum;
        best_begin = begin;
        best_end = i + 1;
      }
    }
    if (best_end == 0 || best < kFairPart * strongest) break;
    strongest = std::max(strongest, best);
    out.push_back(view.original(from + best_begin, from + best_end));
    // Far below zero, so that the next stretch does not reach across.
    std::fill(parts.begin() + static_cast<std::ptrdiff_t>(best_begin),
              parts.begin() + static_cast<std::ptrdiff_t>(best_end), -1e6F);
  }
  return out;
}

void add_spans(const std::vector<text::Span>& spans, const policy::Category& category,
               std::vector<judge::Finding>& out) {
  for (const text::Span& span : spans) {
    out.push_back({category.id, span, "ngram", category.action});
  }
}

// The turns before the last, newest first, as far as the limit reaches; in their order again.
// Nothing is put between them: a harm that was cut in two grows together.
std::string join(std::span<const judge::Turn> turns, std::size_t code_points_max) {
  std::string out;
  std::size_t used = 0;
  for (std::size_t i = turns.size(); i-- > 0;) {
    used += utf8::count(turns[i].content);
    if (used > code_points_max) break;
    out.insert(0, turns[i].content);
  }
  return out;
}

}  // namespace

// What the model says of one view: of the stretch of it that is most likely unsafe.
struct NgramScorer::Reading {
  std::array<float, ngram::kLabelsMax> probabilities{};
  const View* view = nullptr;
  std::size_t begin = 0;  // the stretch, in code points of the view
  std::size_t end = 0;
};

NgramScorer::NgramScorer(ngram::Model model, std::vector<std::u32string> background)
    : model_(std::move(model)), background_(std::move(background)) {}

Result<std::unique_ptr<NgramScorer>> NgramScorer::create(std::string_view model,
                                                         std::string_view background) {
  TRY(ngram::Model decoded, ngram::decode(model));
  const auto unsafe = label_of(decoded, kUnsafeLabel);
  if (!unsafe) return Error{ErrorCode::kCorrupt, "the n-gram model has no label unsafe"};
  for (const policy::Category& category : policy::built_in_categories()) {
    if (!label_of(decoded, category.id)) {
      return Error{ErrorCode::kCorrupt, "the n-gram model has no label " + category.id};
    }
  }
  std::vector<std::u32string> texts;
  for (std::size_t at = 0; at < background.size();) {
    const std::size_t end = std::min(background.find('\n', at), background.size());
    add_canonical(texts, std::string(background.substr(at, end - at)));
    at = end + 1;
  }
  auto scorer = std::unique_ptr<NgramScorer>(new NgramScorer(std::move(decoded), std::move(texts)));
  scorer->unsafe_label_ = *unsafe;
  return scorer;
}

Status NgramScorer::fit(const policy::CategorySet& set) {
  auto heads = std::make_shared<Heads>(set.categories().size());
  for (std::size_t i = 0; i < set.categories().size(); ++i) {
    const policy::Category& category = set.categories()[i];
    if (category.examples.empty() || !category.enabled || label_of(model_, category.id)) continue;
    std::vector<std::u32string> positives;
    std::vector<std::u32string> words;
    std::vector<std::u32string> definition;
    for (const std::string& example : category.examples) add_canonical(positives, example);
    for (const std::string& word : category.words) add_canonical(words, word);
    add_canonical(definition, category.definition);
    auto head = ngram::train_head(
        {.label = category.id,
         .positives = positives,
         .negatives = {},
         .words = words,
         .definition = definition.empty() ? std::u32string_view() : definition.front(),
         .background = background_},
        model_.parts().features);
    if (!head.ok()) {
      return unprocessable("category " + category.id + ": " + head.error().message,
                           "categories." + category.id);
    }
    (*heads)[i] = std::make_shared<const ngram::Model>(std::move(head).value());
  }
  const MutexLock lock(mutex_);
  heads_[{set.id(), set.version()}] = std::move(heads);
  return ok_status();
}

std::shared_ptr<const NgramScorer::Heads> NgramScorer::heads(const policy::CategorySet& set) const {
  const MutexLock lock(mutex_);
  const auto found = heads_.find({set.id(), set.version()});
  return found == heads_.end() ? nullptr : found->second;
}

// A long text is read by stretches, or what is harmful in it drowns in the rest. Of k stretches one
// looks worse than the text is by chance alone, the more so the more there are: hence the price of
// each, kStretchPrice · ln k off the logit. Both numbers: docs/design/0005-ngram-judge.md.
NgramScorer::Reading NgramScorer::read(const View& view) const {
  const std::u32string_view all = view.code_points;
  const std::size_t labels = model_.labels().size();
  std::array<float, ngram::kLabelsMax> logits{};
  Reading reading{.view = &view};
  float worst = 0;
  std::size_t stretches = 0;
  for (std::size_t begin = 0;; begin += kStretchCodePoints / 2) {
    const std::size_t end = std::min(begin + kStretchCodePoints, all.size());
    model_.logits(all.substr(begin, end - begin), {logits.data(), labels});
    if (stretches++ == 0 || logits[unsafe_label_] > worst) {
      worst = logits[unsafe_label_];
      reading.begin = begin;
      reading.end = end;
      std::transform(logits.begin(), logits.begin() + static_cast<std::ptrdiff_t>(labels),
                     reading.probabilities.begin(), ngram::Model::probability);
    }
    if (end == all.size()) break;
  }
  const float price = kStretchPrice * std::log(static_cast<float>(stretches));
  reading.probabilities[unsafe_label_] = ngram::Model::probability(worst - price);
  return reading;
}

NgramScorer::Reading NgramScorer::read_text(const NormalText& text) const {
  Reading strictest = read(text.canonical());
  for (std::size_t i = 1; i < text.views().size(); ++i) {
    const Reading other = read(text.views()[i]);
    if (other.probabilities[unsafe_label_] > strictest.probabilities[unsafe_label_]) {
      strictest = other;
    }
  }
  return strictest;
}

bool NgramScorer::context_makes_unsafe(const judge::ScoreInput& input, Reading& joined) const {
  static constexpr float kUnsafe = 0.5F;
  static constexpr float kContextGain = 0.2F;
  const std::string before = join(input.context, kContextCodePointsMax);
  if (before.empty()) return false;
  const auto context = NormalText::create(before, kContextCodePointsMax);
  const auto whole = NormalText::create(before + input.text.raw(), 2 * kContextCodePointsMax);
  if (!context.ok() || !whole.ok()) return false;
  // What the turns before come to alone, the last one is not blamed for, nor for a little more.
  const float before_alone = read_text(*context).probabilities[unsafe_label_];
  joined = read_text(*whole);
  const float together = joined.probabilities[unsafe_label_];
  return before_alone < kUnsafe && together >= kUnsafe && together >= before_alone + kContextGain;
}

Task<Result<judge::Scores>> NgramScorer::score(judge::ScoreInput input) const {
  const auto& categories = input.set.categories();
  const std::shared_ptr<const Heads> heads = this->heads(input.set);
  Reading reading = read_text(input.text);
  Reading joined;
  if (!input.context.empty() && context_makes_unsafe(input, joined) &&
      joined.probabilities[unsafe_label_] > reading.probabilities[unsafe_label_]) {
    // What it says, at the places of the last turn.
    reading.probabilities = joined.probabilities;
  }

  float likeliest = 1e-9F;
  for (std::size_t label = 0; label < model_.labels().size(); ++label) {
    if (label != unsafe_label_) likeliest = std::max(likeliest, reading.probabilities[label]);
  }
  const float unsafe = reading.probabilities[unsafe_label_];

  judge::Scores scores;
  scores.by_category.assign(categories.size(), 0);
  for (std::size_t i = 0; i < categories.size(); ++i) {
    const policy::Category& category = categories[i];
    const auto label = label_of(model_, category.id);
    const ngram::Model* model = &model_;
    std::size_t label_in_model = label.value_or(0);
    if (label) {
      scores.by_category[i] = unsafe * reading.probabilities[*label] / likeliest;
    } else if (!category.examples.empty() && category.enabled) {
      if (heads == nullptr) {
        co_return Error{ErrorCode::kUnavailable, "the category set was never fitted"};
      }
      model = (*heads)[i].get();
      label_in_model = 0;
      float probability = 0;
      const std::u32string_view code_points = input.text.canonical().code_points;
      model->score({&code_points, 1}, {&probability, 1});
      scores.by_category[i] = probability;
    } else {
      continue;  // its words are all of it
    }
    if (category.enabled && scores.by_category[i] >= category.threshold) {
      const View& view = label ? *reading.view : input.text.canonical();
      const std::size_t from = label ? reading.begin : 0;
      const std::size_t to = label ? reading.end : view.code_points.size();
      add_spans(carriers(*model, view, label_in_model, from, to), category, scores.spans);
    }
  }
  co_return scores;
}

}  // namespace sekisho::adapters
