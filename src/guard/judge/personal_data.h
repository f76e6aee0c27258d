// The parts of the personal-data detector. Each adds to `list` what it finds in one view.
// Thread safety: as Detector::detect.
#pragma once

#include <span>

#include "guard/judge/context.h"
#include "guard/judge/finding_list.h"
#include "guard/judge/number_scan.h"
#include "guard/text/normal_text.h"

namespace sekisho::judge {

// Numbers of people: my_number, card, bank_account, passport, drivers_licence, health_insurance,
// phone, postal_code.
void find_personal_numbers(const text::View& view, const Context& context,
                           std::span<const DigitGroup> groups, FindingList& list);
// Numbers that come in pairs, 記号 and 番号: health_insurance, bank_account of ゆうちょ.
void find_paired_numbers(const text::View& view, const Context& context, FindingList& list);
// address, email, ip_address.
void find_addresses(const text::View& view, const Context& context, FindingList& list);
void find_email(const text::View& view, const Context& context, FindingList& list);
void find_ip_addresses(const text::View& view, const Context& context, FindingList& list);
// password: a password or PIN told in prose.
void find_told_passwords(const text::View& view, const Context& context, FindingList& list);

}  // namespace sekisho::judge
