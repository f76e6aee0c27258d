#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "guard/judge/letters.h"
#include "guard/judge/pattern.h"
#include "guard/judge/personal_data.h"

namespace sekisho::judge {
namespace {

constexpr std::size_t kDigitsMax = 19;  // of a payment card
constexpr std::size_t kBankBefore = 60;
constexpr std::size_t kPassportBefore = 80;

// Consecutive groups of one number that might be something by themselves.
struct Window {
  Range range;
  std::string_view digits;
  std::string_view sizes;  // of the groups, one character each: "444"
  bool whole = false;      // all groups of the number
  bool standing = false;   // nothing before or behind makes it part of something longer
  bool continued = false;  // a neighbour of the same size stands behind the same gap: 4-4-4(-4)
  bool single() const { return sizes.size() == 1; }
};

struct Kind {
  std::string_view reason;
  policy::Action action = policy::Action::kBlock;
};

// Characters behind a number that make it an amount.
bool is_counter(char32_t c) {
  static constexpr std::u32string_view kCounters =
      U"円個件人名年月日時分秒点回本枚台匹頭歳才倍万億兆千字文桁行票部冊位度割ドル㎡";
  return kCounters.find(c) != std::u32string_view::npos;
}

class NumberFinder {
 public:
  NumberFinder(const text::View& view, const Context& context, std::span<const DigitGroup> groups,
               FindingList& list)
      : view_(view), text_(view.code_points), context_(context), groups_(groups), list_(list) {}

  void run() {
    for (std::size_t first = 0; first < groups_.size();) first += find_at(first);
  }

 private:
  // Tries the longest window that begins at group `first` before shorter ones. Returns how many
  // groups were used up.
  std::size_t find_at(std::size_t first) {
    std::array<char, kDigitsMax> digits;
    std::array<char, kDigitsMax> sizes;
    std::array<std::size_t, kDigitsMax> digits_until;
    std::size_t count = 0;
    std::size_t windows = 0;
    for (std::size_t last = first; last < groups_.size(); ++last, ++windows) {
      const Range group = groups_[last].range;
      if ((last > first && groups_[last].gap == Gap::kNone) || count + group.size() > kDigitsMax) {
        break;
      }
      for (std::size_t at = group.begin; at < group.end; ++at) {
        digits[count++] = static_cast<char>(text_[at]);
      }
      sizes[windows] = static_cast<char>('0' + group.size());
      digits_until[windows] = count;
    }
    for (std::size_t used = windows; used > 0; --used) {
      Window window;
      window.digits = {digits.data(), digits_until[used - 1]};
      if (window.digits.size() < 4) break;
      window.sizes = {sizes.data(), used};
      place(window, first, used);
      if (passport(window)) return used;
      if (!window.standing) continue;
      if (const auto kind = kind_of(window)) {
        if (!context_.marked(window.range))
          list_.add(view_, window.range, kind->reason, kind->action);
        return used;
      }
    }
    return 1;
  }

  void place(Window& window, std::size_t first, std::size_t used) const {
    const std::size_t behind = first + used;
    window.range = {groups_[first].range.begin, groups_[behind - 1].range.end};
    const bool begins = groups_[first].gap == Gap::kNone;
    const bool ends = behind == groups_.size() || groups_[behind].gap == Gap::kNone;
    window.whole = begins && ends;
    window.standing = (begins ? free_before(window.range.begin) : parted(groups_[first].gap)) &&
                      (ends ? free_behind(window.range.end) : parted(groups_[behind].gap));
    if (used == 1) {
      window.standing &= window.range.end == text_.size() || !is_counter(text_[window.range.end]);
      return;
    }
    const auto alike = [&](std::size_t inner, std::size_t outer, Gap gap) {
      return groups_[inner].range.size() == groups_[outer].range.size() &&
             gap == groups_[first + 1].gap;
    };
    window.continued = (!begins && alike(first, first - 1, groups_[first].gap)) ||
                       (!ends && alike(behind - 1, behind, groups_[behind].gap));
  }

  static bool parted(Gap gap) { return gap == Gap::kSpace || gap == Gap::kParenthesis; }

  bool free_before(std::size_t at) const {
    if (at == 0) return true;
    const char32_t c = text_[at - 1];
    for (const Word label : {Word::kPhone, Word::kCard}) {  // "TEL03-…", "VISA4980…"
      if (context_.before(label, {at, at + 1}, 0)) return true;
    }
    if (is_alphanumeric(c) || c == U'_' || c == U'¥' || c == U'$' || c == U'€' || c == U'£') {
      return false;
    }
    if (at > 1 && is_hyphen(c) && is_alphanumeric(text_[at - 2])) return false;
    return !in_url(text_, at);
  }

