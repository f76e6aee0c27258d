// Diagnostics: what the process says about itself, as JSON lines on standard error.
//
// Never judged text, keys or passwords: whoever writes a line answers for its fields. Values are
// escaped, so a line is always one line. ("Journal" is what was judged; "log" is this.)
// Thread safety: `write` may be called from several threads; lines never mix.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace sekisho {

enum class Severity { kInfo, kWarning, kError };

struct LogField {
  std::string_view key;
  std::variant<std::string_view, std::int64_t> value;
};

// `event` is a fixed name in snake_case, the thing to search and count.
void log(Severity severity, std::string_view event, std::initializer_list<LogField> fields = {});

// Redirects the lines; for tests. Null goes back to standard error.
void capture_log(std::string* sink);

}  // namespace sekisho
