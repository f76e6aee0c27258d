#!/usr/bin/env bash
# Compiles every file of this folder twice: as it stands it must compile, with MISUSE it must not.
# Usage: run.sh COMPILER
set -u
here=$(cd "$(dirname "$0")" && pwd)
flags=(-std=c++20 -fsyntax-only -Wall -Wextra -Wpedantic -Werror -Wthread-safety "-I$here/../../src")
failed=0
for file in "$here"/*.cc; do
  if ! "$1" "${flags[@]}" "$file"; then
    echo "$file: does not compile as it stands"
    failed=1
  elif "$1" "${flags[@]}" -DMISUSE "$file" 2>/dev/null; then
    echo "$file: the misuse compiles"
    failed=1
  fi
done
exit $failed
