"""Whether Spark for Python is installed; asked without importing it."""

from __future__ import annotations

import sys
from importlib.util import find_spec


def is_pyspark_installed() -> bool:
    """True when a real pyspark can be imported, false when the stand-in is needed."""
    loaded = sys.modules.get("pyspark")
    if loaded is not None:
        return not hasattr(loaded, "__medallion_stub__")
    return find_spec("pyspark") is not None
