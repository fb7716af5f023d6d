"""Deliver the next trading days into the project's landing folder: `python deliver.py 7`, all of them without a number.

The files come from the folder in ONLINE_RETAIL_DIR; README.md says where anyone gets them. The country reference
arrives with the first day. A day that is in the landing folder already is not delivered again.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

LANDING = Path(__file__).resolve().parent / "fixtures" / "landing"
USAGE_ERROR, NO_DATA = 2, 3


def deliver(source: Path, landing: Path, days: int | None = None) -> list[str]:
    """Names of the days that were delivered: the next `days` of them, or all that are left.

    Example: `deliver(Path("online-retail"), Path("shop/fixtures/landing"), days=7)`
    """
    arrived = landing / "invoice_lines"
    waiting = [file for file in sorted((source / "by-day").glob("*.csv")) if not (arrived / file.name).exists()]
    countries = source / "reference" / "countries.csv"
    if not (landing / "countries" / countries.name).exists():
        copy_whole(countries, landing / "countries")
    for file in waiting[:days]:
        copy_whole(file, arrived)
    return [file.stem for file in waiting[:days]]


def copy_whole(file: Path, folder: Path) -> None:
    """Put the file into the folder in one step, so that no run ever reads half of it."""
    folder.mkdir(parents=True, exist_ok=True)
    hidden = folder / f".{file.name}.part"
    shutil.copyfile(file, hidden)
    hidden.replace(folder / file.name)


def main(arguments: list[str]) -> int:
    """The command line."""
    if len(arguments) > 1 or not all(text.isdigit() and int(text) > 0 for text in arguments):
        print("usage: python deliver.py [DAYS]", file=sys.stderr)
        return USAGE_ERROR
    source = Path(os.environ.get("ONLINE_RETAIL_DIR", "online-retail"))
    if not (source / "by-day").is_dir():
        print(f"no by-day/ in {source}; ONLINE_RETAIL_DIR names the data's folder, see README.md", file=sys.stderr)
        return NO_DATA
    delivered = deliver(source, LANDING, int(arguments[0]) if arguments else None)
    if delivered:
        print(f"delivered {len(delivered)} days: {delivered[0]} to {delivered[-1]}")
    else:
        print("nothing left to deliver")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
