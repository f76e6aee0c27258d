// The built-in detectors. What each finds and what silences it: docs/detectors.md.
#pragma once

#include <memory>
#include <vector>

#include "guard/judge/detector.h"

namespace sekisho::judge {

// Identifiers of people (my number, cards, bank accounts …), passwords given away in prose, and,
// for the record only, telephones, addresses, e-mail and IP addresses.
std::unique_ptr<Detector> make_personal_data_detector();
// Keys, tokens, private keys and credentials of systems.
std::unique_ptr<Detector> make_secret_detector();
// Orders that override, extract or impersonate the instructions of a model.
std::unique_ptr<Detector> make_injection_detector();

// All of the above.
std::vector<std::unique_ptr<Detector>> make_detectors();

}  // namespace sekisho::judge
