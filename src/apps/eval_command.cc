#include <fmt/format.h>

#include "apps/assembly.h"
#include "apps/commands.h"
#include "apps/terminal.h"
#include "eval/report.h"

namespace sekisho::apps {

int run_eval(const EvalOptions& options) {
  auto config = make_config(options.config);
  if (!config.ok()) return refuse(config.error());
  auto rows = eval::read_datasets(options.data, options.split);
  if (!rows.ok()) return refuse(rows.error());
  auto judging = assemble_judging(*config);
  if (!judging.ok()) return refuse(judging.error());
  Metrics metrics;
  const auto guard = assemble_guard(*config, *judging, nullptr, metrics);

  std::vector<eval::Answer> answers;
  ProgressBar progress("judging", rows->size());
  for (const eval::LabelledText& row : *rows) {
    judge::JudgeRequest request;
    request.turns = {{row.side == judge::Side::kInput ? "user" : "assistant", row.text}};
    request.side = row.side;
    request.contract = judge::Contract::kCommandLine;
    request.code_points_max = limits::kModerationCodePoints;
    const auto judgement = wait_for(guard->judge(std::move(request), Asker{}));
    if (!judgement.ok()) {
      return refuse(Error{judgement.error().code, row.id + ": " + judgement.error().message});
    }
    const judge::Verdict& verdict = judgement->verdict;
    answers.push_back({verdict.outcome() == judge::Outcome::kUnjudged,
                       verdict.outcome() == judge::Outcome::kUnsafe, verdict.score(),
                       verdict.category()});
    progress.advance(answers.size());
  }
  const auto& scorer = judging->judge->scorer();
  const eval::ReportInput input{*rows, answers,
                                std::string(scorer.name()) + "@" + scorer.digest().substr(0, 8)};
  fmt::print("{}\n", options.json ? eval::report_json(input) : eval::report_text(input));
  return 0;
}

}  // namespace sekisho::apps
