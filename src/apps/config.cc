#include "apps/config.h"

#include <charconv>
#include <initializer_list>
#include <utility>

#include "adapters/toml.h"
#include "apps/commands.h"

namespace sekisho::apps {
namespace {

using adapters::TomlTable;

struct Range {
  std::int64_t low;
  std::int64_t high;
};

template <typename T>
Status read_integer(TomlTable& table, const char* key, T& target, Range range) {
  TRY(const auto value, table.integer(key));
  if (!value) return ok_status();
  if (*value < range.low || *value > range.high) {
    return table.error(std::string(key) + " must be from " + std::to_string(range.low) + " to " +
                           std::to_string(range.high),
                       key);
  }
  target = static_cast<T>(*value);
  return ok_status();
}

Status read_text(TomlTable& table, const char* key, std::string& target) {
  TRY(auto value, table.string(key));
  if (value) target = std::move(*value);
  return ok_status();
}

template <typename T>
Status read_choice(TomlTable& table, const char* key, T& target,
                   std::initializer_list<std::pair<const char*, T>> choices) {
  TRY(const auto value, table.string(key));
  if (!value) return ok_status();
  std::string names;
  for (const auto& [name, choice] : choices) {
    if (*value == name) {
      target = choice;
      return ok_status();
    }
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  return table.error(std::string(key) + " must be one of: " + names, key);
}

Status read_server(TomlTable& table, Config& config) {
  std::string listen;
  CHECK_OK(read_text(table, "listen", listen));
  if (!listen.empty()) {
    const Status parsed = parse_listen(listen, config);
    if (!parsed.ok()) return table.error(parsed.error().message, "listen");
  }
  CHECK_OK(read_integer(table, "threads", config.threads, {1, 256}));
  CHECK_OK(read_integer(table, "connections_max", config.connections_max, {1, 1'000'000}));
  return table.finish();
}

Status read_judge(TomlTable& table, Config& config) {
  CHECK_OK(read_text(table, "scorer", config.scorer));
  CHECK_OK(read_text(table, "model", config.model));
  CHECK_OK(read_integer(table, "cache_entries", config.cache_entries, {0, 100'000'000}));
  CHECK_OK(read_integer(table, "timeout_ms", config.judge_timeout_ms, {1, 600'000}));
  return table.finish();
}

Status read_policy(TomlTable& table, Config& config) {
  CHECK_OK(read_text(table, "folder", config.policy_folder));
  return table.finish();
}

Status read_journal(TomlTable& table, Config& config) {
  using journal::QuotaPolicy;
  using journal::Storage;
  journal::WriterOptions& writer = config.writer;
  CHECK_OK(read_text(table, "data", config.data));
  CHECK_OK(read_choice(
      table, "mode", config.durability,
      {{"default", adapters::Durability::kDefault}, {"durable", adapters::Durability::kDurable}}));
  CHECK_OK(read_choice(table, "storage", config.storage,
                       {{"masked", Storage::kMasked}, {"none", Storage::kNone}}));
  CHECK_OK(read_choice(table, "on_unrecorded", config.on_unrecorded,
                       {{"refuse", OnUnrecorded::kRefuse}, {"mark", OnUnrecorded::kMark}}));
  CHECK_OK(read_integer(table, "retention_days", writer.retention_days, {0, 36'500}));
  CHECK_OK(read_integer(table, "quota_bytes", writer.quota_bytes, {0, std::int64_t{1} << 50}));
  CHECK_OK(read_choice(
      table, "quota_policy", writer.quota_policy,
      {{"delete-oldest", QuotaPolicy::kDeleteOldest}, {"refuse", QuotaPolicy::kRefuse}}));
  CHECK_OK(read_integer(table, "queue_entries", writer.queue_entries_max, {1, 1'000'000}));
  return table.finish();
}

}  // namespace

Status read_config(const std::string& path, Config& config) {
  TRY(const adapters::TomlDocument document, adapters::TomlDocument::load(path));
  TomlTable root = document.root();
  const std::pair<const char*, Status (*)(TomlTable&, Config&)> sections[] = {
      {"server", read_server},
      {"judge", read_judge},
      {"policy", read_policy},
      {"journal", read_journal},
  };
  for (const auto& [name, read] : sections) {
    TRY(auto table, root.table(name));
    if (table) CHECK_OK(read(*table, config));
  }
  return root.finish();
}

Status parse_listen(const std::string& listen, Config& config) {
  const std::size_t colon = listen.rfind(':');
  const Error wrong = unprocessable("'" + listen + "' is no HOST:PORT", "listen");
  if (colon == std::string::npos) return wrong;
  std::string host = listen.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  int port = -1;
  const char* end = listen.data() + listen.size();
  const auto parsed = std::from_chars(listen.data() + colon + 1, end, port);
  if (parsed.ec != std::errc() || parsed.ptr != end || port < 0 || port > 65535) return wrong;
  config.address = host.empty() ? "::" : host == "localhost" ? "127.0.0.1" : host;
  config.port = static_cast<std::uint16_t>(port);
  return ok_status();
}

Result<Config> make_config(const ConfigOptions& options) {
  Config config;
  if (!options.file.empty()) CHECK_OK(read_config(options.file, config));
  if (options.data) config.data = *options.data;
  if (options.listen) CHECK_OK(parse_listen(*options.listen, config));
  if (options.scorer) config.scorer = *options.scorer;
  if (options.model) config.model = *options.model;
  if (options.policy_folder) config.policy_folder = *options.policy_folder;
  if (options.journal_mode) {
    if (*options.journal_mode != "default" && *options.journal_mode != "durable") {
      return unprocessable("--journal-mode must be default or durable");
    }
    config.durability = *options.journal_mode == "durable" ? adapters::Durability::kDurable
                                                           : adapters::Durability::kDefault;
  }
  if (options.retention_days) {
    if (*options.retention_days < 0) return unprocessable("--retention-days counts from 0");
    config.writer.retention_days = *options.retention_days;
  }
  return config;
}

}  // namespace sekisho::apps
