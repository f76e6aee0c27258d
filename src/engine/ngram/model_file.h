// Model file: the bytes of a Model. Format: docs/formats/ngram-model.md.
//
// One model has exactly one encoding, so equal files are equal models. Reading believes nothing:
// sizes are checked before anything is allocated, then the checksum, then every rule of ModelParts.
// Thread safety: pure functions over bytes and the file system.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/ngram/model.h"

namespace sekisho::ngram {

// The largest table (2^20 slots of 64 labels) with room for its head.
inline constexpr std::size_t kModelFileBytesMax = 72u << 20;

// `parts` must fit Model's rules about sizes.
std::string encode(const ModelParts& parts);

// kCorrupt with the reason when `bytes` are not one whole, unharmed model. Allocates at most the
// size of `bytes` twice.
Result<Model> decode(std::string_view bytes);

Status write_model(const std::string& path, const Model& model);
// kNotFound, kTooLarge, kIo as read_file; kCorrupt as decode.
Result<Model> read_model(const std::string& path);

}  // namespace sekisho::ngram
