#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>

#include "apps/assembly.h"
#include "apps/commands.h"
#include "apps/terminal.h"
#include "base/json_reader.h"

namespace sekisho::apps {
namespace {

constexpr std::chrono::milliseconds kTailPause(300);

std::string text_of(const JsonValue& object, std::string_view key) {
  const auto value = object.find(key);
  return value ? std::string(value->string().value_or("")) : std::string();
}

// One line a person can read. Judged text is data: control characters are not printed.
std::string human_line(std::string_view entry_json) {
  const auto document = JsonDocument::parse(entry_json);
  if (!document.ok()) return "an entry that cannot be read: " + document.error().message;
  const JsonValue entry = document->root();
  const auto verdict = entry.find("verdict");
  const std::string outcome = verdict ? text_of(*verdict, "outcome") : "";
  const auto score = verdict ? verdict->find("score") : std::nullopt;
  std::string text = text_of(entry, "text");
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  const Colour colour = outcome == "safe"     ? Colour::kGreen
                        : outcome == "unsafe" ? Colour::kRed
                                              : Colour::kYellow;
  return fmt::format("{}  {}  {:.4f}  {:<20}  {}", text_of(entry, "time"),
                     coloured(colour, fmt::format("{:<8}", outcome)),
                     score ? score->number().value_or(0) : 0.0,
                     verdict ? text_of(*verdict, "category") : "", text);
}

Result<journal::Query> make_query(const JournalOptions& options) {
  journal::Query query;
  query.entries_max = options.limit;
  if (options.outcome.empty()) return query;
  for (const auto outcome :
       {judge::Outcome::kSafe, judge::Outcome::kUnsafe, judge::Outcome::kUnjudged}) {
    if (options.outcome == judge::outcome_name(outcome)) query.outcome = outcome;
  }
  if (!query.outcome) return unprocessable("--outcome must be safe, unsafe or unjudged");
  return query;
}

void print_entry(std::string_view entry_json, bool json) {
  if (json) {
    fmt::print("{}\n", entry_json);
  } else {
    fmt::print("{}\n", human_line(entry_json));
  }
}

}  // namespace

int run_journal_query(const JournalOptions& options) {
  auto query = make_query(options);
  if (!query.ok()) return refuse(query.error());
  auto store = open_journal_to_read(options.data);
  if (!store.ok()) return refuse(store.error());
  const Status printed = (*store)->query(*query, [&](std::string_view entry) {
    print_entry(entry, options.json);
    return true;
  });
  return printed.ok() ? 0 : refuse(printed.error());
}

int run_journal_tail(const JournalOptions& options) {
  auto query = make_query(options);
  if (!query.ok()) return refuse(query.error());
  auto store = open_journal_to_read(options.data);
  if (!store.ok()) return refuse(store.error());
  // The last few first, then whatever comes, oldest first.
  std::vector<std::string> last;
  const auto keep = [&](std::string_view entry) {
    last.emplace_back(entry);
    return true;
  };
  const Status first = (*store)->query(*query, keep);
  if (!first.ok()) return refuse(first.error());
  query->newest_first = false;
  query->entries_max = 0;
  std::vector<std::string> newest(last.rbegin(), last.rend());
  while (true) {
    for (const std::string& entry : newest) {
      print_entry(entry, options.json);
      const auto document = JsonDocument::parse(entry);
      if (document.ok()) query->after = Ulid::parse(text_of(document->root(), "id"));
    }
    if (std::fflush(stdout) != 0) return 0;  // the reader of our pipe has left
    std::this_thread::sleep_for(kTailPause);
    last.clear();
    const Status more = (*store)->query(*query, keep);
    if (!more.ok()) return refuse(more.error());
    newest = last;
  }
}

}  // namespace sekisho::apps
