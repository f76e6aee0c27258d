// Every limit of the product that more than one place must agree on, with its reason.
// Limits of one module alone stand in that module's header. Relations are checked here, once.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sekisho::limits {

// Texts. A code point is a Unicode scalar value of the text as sent, before any folding.
inline constexpr std::size_t kTextCodePoints = 2048;       // our own and chakoshi's first contract
inline constexpr std::size_t kGuardrailCodePoints = 2000;  // chakoshi's guardrails/apply
inline constexpr std::size_t kModerationCodePoints = 32768;  // OpenAI's moderations, by windows
inline constexpr std::size_t kWindowCodePoints = kTextCodePoints;
inline constexpr std::size_t kWindowOverlapCodePoints = 256;
inline constexpr std::size_t kBatchTexts = 256;      // texts in one call of POST /v1/judge
inline constexpr std::size_t kModerationTexts = 32;  // strings in one moderations call
inline constexpr std::size_t kChatTurns = 256;
inline constexpr std::size_t kChatCodePoints = 65536;  // all turns of one chat together

// Bodies, in bytes. A code point is at most 12 bytes of JSON ("\ud83d\ude00"), plus the frame.
inline constexpr std::size_t kFrameBytes = 8 * 1024;
inline constexpr std::size_t kSingleTextBodyBytes = 12 * kTextCodePoints + kFrameBytes;
inline constexpr std::size_t kBatchBodyBytes = 8 * 1024 * 1024;
inline constexpr std::size_t kChatBodyBytes = 1024 * 1024;
inline constexpr std::size_t kModerationBodyBytes = 2 * 1024 * 1024;

// JSON documents from outside.
inline constexpr std::size_t kJsonDepth = 32;
inline constexpr std::size_t kJsonObjectKeys = 256;

// Policy.
inline constexpr std::size_t kCategories = 64;  // per set, built-in ones included
inline constexpr std::size_t kCategoryIdBytes = 64;
inline constexpr std::size_t kDefinitionCodePoints = 2000;
inline constexpr std::size_t kCategoryExamples = 200;
inline constexpr std::size_t kCategoryWords = 2000;

static_assert(kWindowOverlapCodePoints < kWindowCodePoints);
static_assert(kGuardrailCodePoints <= kTextCodePoints);
static_assert(kChatBodyBytes >= 12 * kChatCodePoints);
static_assert(kModerationBodyBytes >= 12 * kModerationCodePoints);

}  // namespace sekisho::limits
