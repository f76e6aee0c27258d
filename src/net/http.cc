#include "net/http.h"

namespace sekisho::net {

const std::string* Request::header(std::string_view lower_name) const {
  for (const Header& header : headers) {
    if (header.name == lower_name) return &header.value;
  }
  return nullptr;
}

}  // namespace sekisho::net
