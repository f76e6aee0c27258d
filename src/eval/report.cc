#include "eval/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/json_writer.h"
#include "base/utf8.h"

namespace sekisho::eval {
namespace {

Judged judged(const LabelledText& row, const Answer& answer) {
  return {row.unsafe, answer.unsafe, answer.unjudged, answer.score};
}

std::vector<Judged> all(const ReportInput& input) {
  std::vector<Judged> out;
  for (std::size_t i = 0; i < input.rows.size(); ++i) {
    out.push_back(judged(input.rows[i], input.answers[i]));
  }
  return out;
}

struct Named {
  const char* name;
  double (*value)(const std::vector<Judged>&);
};
constexpr Named kOverall[] = {
    {"precision", [](const std::vector<Judged>& rows) { return precision(count(rows)); }},
    {"recall", [](const std::vector<Judged>& rows) { return recall(count(rows)); }},
    {"f1", [](const std::vector<Judged>& rows) { return f1(count(rows)); }},
    {"false_positive_rate",
     [](const std::vector<Judged>& rows) { return false_positive_rate(count(rows)); }},
    {"auc", auc},
    {"auprc", average_precision},
    {"ece", expected_calibration_error},
};

// Rows grouped by a name, in the order of names.
using Groups = std::map<std::string, std::vector<std::size_t>>;

Groups by_category(const ReportInput& input) {
  Groups groups;
  for (std::size_t i = 0; i < input.rows.size(); ++i) {
    if (!input.rows[i].categories.empty()) groups[input.rows[i].categories[0]].push_back(i);
  }
  return groups;
}

Groups by(const ReportInput& input, std::string LabelledText::* field) {
  Groups groups;
  for (std::size_t i = 0; i < input.rows.size(); ++i) {
    if (!(input.rows[i].*field).empty()) groups[input.rows[i].*field].push_back(i);
  }
  return groups;
}

std::vector<Judged> pick(const ReportInput& input, const std::vector<std::size_t>& indices) {
  std::vector<Judged> out;
  for (const std::size_t i : indices) out.push_back(judged(input.rows[i], input.answers[i]));
  return out;
}

// How a category fared: found as unsafe at all, and under its own name.
struct CategoryFigures {
  std::size_t rows = 0;
  Interval recall;
  std::size_t named = 0;     // unsafe, and said to be this category
  std::size_t misnamed = 0;  // said to be this category, but another or safe
};

CategoryFigures figures(const ReportInput& input, const std::string& category,
                        const std::vector<std::size_t>& indices) {
  CategoryFigures out;
  out.rows = indices.size();
  out.recall = bootstrap(pick(input, indices),
                         [](const std::vector<Judged>& rows) { return recall(count(rows)); });
  for (std::size_t i = 0; i < input.rows.size(); ++i) {
    if (input.answers[i].category != category) continue;
    const bool right = !input.rows[i].categories.empty() && input.rows[i].categories[0] == category;
    ++(right ? out.named : out.misnamed);
  }
  return out;
}

// (true category or "safe", said category or "safe"/"unjudged") → rows
std::map<std::pair<std::string, std::string>, std::size_t> confusion(const ReportInput& input) {
  std::map<std::pair<std::string, std::string>, std::size_t> table;
  for (std::size_t i = 0; i < input.rows.size(); ++i) {
    const auto& row = input.rows[i];
    const auto& answer = input.answers[i];
    const std::string truth = !row.unsafe              ? "safe"
                              : row.categories.empty() ? "unsafe"
                                                       : row.categories[0];
    ++table[{truth, answer.unjudged ? "unjudged" : answer.unsafe ? answer.category : "safe"}];
  }
  return table;
}

// The misses with the lowest scores, or the false alarms with the highest.
std::vector<std::size_t> worst(const ReportInput& input, bool misses) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < input.rows.size(); ++i) {
    const bool said_unsafe = input.answers[i].unsafe && !input.answers[i].unjudged;
    if (input.rows[i].unsafe == misses && said_unsafe != misses) out.push_back(i);
  }
  std::sort(out.begin(), out.end(), [&](std::size_t a, std::size_t b) {
    const double x = input.answers[a].score;
    const double y = input.answers[b].score;
    return x != y ? (misses ? x < y : x > y) : input.rows[a].id < input.rows[b].id;
  });
  if (out.size() > kWorstErrors) out.resize(kWorstErrors);
  return out;
}

