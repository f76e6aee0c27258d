// Postal, e-mail and IP addresses: recorded, never blocked.
#include <algorithm>
#include <array>
#include <optional>

#include "guard/judge/letters.h"
#include "guard/judge/pattern.h"
#include "guard/judge/personal_data.h"

namespace sekisho::judge {
namespace {

constexpr std::size_t kEmailLocalMax = 64;    // RFC 5321, 4.5.3.1.1
constexpr std::size_t kEmailDomainMax = 255;  // RFC 5321, 4.5.3.1.2

bool is_local_part(char32_t c) {
  return is_alphanumeric(c) || c == U'.' || c == U'_' || c == U'%' || c == U'+' || c == U'-';
}

bool is_domain(char32_t c) {
  return is_alphanumeric(c) || c == U'.' || c == U'-';
}

// The end of the domain that begins at `at`, or `at` when there is none: labels with a top level of
// at least two letters.
std::size_t domain_end(std::u32string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && end - at < kEmailDomainMax && is_domain(text[end])) ++end;
  while (end > at && !is_alphanumeric(text[end - 1])) --end;  // "…@example.jp."
  const std::u32string_view domain = text.substr(at, end - at);
  const std::size_t dot = domain.rfind(U'.');
  if (dot == std::u32string_view::npos || dot == 0 || domain.size() - dot < 3 ||
      domain.find(U"..") != std::u32string_view::npos) {
    return at;
  }
  const std::u32string_view top = domain.substr(dot + 1);
  return std::all_of(top.begin(), top.end(), is_ascii_letter) ? end : at;
}

// Names that nobody can own (RFC 2606 and its use in Japan).
bool is_reserved(std::u32string_view domain) {
  static constexpr std::array<std::u32string_view, 8> kReserved = {
      U"example.com", U"example.net",   U"example.org", U"example.jp",
      U".example",    U"example.co.jp", U".test",       U".invalid"};
  return std::any_of(kReserved.begin(), kReserved.end(), [&](std::u32string_view name) {
    if (!domain.ends_with(name)) return false;
    return name.front() == U'.' || domain.size() == name.size() ||
           domain[domain.size() - name.size() - 1] == U'.';
  });
}

struct Octets {
  std::array<int, 4> value = {};
  std::size_t end = 0;
  int long_ones = 0;  // of two or three digits
};

std::optional<Octets> read_octets(std::u32string_view text, std::size_t at) {
  Octets octets;
  for (std::size_t i = 0; i < 4; ++i) {
    if (i > 0) {
      if (at == text.size() || text[at] != U'.') return std::nullopt;
      ++at;
    }
    std::size_t size = 0;
    for (; at < text.size() && is_digit(text[at]) && size < 4; ++at, ++size) {
      octets.value[i] = octets.value[i] * 10 + static_cast<int>(text[at] - U'0');
    }
    const bool leading_zero = size > 1 && text[at - size] == U'0';
    if (size == 0 || size > 3 || leading_zero || octets.value[i] > 255) return std::nullopt;
    octets.long_ones += size > 1 ? 1 : 0;
  }
  octets.end = at;
  return octets;
}

// Loopback, unspecified, broadcast and documentation (RFC 5737) addresses are nobody's.
bool is_nobodys(const std::array<int, 4>& value) {
  const auto [a, b, c, d] = value;
  return a == 127 || a == 0 || a == 255 || (a == 192 && b == 0 && c == 2) ||
         (a == 198 && b == 51 && c == 100) || (a == 203 && b == 0 && c == 113);
}

void find_ipv4(const text::View& view, const Context& context, FindingList& list) {
  const std::u32string_view text = view.code_points;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_digit(text[at]) ||
        (at > 0 && (is_alphanumeric(text[at - 1]) || text[at - 1] == U'.'))) {
      continue;
    }
    const auto octets = read_octets(text, at);
    if (!octets) continue;
    const Range range{at, octets->end};
    const char32_t behind = octets->end < text.size() ? text[octets->end] : U' ';
    const char32_t second = octets->end + 1 < text.size() ? text[octets->end + 1] : U' ';
    if (is_alphanumeric(behind) || behind == U'_' || (behind == U'.' && is_digit(second))) continue;
    const bool named = context.before(Word::kIpAddress, range, 12);
    if (!named && (octets->long_ones < 2 || context.before(Word::kVersion, range, 8))) continue;
    if (is_nobodys(octets->value) || context.marked(range)) continue;
    list.add(view, range, "ip_address", policy::Action::kRecord);
  }
}

bool is_hex(char32_t c) {
  return is_digit(c) || (lower(c) >= U'a' && lower(c) <= U'f');
}

