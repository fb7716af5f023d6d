"""What the workspace's Python has besides pyspark: `dbutils`, `databricks.sdk.runtime`, `pyspark.dbutils`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from types import ModuleType

from medallion_toolkit.errors import UnsupportedError
from medallion_toolkit.python.places import place_of_caller
from medallion_toolkit.python.spark_proxy import SPARK

_HELP = {
    "widgets": "pipelines have no widgets: take values from spark.conf.get(…) and the pipeline's configuration",
    "secrets": "name the secret in an option as {{secrets/scope/key}}; sources of records are mapped to files here",
    "fs": "read files in a dataset function, or with open(…) below the project's folder",
    "notebook": "import what both notebooks need from a Python module",
}


class NoDbutils:
    """The `dbutils` of pipeline files: refused by name, file and line."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        raise UnsupportedError(
            "MED255",
            f"dbutils.{name} exists in the workspace only.",
            place=place_of_caller(),
            found=f"dbutils.{name}",
            help=_HELP.get(name, "take values from spark.conf.get(…) and the pipeline's configuration"),
        )


@contextmanager
def runtime_modules() -> Iterator[None]:
    """For the block, imports of the workspace's own modules give `spark` and `dbutils` of the pipeline."""
    made = _modules()
    hidden = {name: sys.modules.get(name) for name in made}
    sys.modules.update(made)
    try:
        yield
    finally:
        for name, module in hidden.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module


@lru_cache(maxsize=1)
def _modules() -> Mapping[str, ModuleType]:
    dbutils = NoDbutils()
    members: Mapping[str, Mapping[str, object]] = {
        "databricks.sdk.runtime": {"spark": SPARK, "dbutils": dbutils},
        "pyspark.dbutils": {"DBUtils": lambda *_arguments: dbutils},
    }
    return {name: _module(name, content) for name, content in members.items()}


def _module(name: str, members: Mapping[str, object]) -> ModuleType:
    module = ModuleType(name)
    module.__dict__.update(members)
    module.__dict__["__all__"] = sorted(members)
    return module