std::string one_line(const std::string& text) {
  std::string out(utf8::is_valid(text) ? utf8::slice(text, 0, 80) : "(not UTF-8)");
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\n' || c == '\r' || c == '|'; }, ' ');
  return out;
}

std::string shown(const Interval& interval) {
  if (std::isnan(interval.value)) return "–";
  return fmt::format("{:.3f} ({:.3f}–{:.3f})", interval.value, interval.low, interval.high);
}

void put_interval(JsonWriter& json, const char* name, const Interval& interval) {
  json.key(name);
  if (std::isnan(interval.value)) {
    json.null();
    return;
  }
  json.begin_object()
      .key("value")
      .decimal(interval.value, 4)
      .key("low")
      .decimal(interval.low, 4)
      .key("high")
      .decimal(interval.high, 4)
      .end_object();
}

std::string group_table(const ReportInput& input, const char* title, const Groups& groups) {
  if (groups.empty()) return "";
  std::string out =
      fmt::format("\n| {} | rows | unsafe | F1 | recall | false positive rate |\n", title);
  out += "| --- | ---: | ---: | ---: | ---: | ---: |\n";
  for (const auto& [name, indices] : groups) {
    const Counts counts = count(pick(input, indices));
    const std::size_t unsafe = counts.true_positives + counts.false_negatives;
    out += fmt::format(
        "| {} | {} | {} | {} | {} | {} |\n", name, indices.size(), unsafe,
        unsafe ? fmt::format("{:.3f}", f1(counts)) : "–",
        unsafe ? fmt::format("{:.3f}", recall(counts)) : "–",
        unsafe == indices.size() ? "–" : fmt::format("{:.3f}", false_positive_rate(counts)));
  }
  return out;
}

void put_groups(JsonWriter& json, const ReportInput& input, const char* title,
                const Groups& groups) {
  json.key(title).begin_object();
  for (const auto& [name, indices] : groups) {
    const Counts counts = count(pick(input, indices));
    json.key(name)
        .begin_object()
        .key("rows")
        .number(static_cast<std::int64_t>(indices.size()))
        .key("f1")
        .decimal(f1(counts), 4)
        .key("recall")
        .decimal(recall(counts), 4)
        .key("false_positive_rate")
        .decimal(false_positive_rate(counts), 4)
        .end_object();
  }
  json.end_object();
}

void put_errors(JsonWriter& json, const ReportInput& input, const char* title, bool misses) {
  json.key(title).begin_array();
  for (const std::size_t i : worst(input, misses)) {
    json.begin_object()
        .key("id")
        .string(input.rows[i].id)
        .key("score")
        .decimal(input.answers[i].score, 4)
        .key("truth")
        .string(input.rows[i].categories.empty() ? "" : input.rows[i].categories[0])
        .key("said")
        .string(input.answers[i].category)
        .key("text")
        .string(one_line(input.rows[i].text))
        .end_object();
  }
  json.end_array();
}

}  // namespace

