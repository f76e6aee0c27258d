#include "engine/ngram/model.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/utf8.h"
#include "engine/ngram/model_file.h"

namespace sekisho::ngram {
namespace {

constexpr std::size_t kNoSlot = ~std::size_t{0};

Error corrupt(const char* why) {
  return {ErrorCode::kCorrupt, std::string("n-gram model: ") + why};
}

Status check_shape(const ModelParts& parts) {
  const FeatureConfig& features = parts.features;
  if (features.order_min < 1 || features.order_min > features.order_max ||
      features.order_max > kOrderMax) {
    return corrupt("the n-gram orders are out of range");
  }
  if (features.case_folding != CaseFolding::kNone && features.case_folding != CaseFolding::kAscii) {
    return corrupt("unknown case folding");
  }
  if (parts.labels.empty() || parts.labels.size() > kLabelsMax) {
    return corrupt("it must have 1 to 64 labels");
  }
  if (parts.slot_bits < kSlotBitsMin || parts.slot_bits > kSlotBitsMax) {
    return corrupt("the table size is out of range");
  }
  const std::size_t slots = std::size_t{1} << parts.slot_bits;
  if (parts.scales.size() != parts.labels.size() || parts.biases.size() != parts.labels.size() ||
      parts.tags.size() != slots ||
      parts.weights.size() != slots * row_bytes(parts.labels.size())) {
    return corrupt("its arrays do not fit its sizes");
  }
  return ok_status();
}

Status check_labels(const ModelParts& parts) {
  for (std::size_t i = 0; i < parts.labels.size(); ++i) {
    const std::string& label = parts.labels[i];
    if (label.empty() || label.size() > kLabelBytesMax || !utf8::is_valid(label)) {
      return corrupt("a label must be UTF-8 of 1 to 64 bytes");
    }
    if (std::find(parts.labels.begin(), parts.labels.begin() + static_cast<std::ptrdiff_t>(i),
                  label) != parts.labels.begin() + static_cast<std::ptrdiff_t>(i)) {
      return corrupt("a label stands twice");
    }
    if (!std::isfinite(parts.scales[i]) || parts.scales[i] < 0 || !std::isfinite(parts.biases[i])) {
      return corrupt("a scale or bias is not a usable number");
    }
  }
  return ok_status();
}

Status check_table(const ModelParts& parts) {
  const std::size_t labels = parts.labels.size();
  const std::size_t bytes = row_bytes(labels);
  for (std::size_t slot = 0; slot < parts.tags.size(); ++slot) {
    const std::int8_t* row = parts.weights.data() + slot * bytes;
    const std::size_t used = parts.tags[slot] == 0 ? 0 : labels;
    if (std::any_of(row, row + used, [](std::int8_t weight) { return weight == -128; })) {
      return corrupt("a weight is -128");
    }
    if (std::any_of(row + used, row + bytes, [](std::int8_t weight) { return weight != 0; })) {
      return corrupt("there are weights where none belong");
    }
    if (used == 0) continue;
    for (std::size_t other = slot / kBucketSlots * kBucketSlots; other < slot; ++other) {
      if (parts.tags[other] == parts.tags[slot]) return corrupt("a tag stands twice in a bucket");
    }
  }
  return ok_status();
}

// The slot of a bucket that holds `tag`. Written without branches: becomes one vector compare.
inline std::size_t find_slot(const std::uint16_t* bucket, std::uint16_t tag) {
  unsigned found = 0;
  for (unsigned i = 0; i < kBucketSlots; ++i) {
    found |= static_cast<unsigned>(bucket[i] == tag) << i;
  }
  return found == 0 ? kNoSlot : static_cast<std::size_t>(__builtin_ctz(found));
}

// Adds `count` rows. Sums stay in 16 bits: kRowsAtOnce * 127 < 2^15.
constexpr std::size_t kRowsAtOnce = 256;
static_assert(kRowsAtOnce * 127 < 32768);

template <std::size_t lanes>
void add_rows(const std::int8_t* weights, std::span<const std::uint32_t> slots, std::size_t bytes,
              std::size_t first, std::int32_t* sums) {
  std::int16_t partial[lanes] = {};
  for (const std::uint32_t slot : slots) {
    const std::int8_t* row = weights + slot * bytes + first;
    for (std::size_t i = 0; i < lanes; ++i) {
      partial[i] = static_cast<std::int16_t>(partial[i] + row[i]);
    }
  }
  for (std::size_t i = 0; i < lanes; ++i) sums[first + i] += partial[i];
}

}  // namespace

Model::Model(ModelParts parts)
    : parts_(std::move(parts)),
      row_bytes_(row_bytes(parts_.labels.size())),
      bucket_mask_(parts_.tags.size() / kBucketSlots - 1) {}

Result<Model> Model::create(ModelParts parts) {
  CHECK_OK(check_shape(parts));
  CHECK_OK(check_labels(parts));
  CHECK_OK(check_table(parts));
  Model model(std::move(parts));
  model.digest_ = to_hex(sha256(encode(model.parts_)));
  return model;
}

void Model::sum_rows(std::u32string_view text, std::array<std::int32_t, kLabelsMax>& sums) const {
  std::array<std::uint32_t, kRowsAtOnce> hits;
  std::size_t hit_count = 0;
  const std::uint16_t* tags = parts_.tags.data();
  const std::int8_t* weights = parts_.weights.data();
  const std::size_t bytes = row_bytes_;
  const std::size_t bucket_mask = bucket_mask_;
  const auto flush = [&] {
    const std::span<const std::uint32_t> slots(hits.data(), hit_count);
    std::size_t first = 0;
    for (; first + 32 <= bytes; first += 32)
      add_rows<32>(weights, slots, bytes, first, sums.data());
    for (; first + 16 <= bytes; first += 16)
      add_rows<16>(weights, slots, bytes, first, sums.data());
    for (; first < bytes; ++first) add_rows<1>(weights, slots, bytes, first, sums.data());
    hit_count = 0;
  };
  for_each_ngram(text, parts_.features, [&](std::uint64_t hash, std::size_t, std::size_t) {
    const std::size_t base = bucket_of(hash, bucket_mask) * kBucketSlots;
    const std::size_t found = find_slot(tags + base, tag_of(hash));
    if (found == kNoSlot) return;
    __builtin_prefetch(weights + (base + found) * bytes);
    hits[hit_count++] = static_cast<std::uint32_t>(base + found);
    if (hit_count == kRowsAtOnce) flush();
  });
  flush();
}

void Model::logits(std::u32string_view text, std::span<float> out) const {
  if (out.size() != parts_.labels.size()) bug("one logit a label");
  std::array<std::int32_t, kLabelsMax> sums = {};
  sum_rows(text, sums);
  const std::size_t count = ngram_count(text.size(), parts_.features);
  const float norm = count == 0 ? 0 : 1 / std::sqrt(static_cast<float>(count));
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = parts_.biases[i] + parts_.scales[i] * norm * static_cast<float>(sums[i]);
  }
}

