#include "base/diagnostics.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/mutex.h"

namespace sekisho {
namespace {

struct Sink {
  Mutex mutex;
  std::string* captured GUARDED_BY(mutex) = nullptr;
};
Sink& sink() {
  static Sink instance;
  return instance;
}

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::kInfo:
      return "info";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return "error";
}

}  // namespace

void log(Severity severity, std::string_view event, std::initializer_list<LogField> fields) {
  std::string line;
  JsonWriter json(line);
  json.begin_object()
      .key("time")
      .string(format_utc(system_clock().unix_ms()))
      .key("severity")
      .string(severity_name(severity))
      .key("event")
      .string(event);
  for (const LogField& field : fields) {
    json.key(field.key);
    if (const auto* text = std::get_if<std::string_view>(&field.value)) {
      json.string(*text);
    } else {
      json.number(std::get<std::int64_t>(field.value));
    }
  }
  json.end_object();
  line.push_back('\n');

  const MutexLock lock(sink().mutex);
  if (sink().captured != nullptr) {
    sink().captured->append(line);
  } else {
    // A line that cannot be written has nowhere to be reported.
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
  }
}

void capture_log(std::string* captured) {
  const MutexLock lock(sink().mutex);
  sink().captured = captured;
}

}  // namespace sekisho
