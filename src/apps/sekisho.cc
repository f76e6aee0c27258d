// sekisho: the program. Reads the command line and calls the subcommand.
#include <CLI/CLI.hpp>

#include "apps/commands.h"
#include "apps/terminal.h"

namespace sekisho::apps {
namespace {

void add_config_options(CLI::App& command, ConfigOptions& options) {
  command.add_option("--config", options.file, "configuration file (TOML)");
  command.add_option("--data", options.data, "data folder: journal, keys, policy");
  command.add_option("--scorer", options.scorer, "what scores: ngram");
  command.add_option("--model", options.model, "n-gram model file instead of the built-in one");
  command.add_option("--policy", options.policy_folder, "folder of category sets (TOML)");
}

// Every command leaves its exit status in `status` when it ran.
void add_judge(CLI::App& app, JudgeOptions& options, int& status) {
  CLI::App* command = app.add_subcommand("judge", "judge texts given here, or lines from stdin");
  command->footer(
      "Exit status: 0 safe, 1 unsafe, 2 unjudged, 3 refused or misuse; of several texts the worst. "
      "Records only when --data is given.");
  add_config_options(*command, options.config);
  command->add_option("texts", options.texts, "texts; a single - reads lines from stdin")
      ->required();
  command->add_option("--category-set", options.category_set, "id of the category set");
  command->add_option("--side", options.side, "input (default) or output of a language model");
  command->add_flag("--json", options.json, "one JSON object a line");
  command->callback([&] { status = run_judge(options); });
}

void add_serve(CLI::App& app, ConfigOptions& options, int& status) {
  CLI::App* command = app.add_subcommand("serve", "serve the judge API");
  add_config_options(*command, options);
  command->add_option("--listen", options.listen, "HOST:PORT (127.0.0.1:8080)");
  command->add_option("--journal-mode", options.journal_mode,
                      "default: survives any crash of the process; durable: a power cut too");
  command->add_option("--retention-days", options.retention_days,
                      "how long judgements are kept (30; 0: for ever)");
  command->callback([&] { status = run_serve(options); });
}

void add_eval(CLI::App& app, EvalOptions& options, TrainOptions& train, BenchOptions& bench,
              int& status) {
  CLI::App* eval = app.add_subcommand("eval", "measure the judge on labelled texts");
  eval->add_option("--data", options.data, "a .jsonl file, or a folder of them")->required();
  eval->add_option("--split", options.split, "only rows of this split");
  eval->add_option("--model", options.config.model, "n-gram model file");
  eval->add_option("--policy", options.config.policy_folder, "folder of category sets");
  eval->add_flag("--json", options.json, "one JSON object");
  eval->callback([&] { status = run_eval(options); });

  CLI::App* training = app.add_subcommand("train-ngram", "train the n-gram judge");
  training->add_option("--data", train.data, "folder of labelled .jsonl files")->required();
  training->add_option("--corpus", train.corpus,
                       "a .jsonl file of ordinary texts (tools/background_corpus.py)");
  training->add_option("--out", train.out, "the model file to write")->required();
  training->add_option("--background", train.background,
                       "also write the texts that custom categories are fitted against");
  training->callback([&] { status = run_train_ngram(train); });

  CLI::App* timing = app.add_subcommand("bench", "time the judge in this process, on one core");
  timing->add_option("--data", bench.data, "labelled .jsonl files, for their texts")->required();
  timing->add_option("--model", bench.config.model, "n-gram model file");
  timing->add_option("--texts", bench.texts, "how many distinct texts");
  timing->callback([&] { status = run_bench(bench); });
}

void add_key(CLI::App& app, KeyCreateOptions& options, std::string& id, int& status) {
  CLI::App* key = app.add_subcommand("key", "API keys");
  key->require_subcommand(1);
  CLI::App* create = key->add_subcommand("create", "make a key; it is printed this once");
  CLI::App* list = key->add_subcommand("list", "all keys, without their secrets");
  CLI::App* revoke = key->add_subcommand("revoke", "refuse a key from now on");
  for (CLI::App* command : {create, list, revoke}) {
    command->add_option("--data", options.data, "data folder")->required();
  }
  create->add_option("--name", options.name, "what the key is for");
  create->add_option("--rate-per-minute", options.rate_per_minute, "judgements a minute");
  create->add_option("--expires-days", options.expires_days, "days until it expires")
      ->check(CLI::Range(1, 36'500));
  revoke->add_option("id", id, "the key's id")->required();
  create->callback([&] { status = run_key_create(options); });
  list->callback([&] { status = run_key_list(options.data); });
  revoke->callback([&] { status = run_key_revoke(options.data, id); });
}

void add_journal(CLI::App& app, JournalOptions& options, int& status) {
  CLI::App* journal = app.add_subcommand("journal", "what was judged");
  journal->require_subcommand(1);
  CLI::App* query = journal->add_subcommand("query", "stored judgements, newest first");
  CLI::App* tail =
      journal->add_subcommand("tail", "the last judgements, then new ones as they come");
  for (CLI::App* command : {query, tail}) {
    command->add_option("--data", options.data, "data folder")->required();
    command->add_option("--limit", options.limit, "how many (100; 0: all)")
        ->check(CLI::NonNegativeNumber);
    command->add_option("--outcome", options.outcome, "only safe, unsafe or unjudged ones");
    command->add_flag("--json", options.json, "one JSON object a line");
  }
  query->callback([&] { status = run_journal_query(options); });
  tail->callback([&] { status = run_journal_tail(options); });
}

int run(int argc, char** argv) {
  CLI::App app("Sekisho, a guardrail for Japanese LLM applications / 日本語LLMの関所");
  app.require_subcommand(1);
  app.set_version_flag("--version", SEKISHO_VERSION);
  int status = kExitRefused;
  JudgeOptions judge;
  ConfigOptions serve;
  EvalOptions eval;
  TrainOptions train;
  BenchOptions bench;
  KeyCreateOptions key;
  std::string key_id;
  JournalOptions journal;
  add_judge(app, judge, status);
  add_serve(app, serve, status);
  add_eval(app, eval, train, bench, status);
  add_key(app, key, key_id, status);
  add_journal(app, journal, status);
  try {  // CLI11 reports through exceptions; this is the one place that sees them
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitRefused;
  }
  return status;
}

}  // namespace
}  // namespace sekisho::apps

int main(int argc, char** argv) {
  return sekisho::apps::run(argc, argv);
}