void Model::score(std::span<const std::u32string_view> views, std::span<float> out) const {
  if (views.empty()) bug("a text has at least one view");
  logits(views.front(), out);
  std::array<float, kLabelsMax> more;
  for (const std::u32string_view view : views.subspan(1)) {
    logits(view, std::span(more).first(out.size()));
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = std::max(out[i], more[i]);
  }
  for (float& value : out) value = probability(value);
}

std::vector<float> Model::contributions(std::u32string_view text, std::size_t label) const {
  if (label >= parts_.labels.size()) bug("no such label");
  std::vector<float> parts(text.size());
  const std::size_t count = ngram_count(text.size(), parts_.features);
  if (text.empty() || count == 0) return parts;
  const float unit = parts_.scales[label] / std::sqrt(static_cast<float>(count));
  for_each_ngram(text, parts_.features,
                 [&](std::uint64_t hash, std::size_t begin, std::size_t end) {
                   const std::size_t base = bucket_of(hash, bucket_mask_) * kBucketSlots;
                   const std::size_t found = find_slot(parts_.tags.data() + base, tag_of(hash));
                   if (found == kNoSlot) return;
                   // Marks carry nothing: their share falls to the code points beside them.
                   const std::size_t first = std::max<std::size_t>(begin, 1) - 1;
                   const std::size_t last = std::min(end - 1, text.size());
                   const float weight = unit * parts_.weights[(base + found) * row_bytes_ + label];
                   for (std::size_t i = first; i < last; ++i)
                     parts[i] += weight / static_cast<float>(last - first);
                 });
  return parts;
}

float Model::probability(float logit) {
  return 1 / (1 + std::exp(-logit));
}

}  // namespace sekisho::ngram
