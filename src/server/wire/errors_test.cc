#include "server/wire/errors.h"

#include <gtest/gtest.h>

namespace sekisho::wire {
namespace {

TEST(Errors, EveryCodeHasItsStatusAndName) {
  const struct {
    ErrorCode code;
    int status;
    std::string_view name;
  } rows[] = {
      {ErrorCode::kInvalid, 400, "invalid_request"},
      {ErrorCode::kUnprocessable, 422, "unprocessable"},
      {ErrorCode::kTooLong, 422, "text_too_long"},
      {ErrorCode::kUnauthenticated, 401, "invalid_api_key"},
      {ErrorCode::kForbidden, 403, "forbidden"},
      {ErrorCode::kNotFound, 404, "not_found"},
      {ErrorCode::kMethodNotAllowed, 405, "method_not_allowed"},
      {ErrorCode::kTooLarge, 413, "body_too_large"},
      {ErrorCode::kUnsupportedMedia, 415, "unsupported_media_type"},
      {ErrorCode::kTimeout, 408, "request_timeout"},
      {ErrorCode::kRateLimited, 429, "rate_limit_exceeded"},
      {ErrorCode::kOverloaded, 503, "overloaded"},
      {ErrorCode::kUnjudged, 503, "judge_unavailable"},
      {ErrorCode::kUnavailable, 503, "unavailable"},
      {ErrorCode::kCorrupt, 500, "internal_error"},
      {ErrorCode::kIo, 500, "internal_error"},
      {ErrorCode::kInternal, 500, "internal_error"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(http_status(row.code), row.status) << row.name;
    EXPECT_EQ(error_name(row.code), row.name);
  }
}

TEST(Errors, HasTheShapeOfItsContract) {
  const Error error = unprocessable("input is missing", "input");
  EXPECT_EQ(encode_error(ErrorShape::kChakoshi, error),
            R"({"code":"unprocessable","message":"input is missing",)"
            R"("details":{"field":"input"}})");
  EXPECT_EQ(encode_error(ErrorShape::kOpenAi, error),
            R"({"error":{"message":"input is missing","type":"invalid_request_error",)"
            R"("param":"input","code":"unprocessable"}})");
  EXPECT_EQ(encode_error(ErrorShape::kEither, error),
            R"({"error":{"message":"input is missing","type":"invalid_request_error",)"
            R"("param":"input","code":"unprocessable"},)"
            R"("code":"unprocessable","message":"input is missing",)"
            R"("details":{"field":"input"}})");
}

TEST(Errors, ShowsAllMembersWhenNoFieldIsAtFault) {
  const Error error{ErrorCode::kRateLimited, "slower"};
  EXPECT_EQ(encode_error(ErrorShape::kChakoshi, error),
            R"({"code":"rate_limit_exceeded","message":"slower","details":null})");
  EXPECT_EQ(encode_error(ErrorShape::kOpenAi, error),
            R"({"error":{"message":"slower","type":"rate_limit_error","param":null,)"
            R"("code":"rate_limit_exceeded"}})");
}

TEST(Errors, KeepsWhatFailedInsideInside) {
  const Error error{ErrorCode::kIo, "cannot write /var/lib/journal", "", "ENOSPC"};
  for (const ErrorShape shape : {ErrorShape::kChakoshi, ErrorShape::kOpenAi, ErrorShape::kEither}) {
    const std::string body = encode_error(shape, error);
    EXPECT_EQ(body.find("/var"), std::string::npos);
    EXPECT_EQ(body.find("ENOSPC"), std::string::npos);
  }
}

TEST(Errors, GivesNoLongFieldNameBackWhole) {
  const std::string name(100'000, 'x');
  EXPECT_LT(encode_error(ErrorShape::kEither, unprocessable("unknown field " + name, name)).size(),
            2'000u);
}

}  // namespace
}  // namespace sekisho::wire
