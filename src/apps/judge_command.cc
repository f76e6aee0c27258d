#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "apps/assembly.h"
#include "apps/commands.h"
#include "apps/terminal.h"
#include "base/utf8.h"
#include "server/wire/own_judge.h"

namespace sekisho::apps {
namespace {

// Lines of standard input are read whole before the first is judged, so that progress is known.
constexpr std::size_t kInputBytesMax = 1UL << 30;

Result<std::vector<std::string>> read_lines() {
  std::vector<std::string> lines;
  std::size_t bytes = 0;
  for (std::string line; std::getline(std::cin, line);) {
    bytes += line.size() + 1;
    if (bytes > kInputBytesMax) {
      return Error{ErrorCode::kTooLarge, "standard input is larger than 1 GiB"};
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

ExitStatus status_of(const Result<wire::Judged>& judged) {
  if (!judged.ok()) return kExitRefused;
  switch (judged->verdict.outcome()) {
    case judge::Outcome::kSafe:
      return kExitSafe;
    case judge::Outcome::kUnsafe:
      return kExitUnsafe;
    case judge::Outcome::kUnjudged:
      return kExitUnjudged;
  }
  return kExitUnjudged;
}

// The text with its spans marked, on one line.
std::string marked(const std::string& text, const judge::Verdict& verdict) {
  std::u32string code_points = utf8::decode(text);
  std::vector<bool> inside(code_points.size(), false);
  for (const judge::Finding& finding : verdict.spans()) {
    for (std::size_t i = finding.span.begin; i < finding.span.end && i < inside.size(); ++i) {
      inside[i] = true;
    }
  }
  std::string out;
  for (std::size_t i = 0; i < code_points.size();) {
    std::size_t j = i;
    std::string piece;
    for (; j < code_points.size() && inside[j] == inside[i]; ++j) {
      // Control characters of a judged text never reach the terminal.
      const char32_t c = code_points[j];
      utf8::append(piece, c < 0x20 || (c >= 0x7F && c < 0xA0) ? U'␣' : c);
    }
    out += inside[i] ? coloured(Colour::kYellow, "【" + piece + "】") : piece;
    i = j;
  }
  return out;
}

void print_human(const std::string& text, const Result<wire::Judged>& judged) {
  if (!judged.ok()) {
    fmt::print("{}  {}\n", coloured(Colour::kYellow, "拒否 refused"), judged.error().message);
    return;
  }
  const judge::Verdict& verdict = judged->verdict;
  switch (verdict.outcome()) {
    case judge::Outcome::kSafe:
      fmt::print("{}  {:.4f}  {}\n", coloured(Colour::kGreen, "安全 safe"), verdict.score(),
                 marked(text, verdict));
      break;
    case judge::Outcome::kUnsafe:
      fmt::print("{}  {:.4f}  {}  {}\n",
                 coloured(Colour::kRed, verdict.allowed() ? "注意 unsafe" : "遮断 unsafe"),
                 verdict.score(), coloured(Colour::kBold, verdict.category()),
                 marked(text, verdict));
      break;
    case judge::Outcome::kUnjudged:
      fmt::print("{}  {}\n", coloured(Colour::kYellow, "未判定 unjudged"), marked(text, verdict));
      break;
  }
  std::string reasons;
  for (const judge::Finding& span : verdict.spans()) {
    const std::string reason = span.category + ": " + span.reason;
    if (reasons.find(reason) == std::string::npos) {
      reasons += (reasons.empty() ? "" : ", ") + reason;
    }
  }
  if (!reasons.empty()) fmt::print("      {}\n", coloured(Colour::kDim, reasons));
}

}  // namespace

int run_judge(const JudgeOptions& options) {
  auto config = make_config(options.config);
  if (!config.ok()) return refuse(config.error());
  const auto side = judge::parse_side(options.side);
  if (!side) return refuse(unprocessable("--side must be input or output"));
  std::vector<std::string> texts = options.texts;
  const bool from_stdin = texts == std::vector<std::string>{"-"};
  if (from_stdin) {
    auto lines = read_lines();
    if (!lines.ok()) return refuse(lines.error());
    texts = std::move(lines).value();
  }

  auto judging = assemble_judging(*config);
  if (!judging.ok()) return refuse(judging.error());
  Metrics metrics;
  std::optional<Recording> recording;
  if (!config->data.empty()) {
    auto assembled = assemble_recording(*config, metrics);
    if (!assembled.ok()) return refuse(assembled.error());
    recording.emplace(std::move(assembled).value());
  }
  const auto guard = assemble_guard(*config, *judging, recording ? &*recording : nullptr, metrics);

  int worst = kExitSafe;
  ProgressBar progress("judging", from_stdin && ::isatty(STDOUT_FILENO) != 1 ? texts.size() : 0);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    judge::JudgeRequest request;
    request.turns = {{*side == judge::Side::kInput ? "user" : "assistant", texts[i]}};
    request.side = *side;
    request.contract = judge::Contract::kCommandLine;
    request.category_set_id = options.category_set;
    auto judgement = wait_for(guard->judge(std::move(request), Asker{}));
    const Result<wire::Judged> judged =
        judgement.ok() ? Result<wire::Judged>(wire::Judged{judgement->id.text(), judgement->verdict,
                                                           !recording || judgement->recorded})
                       : Result<wire::Judged>(judgement.error());
    worst = std::max<int>(worst, status_of(judged));
    if (options.json) {
      fmt::print("{}\n", wire::encode_own_result(judged));
    } else {
      print_human(texts[i], judged);
    }
    progress.advance(i + 1);
  }
  return worst;
}

}  // namespace sekisho::apps
