// The subcommands of `sekisho`, one function and one file each. sekisho.cc fills the options from
// the command line. Every function returns the exit status.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/config.h"

namespace sekisho::apps {

// Options that name a configuration file and overrule it.
struct ConfigOptions {
  std::string file;
  std::optional<std::string> data;
  std::optional<std::string> listen;
  std::optional<std::string> scorer;
  std::optional<std::string> model;
  std::optional<std::string> policy_folder;
  std::optional<std::string> journal_mode;
  std::optional<std::int64_t> retention_days;
};
Result<Config> make_config(const ConfigOptions& options);

struct JudgeOptions {
  ConfigOptions config;
  std::vector<std::string> texts;  // "-": lines of standard input
  std::string category_set;
  std::string side = "input";
  bool json = false;
};
int run_judge(const JudgeOptions& options);

int run_serve(const ConfigOptions& options);

struct EvalOptions {
  ConfigOptions config;
  std::string data;   // a .jsonl file, or a folder of them
  std::string split;  // empty: all rows
  bool json = false;
};
int run_eval(const EvalOptions& options);

struct TrainOptions {
  std::string data;    // folder of labelled .jsonl files; rows of split "test" are left out
  std::string corpus;  // a .jsonl file of ordinary texts, all "safe", of little weight; or empty
  std::string out;     // the model file to write
  std::string background;  // where to write the texts for fitting custom categories; or empty
};
int run_train_ngram(const TrainOptions& options);

struct KeyCreateOptions {
  std::string data;
  std::string name = "unnamed";
  std::optional<std::int64_t> rate_per_minute;
  std::optional<std::int64_t> expires_days;
};
int run_key_create(const KeyCreateOptions& options);
int run_key_list(const std::string& data);
int run_key_revoke(const std::string& data, const std::string& id);

struct JournalOptions {
  std::string data;
  std::int64_t limit = 100;  // 0: all
  std::string outcome;       // empty: any
  bool json = false;
};
int run_journal_query(const JournalOptions& options);
int run_journal_tail(const JournalOptions& options);

struct BenchOptions {
  std::string data;  // where the texts come from: a .jsonl file, or a folder of them
  ConfigOptions config;
  std::int64_t texts = 2'000;
};
int run_bench(const BenchOptions& options);

}  // namespace sekisho::apps
