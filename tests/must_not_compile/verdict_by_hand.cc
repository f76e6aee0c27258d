// Only `decide` makes a Verdict: "safe" cannot appear by omission.
#include "guard/judge/verdict.h"

sekisho::judge::Verdict control(const sekisho::policy::CategorySet& set,
                                const sekisho::judge::Evidence& evidence) {
#ifdef MISUSE
  return sekisho::judge::Verdict{};
#else
  return sekisho::judge::decide(set, evidence);
#endif
}
