#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <thread>

#include "adapters/ngram_scorer.h"
#include "apps/commands.h"
#include "apps/terminal.h"
#include "base/file.h"
#include "base/hash.h"
#include "engine/ngram/model_file.h"
#include "engine/ngram/train.h"
#include "eval/dataset.h"
#include "eval/metrics.h"
#include "guard/policy/category.h"
#include "guard/text/normal_text.h"

namespace sekisho::apps {
namespace {

// Ordinary texts count more than the contrasts, of which there are many more than in life.
constexpr float kEverydayWeight = 4;
// Texts of other people's corpora, which nobody labelled but which are nearly all ordinary.
constexpr std::string_view kBackgroundKind = "background";
constexpr float kBackgroundWeight = 0.15F;
constexpr int kFolds = 5;
constexpr std::uint32_t kSlotBits = 18;  // room for every n-gram of two texts; 9 MB
constexpr std::size_t kBackgroundTexts = 600;

Result<std::vector<eval::LabelledText>> read_rows(const TrainOptions& options) {
  TRY(auto rows, eval::read_datasets(options.data, ""));
  if (options.corpus.empty()) return rows;
  TRY(auto background, eval::read_dataset(options.corpus));
  for (eval::LabelledText& row : background) {
    row.kind = kBackgroundKind;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::uint64_t group_of(const eval::LabelledText& row) {
  // The fold follows the topic; rows without one stand for themselves.
  const Digest256 digest = sha256(row.topic.empty() ? row.id : row.topic);
  std::uint64_t group = 0;
  for (std::size_t i = 0; i < 8; ++i) group = group << 8 | digest[i];
  return group;
}

Result<std::vector<ngram::Example>> make_examples(
    const std::vector<const eval::LabelledText*>& rows, const std::vector<std::string>& labels) {
  std::vector<ngram::Example> examples;
  for (const eval::LabelledText* const pointer : rows) {
    const eval::LabelledText& row = *pointer;
    TRY(const auto text, text::NormalText::create(row.text));
    ngram::Example example;
    example.text = text.canonical().code_points;
    example.group = group_of(row);
    if (row.kind == "everyday") example.weight = kEverydayWeight;
    if (row.kind == kBackgroundKind) example.weight = kBackgroundWeight;
    std::vector<std::string> applying = row.categories;
    if (row.unsafe) applying.emplace_back(adapters::kUnsafeLabel);
    for (const std::string& name : applying) {
      const auto label = std::find(labels.begin(), labels.end(), name);
      if (label != labels.end()) example.labels |= std::uint64_t{1} << (label - labels.begin());
    }
    examples.push_back(std::move(example));
  }
  return examples;
}

// Every so many training texts, one a line, so that all kinds are there.
std::string make_background(const std::vector<const eval::LabelledText*>& rows) {
  std::vector<const eval::LabelledText*> kept;
  for (const eval::LabelledText* row : rows) {
    if (row->split == "train" && row->kind != kBackgroundKind) kept.push_back(row);
  }
  std::string out;
  const std::size_t step = std::max<std::size_t>(1, kept.size() / kBackgroundTexts);
  for (std::size_t i = 0; i < kept.size(); i += step) {
    std::string line = kept[i]->text;
    std::replace(line.begin(), line.end(), '\n', ' ');
    out += line + "\n";
  }
  return out;
}

// How the label "unsafe", the last one, fared on the folds that had not seen the text.
void print_held_out(const std::vector<const eval::LabelledText*>& rows,
                    const std::vector<float>& held_out, std::size_t labels) {
  std::map<std::string, std::vector<eval::Judged>> by_kind;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double score = held_out[i * labels + labels - 1];
    const eval::Judged judged{rows[i]->unsafe, score >= 0.5, false, score};
    by_kind[rows[i]->kind].push_back(judged);
    if (rows[i]->kind != kBackgroundKind) by_kind["all but background"].push_back(judged);
  }
  fmt::print("\n| kind | texts | F1 | false positive rate |\n| --- | ---: | ---: | ---: |\n");
  for (const auto& [kind, judged] : by_kind) {
    const eval::Counts counts = eval::count(judged);
    fmt::print("| {} | {} | {:.3f} | {:.3f} |\n", kind, judged.size(), eval::f1(counts),
               eval::false_positive_rate(counts));
  }
}

}  // namespace

int run_train_ngram(const TrainOptions& options) {
  const auto rows = read_rows(options);
  if (!rows.ok()) return refuse(rows.error());
  std::vector<const eval::LabelledText*> used;
  for (const eval::LabelledText& row : *rows) {
    if (row.split != "test") used.push_back(&row);
  }
  ngram::TrainOptions training;
  for (const policy::Category& category : policy::built_in_categories()) {
    training.labels.push_back(category.id);
  }
  training.labels.emplace_back(adapters::kUnsafeLabel);
  const auto examples = make_examples(used, training.labels);
  if (!examples.ok()) return refuse(examples.error());

  training.folds = kFolds;
  training.slot_bits = kSlotBits;
  training.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  std::optional<ProgressBar> progress;
  training.on_progress = [&](const ngram::TrainProgress& now) {
    if (!progress) progress.emplace("training", now.all);
    progress->advance(now.done);
  };
  const auto trained = ngram::train(*examples, training);
  progress.reset();
  if (!trained.ok()) return refuse(trained.error());
  const Status written = ngram::write_model(options.out, trained->model);
  if (!written.ok()) return refuse(written.error());
  if (!options.background.empty()) {
    const Status kept = write_file_atomically(options.background, make_background(used));
    if (!kept.ok()) return refuse(kept.error());
  }

  fmt::print("{} texts, {} n-grams with weights, digest {}\n\n", examples->size(), trained->ngrams,
             trained->model.digest());
  fmt::print("held out, fold by fold:\n| label | texts | average precision | best F1 | at |\n");
  fmt::print("| --- | ---: | ---: | ---: | ---: |\n");
  for (std::size_t label = 0; label < training.labels.size(); ++label) {
    const ngram::LabelReport& report = trained->reports[label];
    fmt::print("| {} | {} | {:.3f} | {:.3f} | {:.2f} |\n", training.labels[label], report.positives,
               report.average_precision, report.f1_best, report.threshold_best);
  }
  print_held_out(used, trained->held_out, training.labels.size());
  return 0;
}

}  // namespace sekisho::apps
