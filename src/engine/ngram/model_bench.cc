// Time to score one text of the given number of code points with 19 labels, and to train.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/hash.h"
#include "engine/ngram/model.h"
#include "engine/ngram/train.h"

namespace sekisho::ngram {
namespace {

constexpr std::size_t kLabels = 19;

// Letters with a natural skew: n-grams repeat, as those of a language do.
std::u32string random_text(std::size_t code_points, std::uint64_t seed) {
  std::u32string text;
  for (std::size_t i = 0; i < code_points; ++i) {
    const std::uint64_t a = mix64(seed + 2 * i) % 400;
    const std::uint64_t b = mix64(seed + 2 * i + 1) % 400;
    text += static_cast<char32_t>(U'あ' + a * b / 400);
  }
  return text;
}

std::vector<Example> random_examples(std::size_t count) {
  std::vector<Example> examples;
  for (std::size_t i = 0; i < count; ++i) {
    examples.push_back({.text = random_text(60, i << 20),
                        .labels = std::uint64_t{1} << (i % kLabels),
                        .group = i});
  }
  return examples;
}

TrainOptions options_of_labels() {
  TrainOptions options;
  for (std::size_t l = 0; l < kLabels; ++l) options.labels.push_back("label " + std::to_string(l));
  return options;
}

void score_text(benchmark::State& state) {
  const Trained trained = must(train(random_examples(4000), options_of_labels()));
  std::vector<std::u32string> texts;
  for (std::uint64_t i = 0; i < 256; ++i) {
    texts.push_back(random_text(static_cast<std::size_t>(state.range(0)), (i + 9000) << 20));
  }
  std::array<float, kLabels> out;
  std::size_t next = 0;
  for (auto step : state) {
    const std::u32string_view view = texts[next++ % texts.size()];
    trained.model.score(std::span(&view, 1), out);
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(score_text)->Arg(20)->Arg(100)->Arg(500)->Arg(2048);

void train_texts(benchmark::State& state) {
  const std::vector<Example> examples = random_examples(static_cast<std::size_t>(state.range(0)));
  for (auto step : state) benchmark::DoNotOptimize(train(examples, options_of_labels()));
}
BENCHMARK(train_texts)->Arg(2000)->Unit(benchmark::kSecond)->Iterations(1);

}  // namespace
}  // namespace sekisho::ngram

BENCHMARK_MAIN();
