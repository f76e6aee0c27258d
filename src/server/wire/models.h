// What judges here, as GET /v1/models (OpenAI's list) and GET /ready say it (api/judge.yaml).
#pragma once

#include <string>
#include <vector>

namespace sekisho::wire {

struct Service {
  std::string scorer;  // "ngram"
  std::string digest;  // hex, of the model's bytes
  std::vector<std::string>
      degraded;  // what is missing, for people: "n-gram judge: no Gemma adapter"
};

std::string encode_models(const Service& service);

enum class Readiness { kReady, kNotReady };
std::string encode_ready(const Service& service, Readiness readiness);

}  // namespace sekisho::wire
