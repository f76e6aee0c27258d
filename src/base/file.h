// Whole files: bounded reads and atomic replacement. The only place that opens ordinary files.
// Thread safety: pure functions over the file system.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sekisho {

// The whole content of `path`. kNotFound when absent, kTooLarge above `bytes_max`, kIo otherwise.
Result<std::string> read_file(const std::string& path, std::size_t bytes_max);

// Replaces `path` so that a reader, also after a crash, sees the old content or the new one, never
// a mixture: written beside, synced, renamed. `mode` as in open(2).
Status write_file_atomically(const std::string& path, std::string_view content,
                             unsigned mode = 0644);

// Makes `path` and its missing parents (mode 0755; the last one `mode`). An existing folder is
// fine.
Status make_folder(const std::string& path, unsigned mode = 0755);

}  // namespace sekisho
