#!/usr/bin/env bash
# Configuring with g++ is refused, and the message says why. Usage: refuses_other_compilers.sh ROOT
set -u
command -v g++ >/dev/null || { echo "no g++ here to be refused"; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if output=$(cmake -S "$1" -B "$work" -G Ninja -DCMAKE_CXX_COMPILER=g++ 2>&1); then
  echo "g++ was accepted"
  exit 1
fi
grep -q "miscompiles ordinary C++20" <<<"$(tr '\n' ' ' <<<"$output" | tr -s ' ')" || { echo "$output"; exit 1; }
