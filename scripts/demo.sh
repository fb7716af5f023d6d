#!/usr/bin/env bash
# A shop's first two days: a project from the template, its pipelines run here, then the next day's files.
# Each `medallion` below is a process of its own. Leaves the project in demo/shop.
set -euo pipefail
cd "$(dirname "$0")/.."

say() {
    printf '\n$ %s\n' "$*"
    "$@"
}

rm -rf demo
started=$SECONDS
say medallion new shop --output-dir demo
cd demo/shop
say medallion run
say medallion deliver
say medallion run
printf '\nThe project is in demo/shop, its report in demo/shop/.medallion/report.html (%d s).\n' $((SECONDS - started))