// Eight groups, or at least three groups and one "::" with a digit among them.
bool is_ipv6(std::u32string_view candidate) {
  std::size_t groups = 0;
  std::size_t gaps = 0;
  std::size_t group_size = 0;
  bool digit = false;
  for (std::size_t at = 0; at < candidate.size(); ++at) {
    if (candidate[at] != U':') {
      groups += group_size == 0 ? 1 : 0;
      if (++group_size > 4) return false;
      digit |= is_digit(candidate[at]);
      continue;
    }
    group_size = 0;
    if (at > 0 && candidate[at - 1] == U':') ++gaps;
  }
  if (candidate.starts_with(U"2001:db8:") || candidate.starts_with(U"2001:0db8:")) return false;
  return (gaps == 0 && groups == 8) || (gaps == 1 && groups >= 3 && groups < 8 && digit);
}

void find_ipv6(const text::View& view, const Context& context, FindingList& list) {
  const std::u32string_view text = view.code_points;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_hex(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && (is_hex(text[end]) || text[end] == U':')) ++end;
    const std::size_t behind = end;
    while (text[end - 1] == U':') --end;
    const bool stands = (at == 0 || !is_alphanumeric(text[at - 1])) &&
                        (behind == text.size() || !is_alphanumeric(text[behind]));
    const Range range{at, end};
    if (stands && range.size() >= 8 && is_ipv6(text.substr(at, range.size())) &&
        !context.marked(range)) {
      list.add(view, range, "ip_address", policy::Action::kRecord);
    }
    at = behind;
  }
}

}  // namespace

void find_email(const text::View& view, const Context& context, FindingList& list) {
  const std::u32string_view text = view.code_points;
  for (std::size_t sign = 0; sign < text.size(); ++sign) {
    if (text[sign] != U'@' || sign == 0) continue;
    const bool spaced = text[sign - 1] == U' ' && sign + 1 < text.size() && text[sign + 1] == U' ';
    const std::size_t local_end = spaced ? sign - 1 : sign;
    std::size_t begin = local_end;
    while (begin > 0 && local_end - begin < kEmailLocalMax && is_local_part(text[begin - 1]))
      --begin;
    while (begin < local_end && !is_alphanumeric(text[begin])) ++begin;
    const std::size_t domain = spaced ? sign + 2 : sign + 1;
    const std::size_t end = domain_end(text, std::min(domain, text.size()));
    if (begin == local_end || end <= domain) continue;
    const bool part_of_url =
        begin > 0 && (text[begin - 1] == U'/' || text[begin - 1] == U':') && in_url(text, begin);
    const bool git = text.substr(begin, local_end - begin) == U"git";  // git@host:path
    if (part_of_url || git || is_reserved(text.substr(domain, end - domain)) ||
        context.marked({begin, end})) {
      continue;
    }
    list.add(view, {begin, end}, "email", policy::Action::kRecord);
  }
}

void find_ip_addresses(const text::View& view, const Context& context, FindingList& list) {
  find_ipv4(view, context, list);
  find_ipv6(view, context, list);
}

void find_addresses(const text::View& view, const Context& context, FindingList& list) {
  // With its prefecture, or a municipality with 丁目, 番地 or three numbers behind it.
  static const Pattern pattern(
      R"((?:東京都|北海道|京都府|大阪府|(?:青森|岩手|宮城|秋田|山形|福島|茨城|栃木|群馬|埼玉|)"
      R"(千葉|神奈川|新潟|富山|石川|)"
      R"(福井|山梨|長野|岐阜|静岡|愛知|三重|滋賀|兵庫|奈良|和歌山|鳥取|島根|岡山|広島|山口|)"
      R"(徳島|香川|愛媛|高知|福岡|佐賀|)"
      R"(長崎|熊本|大分|宮崎|鹿児島|沖縄)県) )"
      R"(?[\p{Han}\p{Hiragana}\p{Katakana}ヶー]{1,8}[市区町村郡])"
      R"([ \p{Han}\p{Hiragana}\p{Katakana}ヶー]{0,20}(?:\d{1,2}条[東西南北]?)?\d{1,4}(?:(?:丁)"
      R"(目|番地?の?|号|-|の)\d{0,4}){1,4}(?:号室?)?|)"
      R"([\p{Han}ヶ]{1,6}[市区町村][\p{Han}\p{Hiragana}\p{Katakana}ヶー]{0,12})"
      R"((?:\d{1,3}丁目(?:[\d\-番地号の]{1,12})?|\d{1,4}番地(?:[の\-]?\d{1,4})?|)"
      R"(\d{1,3}-\d{1,3}-\d{1,4}))");
  for (const Pattern::Match& match : pattern.matches(view)) {
    if (context.marked(match.range)) continue;
    list.add(view, match.range, "address", policy::Action::kRecord);
  }
}

}  // namespace sekisho::judge
