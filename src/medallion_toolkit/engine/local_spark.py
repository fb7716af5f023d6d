"""The `spark` that pipeline Python sees: the real session, but tables and volumes are the project's own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.engine.binding import Binder, current_binder
from medallion_toolkit.engine.files.flow_sources import kept_schema
from medallion_toolkit.engine.files.option_names import FORMATS
from medallion_toolkit.engine.files.options import FileSource, read_options
from medallion_toolkit.engine.files.reading import read_source
from medallion_toolkit.engine.files.recorded import read_outside
from medallion_toolkit.engine.files.rescue import METADATA
from medallion_toolkit.engine.hidden_columns import with_hidden_column
from medallion_toolkit.errors import Place
from medallion_toolkit.model import ReadMode, SqlQuery

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


class LocalReader:
    """`spark.read` or `spark.readStream` over local tables and mapped volumes."""

    def __init__(self, binder: Binder, mode: ReadMode) -> None:
        self._binder = binder
        self._mode = mode
        self._format = ""
        self._options: dict[str, str] = {}

    def format(self, name: str) -> LocalReader:
        self._format = name
        return self

    def option(self, name: str, value: object) -> LocalReader:
        self._options[name] = str(value).lower() if isinstance(value, bool) else str(value)
        return self

    def options(self, **options: object) -> LocalReader:
        for name, value in options.items():
            self.option(name, value)
        return self

    def schema(self, schema: object) -> LocalReader:
        simple = getattr(schema, "simpleString", None)
        fields = getattr(schema, "fields", None)
        if fields is not None:
            return self.option(
                "schema", ", ".join(f"`{field.name}` {field.dataType.simpleString()}" for field in fields)
            )
        return self.option("schema", simple() if callable(simple) else schema)

    def table(self, name: str) -> DataFrame:
        return self._binder.table(name, self._mode, _caller(), options=self._options)

    def load(
        self, path: str | None = None, format: str | None = None, schema: object = None, **options: object
    ) -> DataFrame:
        place = _caller()
        self.options(**{name: value for name, value in options.items() if value is not None})
        if schema is not None:
            self.schema(schema)
        name, binder, is_stream = format or self._format, self._binder, self._mode == "stream"
        kept = kept_schema(binder.store, f"{Path(place.path).stem}.{place.line}")
        if is_outside(name):
            given = {**self._options, **({"path": path} if path else {})}
            return read_outside(binder.spark, binder.sources, name.lower(), given, is_stream, place, kept)
        source = file_source(name, self._options, path, place, binder.folder)
        frame = read_source(binder.spark, source, is_stream, kept)
        return with_hidden_column(frame, METADATA, "_metadata")

    def json(self, path: str, schema: object = None, **options: object) -> DataFrame:
        return self.load(path, "json", schema, **options)

    def csv(self, path: str, schema: object = None, **options: object) -> DataFrame:
        return self.load(path, "csv", schema, **options)

    def xml(self, path: str, **options: object) -> DataFrame:
        return self.load(path, "xml", **options)

    def parquet(self, path: str, **options: object) -> DataFrame:
        return self.load(path, "parquet", **options)

    def orc(self, path: str, **options: object) -> DataFrame:
        return self.load(path, "orc", **options)

    def text(self, path: str, **options: object) -> DataFrame:
        return self.load(path, "text", **options)


def is_outside(format_name: str) -> bool:
    """Whether a reader's format names another system, not files."""
    return format_name.lower() not in {"", "cloudfiles", "delta", *(known.lower() for known in FORMATS)}


def file_source(
    format_name: str, options: Mapping[str, str], path: str | None, place: Place, folder: Callable[[str, Place], Path]
) -> FileSource:
    """The files that a reader of Python code means; UnsupportedError for other sources and unknown options.

    `folder` gives the local folder of a path.
    """
    given = {key: value for key, value in options.items() if key.lower() not in ("cloudfiles.format", "path")}
    name = format_name
    if format_name == "cloudFiles":
        name = _option(options, "cloudfiles.format")
    is_plain = format_name != "cloudFiles"
    infers = is_plain and name != "csv"
    found = folder(path or _option(options, "path"), place)
    return read_options(found, {**given, "format": name}, place, infer_types=infers, is_plain=is_plain)


def _option(options: Mapping[str, str], name: str) -> str:
    return next((value for key, value in options.items() if key.lower() == name), "")


class LocalSpark:
    """Stands for the SparkSession in dataset functions; what it does not wrap goes to the real one."""

    @property
    def read(self) -> LocalReader:
        return LocalReader(current_binder(), "batch")

    @property
    def readStream(self) -> LocalReader:
        return LocalReader(current_binder(), "stream")

    def table(self, name: str) -> DataFrame:
        return self.read.table(name)

    def sql(self, text: str, args: Mapping[str, str] | None = None) -> DataFrame:
        from medallion_toolkit.sql.relations import find_relations

        place, binder = _caller(), current_binder()
        query = SqlQuery(
            text=text,
            place=place,
            relations=find_relations(text, place.path),
            catalog=binder.catalog,
            schema=binder.schema,
            configuration=binder.configuration,
            parameters=dict(args or {}),
        )
        return binder.sql(query, None, f"python.{place.line}")

    def __getattr__(self, name: str) -> object:
        return getattr(current_binder().spark, name)


def _caller() -> Place:
    """The nearest frame outside the toolkit and pyspark: the user's line."""
    frame = sys._getframe(1)
    while frame.f_back is not None and _is_ours(frame.f_code.co_filename):
        frame = frame.f_back
    return Place(frame.f_code.co_filename, frame.f_lineno, 1)


def _is_ours(path: str) -> bool:
    return "medallion_toolkit" in path or "pyspark" in path
