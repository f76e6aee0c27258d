#!/usr/bin/env bash
# What ./dev bench prints. The comparison with nginx over HTTP comes with the load tests.
set -euo pipefail
cd "$(dirname "$0")/.."
taskset -c 0 build/release/src/apps/sekisho bench --data data
