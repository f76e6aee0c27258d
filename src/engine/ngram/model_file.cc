#include "engine/ngram/model_file.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "base/file.h"
#include "base/hash.h"

namespace sekisho::ngram {
namespace {

static_assert(std::endian::native == std::endian::little, "the file is the memory of the tables");

constexpr std::string_view kMagic("SEKINGRM", 8);
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeadBytes = 40;
constexpr std::size_t kChecksumBytes = 32;

Error corrupt(const std::string& why) {
  return {ErrorCode::kCorrupt, "n-gram model file: " + why};
}

template <typename T>
void put(std::string& out, const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  out.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

template <typename T>
void put_all(std::string& out, const std::vector<T>& values) {
  out.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

// Takes bytes from the front. The caller has checked that they are there.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  std::size_t left() const { return rest_.size(); }
  std::string_view take(std::size_t count) {
    if (count > rest_.size()) bug("read past a checked size");
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  template <typename T>
  T take() {
    T value;
    std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
    return value;
  }
  template <typename T>
  std::vector<T> take_all(std::size_t count) {
    std::vector<T> values(count);
    std::memcpy(values.data(), take(count * sizeof(T)).data(), count * sizeof(T));
    return values;
  }

 private:
  std::string_view rest_;
};

Status read_labels(std::string_view block, std::size_t count, std::vector<std::string>& labels) {
  Reader reader(block);
  for (std::size_t i = 0; i < count; ++i) {
    if (reader.left() < 1) return corrupt("the labels are cut");
    const auto size = reader.take<std::uint8_t>();
    if (reader.left() < size) return corrupt("the labels are cut");
    labels.emplace_back(reader.take(size));
  }
  if (reader.left() != 0) return corrupt("there are bytes behind the labels");
  return ok_status();
}

}  // namespace

std::string encode(const ModelParts& parts) {
  std::string labels;
  for (const std::string& label : parts.labels) {
    put(labels, static_cast<std::uint8_t>(label.size()));
    labels += label;
  }
  std::string out(kMagic);
  out.reserve(kHeadBytes + labels.size() + parts.labels.size() * 8 + parts.tags.size() * 2 +
              parts.weights.size() + kChecksumBytes);
  put(out, kVersion);
  put(out, static_cast<std::uint32_t>(parts.labels.size()));
  put(out, static_cast<std::uint32_t>(labels.size()));
  put(out, parts.features.order_min);
  put(out, parts.features.order_max);
  put(out, static_cast<std::uint32_t>(parts.features.case_folding));
  put(out, parts.slot_bits);
  put(out, static_cast<std::uint32_t>(row_bytes(parts.labels.size())));
  out += labels;
  put_all(out, parts.scales);
  put_all(out, parts.biases);
  put_all(out, parts.tags);
  put_all(out, parts.weights);
  put(out, sha256(out));
  return out;
}

Result<Model> decode(std::string_view bytes) {
  if (bytes.size() < kHeadBytes + kChecksumBytes) return corrupt("it is too short");
  if (bytes.size() > kModelFileBytesMax) return corrupt("it is too long");
  Reader reader(bytes);
  if (reader.take(kMagic.size()) != kMagic) return corrupt("it does not begin with SEKINGRM");
  if (reader.take<std::uint32_t>() != kVersion) return corrupt("its version is not 1");
  const std::size_t labels = reader.take<std::uint32_t>();
  const std::size_t label_bytes = reader.take<std::uint32_t>();
  ModelParts parts;
  parts.features.order_min = reader.take<std::uint32_t>();
  parts.features.order_max = reader.take<std::uint32_t>();
  parts.features.case_folding = static_cast<CaseFolding>(reader.take<std::uint32_t>());
  parts.slot_bits = reader.take<std::uint32_t>();
  const std::size_t row = reader.take<std::uint32_t>();
  if (labels < 1 || labels > kLabelsMax) return corrupt("it must have 1 to 64 labels");
  if (label_bytes > kLabelsMax * (kLabelBytesMax + 1)) return corrupt("its labels are too long");
  if (parts.slot_bits < kSlotBitsMin || parts.slot_bits > kSlotBitsMax) {
    return corrupt("the table size is out of range");
  }
  if (row != row_bytes(labels)) return corrupt("its rows do not fit its labels");
  const std::size_t slots = std::size_t{1} << parts.slot_bits;
  const std::size_t expected = kHeadBytes + label_bytes + labels * 2 * sizeof(float) +
                               slots * (sizeof(std::uint16_t) + row) + kChecksumBytes;
  if (bytes.size() != expected) {
    return corrupt("it has " + std::to_string(bytes.size()) + " bytes, its head says " +
                   std::to_string(expected));
  }
  const Digest256 checksum = sha256(bytes.substr(0, expected - kChecksumBytes));
  if (std::memcmp(checksum.data(), bytes.data() + expected - kChecksumBytes, kChecksumBytes) != 0) {
    return corrupt("its checksum does not fit: it was changed or damaged");
  }
  CHECK_OK(read_labels(reader.take(label_bytes), labels, parts.labels));
  parts.scales = reader.take_all<float>(labels);
  parts.biases = reader.take_all<float>(labels);
  parts.tags = reader.take_all<std::uint16_t>(slots);
  parts.weights = reader.take_all<std::int8_t>(slots * row);
  return Model::create(std::move(parts));
}

Status write_model(const std::string& path, const Model& model) {
  return write_file_atomically(path, encode(model.parts()));
}

Result<Model> read_model(const std::string& path) {
  TRY(const std::string bytes, read_file(path, kModelFileBytesMax));
  return decode(bytes);
}

}  // namespace sekisho::ngram
