// Bytes from outside as a model file: refused, or a model that scores and encodes to those bytes.
// Half of the inputs get a fitting checksum first, so that the rules behind it are reached.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/hash.h"
#include "engine/ngram/model_file.h"

namespace {

void check(std::string_view bytes) {
  const auto model = sekisho::ngram::decode(bytes);
  if (!model.ok()) {
    if (model.error().message.empty()) sekisho::bug("refused without a reason");
    return;
  }
  if (sekisho::ngram::encode(model->parts()) != bytes) sekisho::bug("two encodings of one model");
  std::vector<float> out(model->labels().size());
  const std::u32string_view view = U"関所を通る";
  model->score(std::span(&view, 1), out);
  for (const float probability : out) {
    if (!(probability >= 0 && probability <= 1)) sekisho::bug("not a probability");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  check(bytes);
  if (bytes.size() < 32) return 0;
  bytes.resize(bytes.size() - 32);
  const auto checksum = sekisho::sha256(bytes);
  bytes.append(reinterpret_cast<const char*>(checksum.data()), checksum.size());
  check(bytes);
  return 0;
}
