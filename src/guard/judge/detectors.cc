#include "guard/judge/detectors.h"

namespace sekisho::judge {

std::vector<std::unique_ptr<Detector>> make_detectors() {
  std::vector<std::unique_ptr<Detector>> detectors;
  detectors.push_back(make_personal_data_detector());
  detectors.push_back(make_secret_detector());
  detectors.push_back(make_injection_detector());
  return detectors;
}

}  // namespace sekisho::judge
