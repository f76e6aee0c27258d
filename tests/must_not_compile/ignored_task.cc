// A Task that nobody awaits never runs, so it cannot be dropped by accident.
#include "base/task.h"

sekisho::Task<int> work() {
  co_return 1;
}

int control() {
#ifdef MISUSE
  work();
  return 0;
#else
  return sekisho::wait_for(work());
#endif
}
