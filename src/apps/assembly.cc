#include "apps/assembly.h"

#include "adapters/memory_cache.h"
#include "adapters/ngram_scorer.h"
#include "adapters/policy_files.h"
#include "apps/built_in_model.h"
#include "base/clock.h"
#include "base/file.h"
#include "engine/ngram/model_file.h"
#include "guard/judge/detectors.h"

namespace sekisho::apps {
namespace {

// The scorer that `config` names, ready for the categories of every set of `snapshot`.
Result<std::unique_ptr<judge::Scorer>> make_scorer(const Config& config,
                                                   const policy::Snapshot& snapshot) {
  if (config.scorer != "ngram") {
    return unprocessable("there is no scorer '" + config.scorer + "'; this build has: ngram",
                         "judge.scorer");
  }
  std::string file;
  if (!config.model.empty()) {
    TRY(file, read_file(config.model, ngram::kModelFileBytesMax));
  }
  const std::string_view model = config.model.empty() ? built_in_model() : file;
  auto scorer = adapters::NgramScorer::create(model, built_in_background());
  if (!scorer.ok()) {
    const std::string place = config.model.empty() ? "the built-in model" : config.model;
    return Error{scorer.error().code, place + ": " + scorer.error().message};
  }
  for (const auto& set : snapshot.sets()) CHECK_OK((*scorer)->fit(*set));
  return std::unique_ptr<judge::Scorer>(std::move(scorer).value());
}

}  // namespace

Result<Judging> assemble_judging(const Config& config) {
  judge::Judge::Parts parts;
  parts.detectors = judge::make_detectors();
  if (config.cache_entries > 0) {
    parts.cache =
        std::make_unique<adapters::MemoryCache>(static_cast<std::size_t>(config.cache_entries));
  }
  const std::string folder = !config.policy_folder.empty() ? config.policy_folder
                             : config.data.empty()         ? std::string()
                                                           : config.data + "/policy";
  adapters::PolicyFiles files(folder);
  TRY(auto snapshot, folder.empty() ? policy::Snapshot::create({}, {}) : files.load());
  TRY(parts.scorer, make_scorer(config, *snapshot));

  Judging judging;
  judging.judge = std::make_unique<judge::Judge>(std::move(parts), system_clock());
  judging.policy = std::make_unique<policy::CurrentPolicy>(std::move(snapshot));
  judging.degraded.emplace_back("judged by character n-grams: no language model is installed");
  return judging;
}

Result<Recording> assemble_recording(const Config& config, Metrics& metrics) {
  TRY(access::DataFolder folder, access::DataFolder::open(config.data));
  adapters::SqliteJournalOptions options;
  options.path = folder.file(kJournalFile);
  options.durability = config.durability;
  TRY(auto store, adapters::SqliteJournal::open(std::move(options)));
  auto writer =
      std::make_unique<journal::JournalWriter>(config.writer, *store, system_clock(), metrics);
  return Recording{std::move(folder), std::move(store), std::move(writer)};
}

std::unique_ptr<Guard> assemble_guard(const Config& config, const Judging& judging,
                                      const Recording* recording, Metrics& metrics) {
  GuardOptions options;
  options.storage = config.storage;
  options.on_unrecorded = config.on_unrecorded;
  if (recording != nullptr) {
    options.fingerprint_key = recording->folder.key_for(access::kFingerprintPurpose);
  }
  return std::make_unique<Guard>(options, *judging.judge, *judging.policy,
                                 recording != nullptr ? recording->writer.get() : nullptr,
                                 system_clock(), metrics);
}

Result<std::unique_ptr<adapters::SqliteJournal>> open_journal_to_read(const std::string& data) {
  adapters::SqliteJournalOptions options;
  options.path = data + "/" + std::string(kJournalFile);
  options.mode = adapters::SqliteMode::kReadOnly;
  return adapters::SqliteJournal::open(std::move(options));
}

}  // namespace sekisho::apps