std::string report_text(const ReportInput& input) {
  const std::vector<Judged> rows = all(input);
  const Counts counts = count(rows);
  const auto unjudged =
      std::count_if(rows.begin(), rows.end(), [](const Judged& row) { return row.unjudged; });
  std::string out =
      fmt::format("{} rows judged by {}; {} unjudged\n\n", rows.size(), input.judge, unjudged);
  out += "| measure | value (95 % interval) |\n| --- | --- |\n";
  for (const Named& metric : kOverall) {
    out += fmt::format("| {} | {} |\n", metric.name, shown(bootstrap(rows, metric.value)));
  }
  out += fmt::format(
      "\n| | said unsafe | said safe |\n| --- | ---: | ---: |\n| unsafe | {} | {} |\n"
      "| safe | {} | {} |\n",
      counts.true_positives, counts.false_negatives, counts.false_positives, counts.true_negatives);

  const Groups categories = by_category(input);
  if (!categories.empty()) {
    out += "\n| category | rows | recall | named right | named wrongly |\n";
    out += "| --- | ---: | ---: | ---: | ---: |\n";
    for (const auto& [name, indices] : categories) {
      const CategoryFigures own = figures(input, name, indices);
      out += fmt::format("| {} | {} | {} | {} | {} |\n", name, own.rows, shown(own.recall),
                         own.named, own.misnamed);
    }
  }
  out += group_table(input, "kind", by(input, &LabelledText::kind));
  out += group_table(input, "register", by(input, &LabelledText::register_name));

  out += "\nConfusion (truth → said: rows), without the diagonal:\n";
  for (const auto& [pair, rows_of_pair] : confusion(input)) {
    if (pair.first != pair.second) {
      out += fmt::format("  {} → {}: {}\n", pair.first, pair.second, rows_of_pair);
    }
  }
  for (const bool misses : {true, false}) {
    out += misses ? "\nWorst misses:\n" : "\nWorst false alarms:\n";
    for (const std::size_t i : worst(input, misses)) {
      out += fmt::format("  {:.4f} {} [{}] {}\n", input.answers[i].score, input.rows[i].id,
                         misses ? (input.rows[i].categories.empty() ? std::string("unsafe")
                                                                    : input.rows[i].categories[0])
                                : input.answers[i].category,
                         one_line(input.rows[i].text));
    }
  }
  return out;
}

std::string report_json(const ReportInput& input) {
  const std::vector<Judged> rows = all(input);
  const Counts counts = count(rows);
  std::string out;
  JsonWriter json(out);
  json.begin_object()
      .key("judge")
      .string(input.judge)
      .key("rows")
      .number(static_cast<std::int64_t>(rows.size()))
      .key("unjudged")
      .number(
          std::count_if(rows.begin(), rows.end(), [](const Judged& row) { return row.unjudged; }))
      .key("true_positives")
      .number(static_cast<std::int64_t>(counts.true_positives))
      .key("false_positives")
      .number(static_cast<std::int64_t>(counts.false_positives))
      .key("true_negatives")
      .number(static_cast<std::int64_t>(counts.true_negatives))
      .key("false_negatives")
      .number(static_cast<std::int64_t>(counts.false_negatives));
  for (const Named& metric : kOverall) {
    put_interval(json, metric.name, bootstrap(rows, metric.value));
  }
  json.key("categories").begin_object();
  for (const auto& [name, indices] : by_category(input)) {
    const CategoryFigures own = figures(input, name, indices);
    json.key(name).begin_object().key("rows").number(static_cast<std::int64_t>(own.rows));
    put_interval(json, "recall", own.recall);
    json.key("named_right")
        .number(static_cast<std::int64_t>(own.named))
        .key("named_wrongly")
        .number(static_cast<std::int64_t>(own.misnamed))
        .end_object();
  }
  json.end_object();
  put_groups(json, input, "kinds", by(input, &LabelledText::kind));
  put_groups(json, input, "registers", by(input, &LabelledText::register_name));
  json.key("confusion").begin_array();
  for (const auto& [pair, rows_of_pair] : confusion(input)) {
    json.begin_object()
        .key("truth")
        .string(pair.first)
        .key("said")
        .string(pair.second)
        .key("rows")
        .number(static_cast<std::int64_t>(rows_of_pair))
        .end_object();
  }
  json.end_array();
  put_errors(json, input, "worst_misses", true);
  put_errors(json, input, "worst_false_alarms", false);
  json.end_object();
  return out;
}

}  // namespace sekisho::eval
