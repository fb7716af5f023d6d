#!/usr/bin/env bash
# Write requirements/*.txt anew: every package with its hashes, for Python 3.11 to 3.13, without index addresses.
# `scripts/lock.sh` keeps what is pinned; `scripts/lock.sh --upgrade` takes the newest that pyproject.toml allows.
set -euo pipefail
cd "$(dirname "$0")/.."

uv=$(command -v uv || true)
if [ -z "$uv" ]; then
    rm -rf build/lock && "${PYTHON:-python3}" -m venv build/lock
    build/lock/bin/python -m pip install --quiet uv
    uv=build/lock/bin/uv
fi

compile() {
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-emit-find-links --custom-compile-command scripts/lock.sh "$@"
}

mkdir -p requirements
compile "$@" --extra local --group dev --output-file requirements/dev.txt pyproject.toml requirements/build.in
compile --extra local --constraint requirements/dev.txt --output-file requirements/local.txt pyproject.toml
compile --constraint requirements/dev.txt --output-file requirements/build.txt requirements/build.in
