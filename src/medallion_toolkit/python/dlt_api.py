"""What only `import dlt` has: `table` of either kind, `read` and `read_stream`."""

from __future__ import annotations

from operator import attrgetter

from medallion_toolkit.python.declarations import QueryFunction
from medallion_toolkit.python.pipelines_api import Decorated, declare_with_query
from medallion_toolkit.python.spark_proxy import session_attribute


def table(query_function: QueryFunction | None = None, **arguments: object) -> Decorated:
    """A streaming table when the function reads a stream, else a materialized view."""
    return declare_with_query("table_by_query", query_function, arguments)


def read(name: str) -> object:
    """All rows of a dataset of this pipeline, or of a table."""
    return _read("read", name)


def read_stream(name: str) -> object:
    """The new rows of a dataset of this pipeline, or of a table."""
    return _read("readStream", name)


def _read(reader: str, name: str) -> object:
    result: object = attrgetter("table")(session_attribute(reader))(name)
    return result
