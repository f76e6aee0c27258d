#include "guard/judge/detectors.h"
#include "guard/judge/letters.h"
#include "guard/judge/personal_data.h"

namespace sekisho::judge {
namespace {

// What one cheap pass over a view says about what can be in it.
struct Signs {
  std::size_t digits = 0;
  bool at_sign = false;
  bool colons = false;        // IPv6
  bool municipality = false;  // 市区町村郡
  bool pair = false;          // 記号
  bool password = false;      // 暗証, パス, ロック番号, PIN …
};

Signs read_signs(std::u32string_view text) {
  Signs signs;
  int colons = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char32_t next = at + 1 < text.size() ? text[at + 1] : U'\0';
    switch (text[at]) {
      case U'@':
        signs.at_sign = true;
        break;
      case U':':
        ++colons;
        break;
      case U'市':
      case U'区':
      case U'町':
      case U'村':
        signs.municipality = true;
        break;
      case U'記':
        signs.pair |= next == U'号';
        break;
      case U'暗':
        signs.password |= next == U'証';
        break;
      case U'パ':
        signs.password |= next == U'ス';
        break;
      case U'ロ':
        signs.password |= next == U'ッ';
        break;
      case U'P':
        signs.password |= next == U'I' || next == U'W';
        break;
      default:
        signs.digits += is_digit(text[at]) ? 1 : 0;
    }
  }
  signs.colons = colons >= 2;
  return signs;
}

class PersonalDataDetector : public Detector {
 public:
  std::string_view name() const override { return "personal_data"; }

  void detect(const text::NormalText& text, std::vector<Finding>& found) const override {
    FindingList list(policy::kPrivacySelf, found);
    for (const text::View& view : text.views()) {
      const Signs signs = read_signs(view.code_points);
      const bool numbers = signs.digits >= kDigitsMin;
      const bool places = signs.municipality && signs.digits > 0;
      const bool passwords = signs.password && signs.digits > 0;
      if (!numbers && !places && !passwords && !signs.at_sign && !signs.colons) continue;
      const Context context(view.code_points);
      if (numbers) find_personal_numbers(view, context, digit_groups(view.code_points), list);
      if (signs.pair && signs.digits >= 4) find_paired_numbers(view, context, list);
      if (places) find_addresses(view, context, list);
      if (signs.at_sign) find_email(view, context, list);
      if (numbers || signs.colons) find_ip_addresses(view, context, list);
      if (passwords) find_told_passwords(view, context, list);
    }
    list.drop_repeats();
  }

 private:
  static constexpr std::size_t kDigitsMin = 4;  // no number of ours has fewer: 1.1.1.1
};

}  // namespace

std::unique_ptr<Detector> make_personal_data_detector() {
  return std::make_unique<PersonalDataDetector>();
}

}  // namespace sekisho::judge
