#!/usr/bin/env bash
# Print the path of a Chromium or Chrome; as root on Debian, install one when there is none. Fails with a message
# otherwise. MEDALLION_BROWSER names one that is not on PATH.
set -euo pipefail

find_browser() {
    local name
    for name in "${MEDALLION_BROWSER:-}" chromium chromium-browser google-chrome google-chrome-stable; do
        if [ -n "$name" ] && command -v "$name"; then return; fi
    done
    return 1
}

find_browser && exit

if command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
    echo "setup: a browser for the report's tests (Debian's chromium)" >&2
    apt-get update -qq >&2 || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null || true
    find_browser && exit
fi

echo "no Chromium or Chrome found, and none could be installed; name one: MEDALLION_BROWSER=/path/to/chromium" >&2
exit 3
