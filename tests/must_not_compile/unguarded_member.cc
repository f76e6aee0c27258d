// What a mutex guards cannot be touched without it.
#include "base/mutex.h"

class Tally {
 public:
  int control() {
#ifndef MISUSE
    const sekisho::MutexLock lock(mutex_);
#endif
    return ++count_;
  }

 private:
  sekisho::Mutex mutex_;
  int count_ GUARDED_BY(mutex_) = 0;
};

int use() {
  return Tally().control();
}
