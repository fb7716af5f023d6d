"""Fetch the engine jars into the cache and record Spark's classes, or say in one paragraph why not.

`make setup` calls this.
"""

from __future__ import annotations

import sys

from medallion_toolkit.engine.class_archive import record_archive
from medallion_toolkit.engine.jars import engine_jars
from medallion_toolkit.errors import MedallionError, render_error


def main() -> int:
    """Exit code: 0, or the error's own."""
    try:
        record_archive(engine_jars())
    except MedallionError as error:
        print(render_error(error), file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
