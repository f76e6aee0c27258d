#include "apps/built_in_model.h"

// The assembler copies the files as they are; CMake gives their paths.
#define SEKISHO_EMBED(name, path)    \
  __asm__(                           \
      ".section .rodata\n"           \
      ".balign 64\n"                 \
      ".globl " #name                \
      "_begin\n"                     \
      ".globl " #name "_end\n" #name \
      "_begin:\n"                    \
      ".incbin \"" path "\"\n" #name \
      "_end:\n"                      \
      ".byte 0\n"                    \
      ".previous\n");                \
  extern "C" {                       \
  extern const char name##_begin[];  \
  extern const char name##_end[];    \
  }

SEKISHO_EMBED(sekisho_ngram_model, SEKISHO_NGRAM_MODEL)
SEKISHO_EMBED(sekisho_ngram_background, SEKISHO_NGRAM_BACKGROUND)

namespace sekisho::apps {

std::string_view built_in_model() {
  return {sekisho_ngram_model_begin,
          static_cast<std::size_t>(sekisho_ngram_model_end - sekisho_ngram_model_begin)};
}

std::string_view built_in_background() {
  return {sekisho_ngram_background_begin,
          static_cast<std::size_t>(sekisho_ngram_background_end - sekisho_ngram_background_begin)};
}

}  // namespace sekisho::apps
