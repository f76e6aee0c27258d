#include "net/http_response.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "net/ascii.h"

namespace sekisho::net {
namespace {

constexpr std::pair<int, std::string_view> kReasons[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
};

// Empty where HTTP names none: the grammar allows it, the number is what counts.
std::string_view reason(int status) {
  for (const auto& [known, text] : kReasons) {
    if (known == status) return text;
  }
  return "";
}

bool is_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) || c == '\t';
  });
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alphanumeric(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_written_by_server(std::string_view name) {
  const std::string lower = lower_case(name);
  return lower == "content-length" || lower == "connection" || lower == "transfer-encoding" ||
         lower == "x-request-id";
}

void append_number(std::size_t number, std::string& out) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

void append_line(std::string_view name, std::string_view value, std::string& out) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

bool is_sendable(const Response& response) {
  if (response.status < 200 || response.status > 599) return false;
  if (!is_value(response.content_type)) return false;
  return std::all_of(response.headers.begin(), response.headers.end(), [](const Header& header) {
    return is_name(header.name) && is_value(header.value);
  });
}

bool status_has_body(int status) {
  return status != 204 && status != 304;
}

void append_head(const Response& response, const ResponseFraming& framing, std::string& out) {
  out.append("HTTP/1.1 ");
  append_number(static_cast<std::size_t>(response.status), out);
  out.append(" ").append(reason(response.status)).append("\r\n");
  if (status_has_body(response.status)) {
    if (!response.content_type.empty()) append_line("content-type", response.content_type, out);
    out.append("content-length: ");
    append_number(response.body.size(), out);
    out.append("\r\n");
  }
  append_line("x-request-id", framing.request_id, out);
  if (!framing.keep_alive) {
    append_line("connection", "close", out);
  } else if (framing.request_version < 11) {
    append_line("connection", "keep-alive", out);
  }
  for (const Header& header : response.headers) {
    if (!is_written_by_server(header.name)) append_line(header.name, header.value, out);
  }
  out.append("\r\n");
}

}  // namespace sekisho::net
