"""A browser for the pages under test: headless Chromium, one fresh profile a call, no network."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--enable-logging=stderr",
    "--window-size=1440,3000",
)

Browse = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def browser() -> str:
    """The browser `scripts/find_browser.sh` finds, too."""
    named = os.environ.get("MEDALLION_BROWSER")
    names = (named,) if named else ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = next((path for name in names if (path := shutil.which(name))), None)
    assert found, "no Chromium or Chrome found: run scripts/find_browser.sh, or name one in MEDALLION_BROWSER"
    return found


@pytest.fixture
def browse(browser: str, tmp_path: Path) -> Browse:
    """Open a page with extra flags; stdout is what they print, stderr has the console messages."""

    def run(page: Path, *flags: str) -> subprocess.CompletedProcess[str]:
        profile = f"--user-data-dir={tmp_path / 'profile'}"
        command = [browser, *FLAGS, profile, *flags, page.as_uri()]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)

    return run
