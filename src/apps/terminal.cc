#include "apps/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace sekisho::apps {
namespace {

const char* code(Colour colour) {
  switch (colour) {
    case Colour::kRed:
      return "31";
    case Colour::kGreen:
      return "32";
    case Colour::kYellow:
      return "33";
    case Colour::kDim:
      return "2";
    case Colour::kBold:
      return "1";
  }
  return "0";
}

}  // namespace

std::string coloured(Colour colour, std::string_view text) {
  static const bool colours = ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  return colours ? fmt::format("\033[{}m{}\033[0m", code(colour), text) : std::string(text);
}

ProgressBar::ProgressBar(std::string what, std::uint64_t total)
    : what_(std::move(what)), total_(total), shown_(::isatty(STDERR_FILENO) == 1 && total > 0) {}

void ProgressBar::advance(std::uint64_t done) {
  if (!shown_) return;
  const int permille = static_cast<int>(std::min(done, total_) * 1000 / total_);
  if (permille == last_permille_) return;
  last_permille_ = permille;
  constexpr int kWidth = 30;
  const int filled = permille * kWidth / 1000;
  fmt::print(stderr, "\r\033[K{} [{}{}] {}/{}", what_, std::string(filled, '#'),
             std::string(kWidth - filled, '.'), std::min(done, total_), total_);
  std::fflush(stderr);
}

ProgressBar::~ProgressBar() {
  if (shown_ && last_permille_ >= 0) fmt::print(stderr, "\r\033[K");
}

int refuse(const Error& error) {
  fmt::print(stderr, "sekisho: {}\n", error.message);
  if (!error.detail.empty()) fmt::print(stderr, "  {}\n", error.detail);
  return kExitRefused;
}

}  // namespace sekisho::apps
