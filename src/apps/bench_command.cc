#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "apps/assembly.h"
#include "apps/commands.h"
#include "apps/terminal.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "eval/dataset.h"

namespace sekisho::apps {
namespace {

// Real sentences joined and cut to exactly `code_points`, every text another.
std::vector<std::string> make_texts(const std::vector<eval::LabelledText>& rows,
                                    std::size_t code_points, std::size_t count) {
  std::u32string all;
  for (const eval::LabelledText& row : rows) all += utf8::decode(row.text);
  std::vector<std::string> texts;
  for (std::size_t at = 0; texts.size() < count && at + code_points <= all.size();
       at += code_points) {
    texts.push_back(utf8::encode(std::u32string_view(all).substr(at, code_points)));
  }
  return texts;
}

double percentile(std::vector<std::int64_t> values, double share) {
  std::sort(values.begin(), values.end());
  return static_cast<double>(
             values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))]) /
         1000;
}

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

int run_bench(const BenchOptions& options) {
  auto config = make_config(options.config);
  if (!config.ok()) return refuse(config.error());
  config->cache_entries = 0;
  auto rows = eval::read_datasets(options.data, "");
  if (!rows.ok()) return refuse(rows.error());
  auto judging = assemble_judging(*config);
  if (!judging.ok()) return refuse(judging.error());
  Metrics metrics;
  const auto guard = assemble_guard(*config, *judging, nullptr, metrics);

  fmt::print("one core, in process, no cache, nothing recorded; microseconds a text\n\n");
  fmt::print("| characters | texts | p50 | p90 | p99 |\n| ---: | ---: | ---: | ---: | ---: |\n");
  for (const std::size_t code_points : {20, 100, 400, 2048}) {
    const auto texts = make_texts(*rows, code_points, static_cast<std::size_t>(options.texts));
    std::vector<std::int64_t> durations_ns;
    for (int round = 0; round < 2; ++round) {  // the first round warms the caches
      durations_ns.clear();
      for (const std::string& text : texts) {
        judge::JudgeRequest request;
        request.turns = {{"user", text}};
        const std::int64_t started_ns = now_ns();
        const auto judgement = wait_for(guard->judge(std::move(request), Asker{}));
        durations_ns.push_back(now_ns() - started_ns);
        if (!judgement.ok()) return refuse(judgement.error());
      }
    }
    fmt::print("| {} | {} | {:.1f} | {:.1f} | {:.1f} |\n", code_points, texts.size(),
               percentile(durations_ns, 0.5), percentile(durations_ns, 0.9),
               percentile(durations_ns, 0.99));
  }
  return 0;
}

}  // namespace sekisho::apps
