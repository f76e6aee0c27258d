// What NormalText::create costs. Targets: 2 µs for 100 clean characters, 1 ms for the worst 2,048.
#include <benchmark/benchmark.h>

#include "base/utf8.h"
#include "eval/evasion.h"
#include "guard/text/normal_text.h"

namespace sekisho::text {
namespace {

// 100 characters as people write them, full-width punctuation included.
constexpr std::string_view kOrdinary =
    "昨日、駅前のスーパーで買い物をしていたら、久しぶりに高校の友達に会いました！元気そうでよかった"
    "です。"
    "今度の日曜日に一緒に映画見に行くことになったので、おすすめの作品があれば、ぜひ私に教えてくださ"
    "い"
    "ね。";

std::string repeated(std::string_view piece, std::string text = {}) {
  const std::size_t size = utf8::count(piece);
  for (std::size_t n = utf8::count(text); n + size <= limits::kTextCodePoints; n += size) {
    text += piece;
  }
  return text;
}

void create(benchmark::State& state, const std::string& raw) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(NormalText::create(raw));
  }
  state.counters["characters"] = static_cast<double>(utf8::count(raw));
}

void clean(benchmark::State& state) {
  create(state, std::string(kOrdinary));
}
BENCHMARK(clean);

void disguised(benchmark::State& state) {
  const auto kind = static_cast<eval::EvasionClass>(state.range(0));
  state.SetLabel(std::string(eval::evasion_name(kind)));
  create(state, eval::disguise(kOrdinary, kind, 20240401));
}
BENCHMARK(disguised)->DenseRange(0, static_cast<int>(eval::kEvasionClasses.size()) - 1);

void worst_growth(benchmark::State& state) {
  create(state, repeated("\uFDFA", "\u202E"));
}
BENCHMARK(worst_growth);

void worst_accents(benchmark::State& state) {
  create(state, repeated("e\u0323\u0302", "\u202E"));
}
BENCHMARK(worst_accents);

void worst_script_marks(benchmark::State& state) {
  create(state, repeated("\u0F71\u0F74\u0F72\u0F39", "\u202E\u0F40"));
}
BENCHMARK(worst_script_marks);

void worst_bidi(benchmark::State& state) {
  create(state, repeated("\u202Ea\u202D1\u05D0\u2067b"));
}
BENCHMARK(worst_bidi);

void worst_mixed_words(benchmark::State& state) {
  create(state, repeated("aа", "\u202E"));
}
BENCHMARK(worst_mixed_words);

}  // namespace
}  // namespace sekisho::text

BENCHMARK_MAIN();
