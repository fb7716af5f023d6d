"""Writes inside a foreach-batch function: tables and volume paths are the project's local ones.

The function gets a plain DataFrame, so the writer class itself is asked where to write; outside of such a
function it behaves as pyspark made it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING

from medallion_toolkit.engine.binding import Binder
from medallion_toolkit.errors import UnsupportedError
from medallion_toolkit.graph.names import full_name
from medallion_toolkit.python.places import place_of_caller

if TYPE_CHECKING:
    from pyspark.sql import DataFrameWriter

_PATH_METHODS = ("save", "json", "csv", "parquet", "orc", "text", "xml")
_TABLE_METHODS = ("saveAsTable", "insertInto")
_REFUSED = ("jdbc", "bucketBy")
_binder: ContextVar[Binder | None] = ContextVar("handler_binder", default=None)


@contextmanager
def mapped_writes(binder: Binder) -> Iterator[None]:
    """For the block, in this thread, reads and writes of user code are bound by `binder`."""
    _install()
    token = _binder.set(binder)
    try:
        with binder.bound():
            yield
    finally:
        _binder.reset(token)


@cache
def _install() -> None:
    """Wrap the writer's methods, once a process."""
    from pyspark.sql import DataFrameWriter

    for name in _PATH_METHODS:
        setattr(DataFrameWriter, name, _with_local_path(getattr(DataFrameWriter, name)))
    for name in _TABLE_METHODS:
        setattr(DataFrameWriter, name, _with_local_table(name, getattr(DataFrameWriter, name)))
    for name in _REFUSED:
        setattr(DataFrameWriter, name, _refused(name, getattr(DataFrameWriter, name)))


def _with_local_path(method: Callable[..., object]) -> Callable[..., object]:
    def write(self: DataFrameWriter, path: str | None = None, *arguments: object, **named: object) -> object:
        binder = _binder.get()
        if binder is not None and path is not None:
            path = str(binder.folder(path, place_of_caller()))
        return method(self, path, *arguments, **named)

    return write


def _with_local_table(name: str, method: Callable[..., object]) -> Callable[..., object]:
    def write(self: DataFrameWriter, table: str, *arguments: object, **named: object) -> object:
        binder = _binder.get()
        if binder is None:
            return method(self, table, *arguments, **named)
        for option in ("mode", "format"):
            value = named.pop(option, None)
            if isinstance(value, str):
                getattr(self, option)(value)
        if name == "insertInto":
            self.mode("overwrite" if named.get("overwrite") or True in arguments else "append")
        path = binder.store.table(full_name(table, binder.catalog, binder.schema))
        return self._jwrite.format("delta").save(str(path))

    return write


def _refused(name: str, method: Callable[..., object]) -> Callable[..., object]:
    def write(self: DataFrameWriter, *arguments: object, **named: object) -> object:
        if _binder.get() is not None:
            raise UnsupportedError(
                "MED402", f"DataFrame.write.{name} is not supported locally", place=place_of_caller()
            )
        return method(self, *arguments, **named)

    return write
