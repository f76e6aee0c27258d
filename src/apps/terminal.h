// Terminal: colours, progress and error lines of the command line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sekisho::apps {

// Exit statuses of every subcommand; `judge` gives the worst of its lines.
enum ExitStatus { kExitSafe = 0, kExitUnsafe = 1, kExitUnjudged = 2, kExitRefused = 3 };

enum class Colour { kRed, kGreen, kYellow, kDim, kBold };
// `text` in a colour where standard output is a terminal and NO_COLOR is not set.
std::string coloured(Colour colour, std::string_view text);

// A bar on standard error, where that is a terminal; silent elsewhere.
class ProgressBar {
 public:
  ProgressBar(std::string what, std::uint64_t total);
  ~ProgressBar();  // clears the line
  void advance(std::uint64_t done);

 private:
  const std::string what_;
  const std::uint64_t total_;
  const bool shown_;
  int last_permille_ = -1;
};

// Prints "sekisho: MESSAGE" to standard error and returns kExitRefused.
int refuse(const Error& error);

}  // namespace sekisho::apps
