// The same bytes in two different cuts must give the same requests and the same error.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "net/http_parser.h"

namespace {

using sekisho::net::BodyLimit;
using sekisho::net::RequestParser;

constexpr std::size_t kHeadMax = 2048;
constexpr std::size_t kBodyMax = 4096;

// The pieces' sizes come from a small generator, so that a cut is part of the input.
struct Cutter {
  std::uint32_t state;
  std::size_t next(std::size_t bytes_max) {
    state = state * 1664525 + 1013904223;
    return 1 + (state >> 16) % bytes_max;
  }
};

void put(std::string_view text, std::string& out) {
  out.append(std::to_string(text.size())).append(":").append(text);
}

std::string read_all(std::string_view bytes, Cutter cutter, std::size_t piece_bytes_max) {
  static const BodyLimit limit = [](std::string_view, std::string_view path) {
    return path.size() > 20 ? sekisho::Result<std::size_t>(sekisho::not_found("gone")) : kBodyMax;
  };
  RequestParser parser({.head_bytes_max = kHeadMax, .headers_max = 16}, limit);
  std::string held, out;
  for (;;) {
    const std::size_t used = parser.feed(held);
    if (used > held.size()) sekisho::bug("the parser took more than it was given");
    held.erase(0, used);
    if (parser.progress() == RequestParser::Progress::kFailed) {
      put(std::to_string(parser.failure().status) + parser.failure().error.message, out);
      return out;
    }
    if (parser.progress() == RequestParser::Progress::kDone) {
      const auto [request, version, keep_alive] = parser.take();
      if (request.body.size() > kBodyMax) sekisho::bug("a body above its limit");
      for (const std::string& part : {request.method, request.path, request.query, request.body}) {
        put(part, out);
      }
      for (const auto& [name, value] : request.headers) {
        put(name, out);
        put(value, out);
      }
      out += static_cast<char>('a' + version) + std::string(keep_alive ? "+" : "-");
      continue;
    }
    if (bytes.empty()) return out;
    const std::size_t piece = std::min(bytes.size(), cutter.next(piece_bytes_max));
    held += bytes.substr(0, piece);
    bytes.remove_prefix(piece);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::uint32_t seed = data[0] | static_cast<std::uint32_t>(data[1]) << 8;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::string whole = read_all(bytes, {seed}, std::size_t{1} << 15);
  const std::string in_pieces = read_all(bytes, {seed}, 1 + seed % 64);
  const std::string byte_by_byte = read_all(bytes, {seed}, 1);
  if (whole != in_pieces || whole != byte_by_byte) sekisho::bug("the cut changed the meaning");
  return 0;
}
