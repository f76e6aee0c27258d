// ReadBuffer: bytes read from a socket and not yet parsed. Grows on demand; small while idle.
// Thread safety: one buffer, one flow.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace sekisho::net {

class ReadBuffer {
 public:
  static constexpr std::size_t kIdleBytes = 4096;  // all that an idle connection keeps

  std::string_view view() const { return {data_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }

  // Room behind the bytes held, at least `bytes_min` of it. Ends what `view` and `prepare` gave.
  std::span<char> prepare(std::size_t bytes_min) {
    if (capacity_ - end_ < bytes_min) {
      const std::size_t needed = end_ - begin_ + bytes_min;
      move_to_front(needed <= capacity_ ? capacity_
                                        : std::max({kIdleBytes, 2 * capacity_, needed}));
    }
    return {data_.get() + end_, capacity_ - end_};
  }
  void commit(std::size_t bytes) { end_ += bytes; }     // so many were read into it
  void consume(std::size_t bytes) { begin_ += bytes; }  // so many are done with, from the front

  // Gives memory back where nothing is held.
  void shrink() {
    if (!empty()) return;
    begin_ = end_ = 0;
    if (capacity_ > kIdleBytes) move_to_front(kIdleBytes);
  }

 private:
  void move_to_front(std::size_t capacity) {
    const std::size_t held = end_ - begin_;
    if (capacity == capacity_) {
      std::memmove(data_.get(), data_.get() + begin_, held);
    } else {
      auto fresh = std::make_unique_for_overwrite<char[]>(capacity);
      if (held > 0) std::memcpy(fresh.get(), data_.get() + begin_, held);
      data_ = std::move(fresh);
      capacity_ = capacity;
    }
    begin_ = 0;
    end_ = held;
  }

  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace sekisho::net
