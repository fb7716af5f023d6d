"""Dataset functions only describe rows: what they would write themselves is refused by name and line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, wraps

from medallion_toolkit.errors import PipelineError
from medallion_toolkit.python.places import place_of_caller

_BATCH = ("save", "saveAsTable", "insertInto", "json", "csv", "parquet", "orc", "text", "xml", "jdbc")
_TABLE = ("create", "createOrReplace", "replace", "append", "overwrite", "overwritePartitions")
_STREAM = ("start", "toTable")
_inside: ContextVar[bool] = ContextVar("inside_dataset_function", default=False)

Method = Callable[..., object]


@contextmanager
def refused_writes() -> Iterator[None]:
    """For the block, in this thread, every write of Spark raises PipelineError MED241.

    Source: ldp/developer/python-dev, which forbids save, saveAsTable, start and toTable in dataset functions.
    """
    _install()
    token = _inside.set(True)
    try:
        yield
    finally:
        _inside.reset(token)


@cache
def _install() -> None:
    """Wrap the writers' methods, once a process."""
    from pyspark.sql import DataFrameWriter, DataFrameWriterV2
    from pyspark.sql.streaming.readwriter import DataStreamWriter

    for writer, names in ((DataFrameWriter, _BATCH), (DataFrameWriterV2, _TABLE), (DataStreamWriter, _STREAM)):
        for name in names:
            setattr(writer, name, _refusing(name, getattr(writer, name)))


def _refusing(name: str, method: Method) -> Method:
    @wraps(method)
    def write(*arguments: object, **named: object) -> object:
        if _inside.get():
            raise PipelineError(
                "MED241",
                f"a dataset function writes with {name}",
                place=place_of_caller(),
                found=name,
                help="return the DataFrame and let the pipeline write it; other targets are sinks with append flows",
            )
        return method(*arguments, **named)

    return write
