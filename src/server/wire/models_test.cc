#include "server/wire/models.h"

#include <gtest/gtest.h>

namespace sekisho::wire {
namespace {

const Service kService{"ngram", "1a2b3c4d5e6f", {"n-gram judge: no Gemma adapter"}};

TEST(Models, IsOpenAisListWithWhatJudges) {
  EXPECT_EQ(encode_models(kService),
            R"({"object":"list","data":[{"id":"sekisho","object":"model","created":0,)"
            R"("owned_by":"sekisho","judged_by":["detectors","ngram@1a2b3c4d"],)"
            R"("degraded":["n-gram judge: no Gemma adapter"]}]})");
}

TEST(Models, ReadyNamesScorerAndWhatIsMissing) {
  EXPECT_EQ(encode_ready(kService, Readiness::kReady),
            R"({"status":"ready","scorer":{"name":"ngram","digest":"1a2b3c4d5e6f"},)"
            R"("degraded":["n-gram judge: no Gemma adapter"]})");
  EXPECT_EQ(encode_ready({"fake", "", {}}, Readiness::kNotReady),
            R"({"status":"not_ready","scorer":{"name":"fake","digest":""},"degraded":[]})");
}

}  // namespace
}  // namespace sekisho::wire
