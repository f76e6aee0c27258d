// Config: what a configuration file and the command line may set. docs/operations/configuration.md
// explains every key; an unknown one stops the start with file and line.
#pragma once

#include <cstdint>
#include <string>

#include "adapters/sqlite_database.h"
#include "base/result.h"
#include "guard/guard.h"
#include "guard/journal/writer.h"

namespace sekisho::apps {

struct Config {
  // [server]
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;
  int threads = 1;  // of the HTTP edge
  std::int64_t connections_max = 10'000;

  // [judge]
  std::string scorer = "ngram";
  std::string model;  // path of an n-gram model; empty: the one built in
  std::int64_t cache_entries = 100'000;
  std::int64_t judge_timeout_ms = 4'000;

  // [policy]
  std::string policy_folder;  // empty: DATA/policy

  // [journal]
  std::string data;
  adapters::Durability durability = adapters::Durability::kDefault;
  journal::Storage storage = journal::Storage::kMasked;
  OnUnrecorded on_unrecorded = OnUnrecorded::kRefuse;
  journal::WriterOptions writer;
};

// Overwrites what the file names.
Status read_config(const std::string& path, Config& config);

// "127.0.0.1:8080", "[::1]:8080", ":8080" (every address).
Status parse_listen(const std::string& listen, Config& config);

}  // namespace sekisho::apps
