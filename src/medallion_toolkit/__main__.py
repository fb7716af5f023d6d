"""`python -m medallion_toolkit`: the same as the command `medallion`."""

from __future__ import annotations

from medallion_toolkit.cli.main import main

main()