  bool free_behind(std::size_t at) const {
    if (at == text_.size()) return true;
    std::size_t behind = at;
    while (behind < text_.size() && text_[behind] == U'w') ++behind;  // "0823w" laughs
    const char32_t c = behind < text_.size() ? text_[behind] : U' ';
    if (is_alphanumeric(c) || c == U'_' || c == U'%' || c == U'@') return false;
    return !(is_hyphen(c) && behind + 1 < text_.size() && is_alphanumeric(text_[behind + 1]));
  }

  std::optional<Kind> kind_of(const Window& window) const {
    if (const auto kind = phone(window)) return kind;
    if (const auto kind = postal_code(window)) return kind;
    const Word label = context_.label(window.range);
    if (label == Word::kOther) return std::nullopt;
    switch (window.digits.size()) {
      case 7:
        return bank_account(window, label);
      case 12:
        return twelve_digits(window, label);
      default:
        if (label == Word::kInsurance && window.whole && window.digits.size() <= 12) {
          return Kind{"health_insurance"};
        }
        return card(window, label);
    }
  }

  std::optional<Kind> twelve_digits(const Window& window, Word label) const {
    const bool written_so = window.whole || window.single() || window.sizes == "444";
    if (!written_so || (window.continued && !window.whole)) return std::nullopt;
    if (label == Word::kLicence) return Kind{"drivers_licence"};
    if (label == Word::kInsurance) return Kind{"health_insurance"};
    if (!my_number_valid(window.digits)) return std::nullopt;
    if (label == Word::kMyNumber) return Kind{"my_number"};
    // One number in eleven has a valid check digit: without its name it is no more than a guess.
    const bool may_be = label == Word::kNothing && (window.single() || window.sizes == "444") &&
                        !context_.has(Word::kOther) && !context_.has(Word::kParcel) &&
                        !is_minute(window.digits);
    if (may_be) return Kind{"my_number", policy::Action::kRecord};
    return std::nullopt;
  }

  static std::optional<Kind> card(const Window& window, Word label) {
    if (!card_prefix_valid(window.digits) || !luhn_valid(window.digits)) return std::nullopt;
    const std::string_view sizes = window.sizes;
    if (label == Word::kCard) {
      if (window.whole || window.single() || sizes == "4444" || sizes == "465" || sizes == "464") {
        return Kind{"card"};
      }
      return std::nullopt;
    }
    if (window.continued) return std::nullopt;
    switch (window.digits.size()) {
      case 14:
        return window.single() || sizes == "464" ? std::optional(Kind{"card"}) : std::nullopt;
      case 15:
        return window.single() || sizes == "465" ? std::optional(Kind{"card"}) : std::nullopt;
      case 16:
        return window.single() || sizes == "4444" ? std::optional(Kind{"card"}) : std::nullopt;
      default:  // 13 digits are more often a JAN, 17 and more an identifier of a machine
        return window.digits.starts_with("62") && window.single() && window.digits.size() > 16
                   ? std::optional(Kind{"card"})
                   : std::nullopt;
    }
  }

  std::optional<Kind> bank_account(const Window& window, Word label) const {
    if (!window.single()) return std::nullopt;
    const bool named = context_.before(Word::kBank, window.range, kBankBefore);
    const bool account = label == Word::kAccount || (label == Word::kAccountType && named);
    if (!account) return std::nullopt;
    // An account that is given to be paid into is meant to be known.
    return Kind{"bank_account",
                context_.has(Word::kPayee) ? policy::Action::kRecord : policy::Action::kBlock};
  }

  // Two capital letters and seven digits, where a passport is spoken of.
  bool passport(const Window& window) {
    if (window.digits.size() != 7 || !window.single() || !free_behind(window.range.end))
      return false;
    std::size_t at = window.range.begin;
    if (at > 0 && text_[at - 1] == U' ') --at;
    if (at < 2 || !is_upper(text_[at - 1]) || !is_upper(text_[at - 2])) return false;
    if (at > 2 && is_alphanumeric(text_[at - 3])) return false;
    const Range range{at - 2, window.range.end};
    if (context_.label(range) == Word::kOther ||
        !context_.before(Word::kPassport, range, kPassportBefore)) {
      return false;
    }
    if (!context_.marked(range)) list_.add(view_, range, "passport");
    return true;
  }

