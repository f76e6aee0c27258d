#!/usr/bin/env bash
# Runs one fuzz target: first its kept corpus, then new inputs for a while.
# Usage: fuzz_smoke.sh PROGRAM     SEKISHO_FUZZ_SECONDS (5) sets how long.
set -euo pipefail
program=$1
name=$(basename "$program")
kept=$(cd "$(dirname "$0")/.." && pwd)/tests/corpora/$name
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ -d "$kept" ] && "$program" -runs=0 "$kept" 2>/dev/null
"$program" -max_total_time="${SEKISHO_FUZZ_SECONDS:-5}" -timeout=10 -rss_limit_mb=2048 -max_len=8192 \
  -artifact_prefix="$work/" -print_final_stats=1 "$work" $([ -d "$kept" ] && echo "$kept") 2>"$work.log" || {
  cat "$work.log" >&2
  for artifact in "$work"/crash-* "$work"/timeout-* "$work"/oom-*; do
    [ -f "$artifact" ] && { echo "input of the failure, base64:" >&2; base64 "$artifact" >&2; }
  done
  exit 1
}
grep -E 'stat::(number_of_executed_units|average_exec_per_sec)|cov:' "$work.log" | tail -n 3
rm -f "$work.log"
