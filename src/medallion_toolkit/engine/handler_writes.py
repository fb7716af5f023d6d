"""What a foreach-batch function reads and writes: tables and volume paths are the project's local ones.

The function gets a plain DataFrame with a plain session, so pyspark's own classes ask where to write; outside of
such a function they behave as pyspark made them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, wraps
from importlib.util import find_spec
from operator import attrgetter
from pathlib import Path

from medallion_toolkit.engine.binding import Binder
from medallion_toolkit.engine.handler_sql import local_rows, local_statement
from medallion_toolkit.errors import UnsupportedError
from medallion_toolkit.graph.names import full_name
from medallion_toolkit.python.places import place_of_caller

_PATH_METHODS = ("save", "json", "csv", "parquet", "orc", "text", "xml")
_binder: ContextVar[Binder | None] = ContextVar("handler_binder", default=None)


@dataclass(frozen=True)
class Call:
    """A call of user code: the method `name` of `owner` with `text` as first argument; `go_on` calls pyspark's own."""

    binder: Binder
    name: str
    owner: object
    text: str
    named: Mapping[str, object]
    go_on: Callable[[str], object]

    def table(self) -> Path:
        """Where the table called `text` stands."""
        return self.binder.store.table(full_name(self.text, self.binder.catalog, self.binder.schema))


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
    """Wrap the methods, once a process."""
    from pyspark.sql import DataFrameReader, DataFrameWriter, SparkSession

    for name in _PATH_METHODS:
        _wrap(DataFrameWriter, name, lambda call: call.go_on(str(call.binder.folder(call.text, place_of_caller()))))
    for name in ("saveAsTable", "insertInto"):
        _wrap(DataFrameWriter, name, _write_table)
    _wrap(DataFrameWriter, "jdbc", _refuse)
    _wrap(SparkSession, "sql", lambda call: call.go_on(local_statement(call.text, call.binder, place_of_caller())))
    for reader in (SparkSession, DataFrameReader):
        _wrap(reader, "table", _read_table)
    if find_spec("delta") is not None:
        _install_delta()


def _install_delta() -> None:
    from delta.tables import DeltaTable

    _wrap_static(DeltaTable, "forName", DeltaTable.forPath)


def _wrap_static(owner: type, name: str, by_path: Callable[..., object]) -> None:
    method: Callable[..., object] = getattr(owner, name)

    @wraps(method)
    def call(session: object, table: str) -> object:
        binder = _binder.get()
        if binder is None:
            return method(session, table)
        return by_path(session, str(binder.store.table(full_name(table, binder.catalog, binder.schema))))

    setattr(owner, name, staticmethod(call))


def _wrap(owner: type, name: str, local: Callable[[Call], object]) -> None:
    method: Callable[..., object] = getattr(owner, name)

    @wraps(method)
    def call(self: object, *arguments: object, **named: object) -> object:
        binder = _binder.get()
        if binder is None or not arguments or not isinstance(arguments[0], str):
            return method(self, *arguments, **named)

        def go_on(first: str) -> object:
            return method(self, first, *arguments[1:], **named)

        return local(Call(binder, name, self, arguments[0], named, go_on))

    setattr(owner, name, call)


def _write_table(call: Call) -> object:
    """Delta tables are written by path; insertInto appends unless it is told to overwrite."""
    mode = call.named.get("mode")
    if call.name == "insertInto":
        mode = "overwrite" if call.named.get("overwrite") else "append"
    if mode is not None:
        attrgetter("mode")(call.owner)(mode)
    result: object = attrgetter("_jwrite")(call.owner).format("delta").save(str(call.table()))
    return result


def _read_table(call: Call) -> object:
    rows = local_rows(call.text, call.binder, place_of_caller())
    return call.go_on(call.text) if rows is None else rows


def _refuse(call: Call) -> object:
    raise UnsupportedError("MED402", f"DataFrame.write.{call.name} is not supported locally", place=place_of_caller())
