#!/usr/bin/env bash
# What ./dev bench prints: the judge in this process, on one core.
set -euo pipefail
cd "$(dirname "$0")/.."
taskset -c 0 build/release/src/apps/sekisho bench --data data
