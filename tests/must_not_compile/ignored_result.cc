// A Result cannot be dropped by accident.
#include "base/result.h"

sekisho::Status work() {
  return sekisho::ok_status();
}

bool control() {
#ifdef MISUSE
  work();
  return true;
#else
  return work().ok();
#endif
}