  std::optional<Kind> phone(const Window& window) const {
    static constexpr Kind kPhone{"phone", policy::Action::kRecord};
    std::string_view digits = window.digits;
    const bool abroad =
        window.range.begin > 0 && text_[window.range.begin - 1] == U'+' && digits.starts_with("81");
    std::string national;
    if (abroad) {
      digits.remove_prefix(digits.starts_with("810") ? 3 : 2);
      national = "0" + std::string(digits);
      digits = national;
    }
    if (!is_phone(digits)) return std::nullopt;
    if (!abroad && !phone_sizes(window, digits)) return std::nullopt;
    if (context_.label(window.range) == Word::kOther) return std::nullopt;
    return kPhone;
  }

  static bool is_phone(std::string_view digits) {
    if (digits.size() == 11) {  // mobile, IP, toll-free
      static constexpr std::array<std::string_view, 6> kPrefixes = {"020", "050", "060",
                                                                    "070", "080", "090"};
      return std::any_of(kPrefixes.begin(), kPrefixes.end(),
                         [&](std::string_view prefix) { return digits.starts_with(prefix); });
    }
    if (digits.size() != 10 || digits[0] != '0' || digits[1] == '0') return false;
    const bool cut_mobile = digits[2] == '0' && is_mobile_second(digits[1]);
    return !cut_mobile;
  }

  static bool is_mobile_second(char digit) { return digit == '5' || digit >= '7'; }

  static bool phone_sizes(const Window& window, std::string_view digits) {
    const std::string_view sizes = window.sizes;
    if (window.single()) return true;
    if (sizes.size() == digits.size()) return window.whole;  // digit by digit
    if (digits.size() == 11) {
      return sizes == "344" || sizes == "38" || sizes == "74" || sizes == "434" || sizes == "353";
    }
    static constexpr std::array<std::string_view, 9> kLandlines = {
        "244", "334", "424", "514", "433", "28", "64", "46", "37"};
    return std::find(kLandlines.begin(), kLandlines.end(), sizes) != kLandlines.end();
  }

  std::optional<Kind> postal_code(const Window& window) const {
    static constexpr Kind kPostalCode{"postal_code", policy::Action::kRecord};
    if (window.digits.size() != 7) return std::nullopt;
    const bool written_so = window.sizes == "34" || window.single() || window.whole;
    if (!written_so) return std::nullopt;
    if (context_.before(Word::kPostalCode, window.range, 1)) return kPostalCode;  // 〒
    if (window.sizes != "34" && !window.single()) {
      return context_.label(window.range) == Word::kPostalCode ? std::optional(kPostalCode)
                                                               : std::nullopt;
    }
    const bool labelled = context_.label(window.range) == Word::kPostalCode;
    return labelled || (window.sizes == "34" && prefecture_behind(window.range.end))
               ? std::optional(kPostalCode)
               : std::nullopt;
  }

  // "150-0001 東京都": one of 都道府県 within five characters.
  bool prefecture_behind(std::size_t at) const {
    while (at < text_.size() && (text_[at] == U' ' || text_[at] == U'\n')) ++at;
    const std::u32string_view behind = text_.substr(std::min(at, text_.size()), 5);
    const std::size_t found = behind.find_first_of(U"都道府県");
    return found != std::u32string_view::npos && found >= 2;
  }

  const text::View& view_;
  std::u32string_view text_;
  const Context& context_;
  std::span<const DigitGroup> groups_;
  FindingList& list_;
};

}  // namespace

void find_personal_numbers(const text::View& view, const Context& context,
                           std::span<const DigitGroup> groups, FindingList& list) {
  NumberFinder(view, context, groups, list).run();
}

void find_paired_numbers(const text::View& view, const Context& context, FindingList& list) {
  static const Pattern pattern(
      R"(記号(?:・|と|、|及び)番号\s*[はがも:]?\s*\d{1,8}\s*[・\-、\s]\s*\d{1,8}|)"
      R"(記号\s*[はがも:]?\s*(\d{1,8})\s*[、,・\-/]?\s*(?:の)?番号\s*[はがも:]?\s*(\d{1,8}))");
  for (const Pattern::Match& match : pattern.matches(view)) {
    if (context.marked(match.range)) continue;
    if (context.has(Word::kHealthInsurance) || context.has(Word::kInsurance)) {
      list.add(view, match.range, "health_insurance");
    } else if (context.has(Word::kPostOffice) && match.groups[0].size() == 5 &&
               match.groups[1].size() >= 6) {
      list.add(view, match.range, "bank_account",
               context.has(Word::kPayee) ? policy::Action::kRecord : policy::Action::kBlock);
    }
  }
}

}  // namespace sekisho::judge
