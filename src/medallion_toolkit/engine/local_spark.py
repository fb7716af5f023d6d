"""The `spark` that pipeline Python sees: the real session, but tables and volumes are the project's own."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from medallion_toolkit.engine.binding import Binder, current_binder
from medallion_toolkit.engine.files.option_names import FORMATS
from medallion_toolkit.engine.files.options import read_options
from medallion_toolkit.engine.files.reading import read_source
from medallion_toolkit.engine.files.rescue import METADATA
from medallion_toolkit.engine.hidden_columns import with_hidden_column
from medallion_toolkit.errors import Place, UnsupportedError
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

    def load(self, path: str) -> DataFrame:
        place = _caller()
        name = self._format
        options = {key: value for key, value in self._options.items() if key.lower() != "cloudfiles.format"}
        if name == "cloudFiles":
            name = next((value for key, value in self._options.items() if key.lower() == "cloudfiles.format"), "")
        if name.lower() not in {known.lower() for known in FORMATS}:
            raise UnsupportedError(
                "MED402",
                f"the source {name or '(none)'} is not read locally",
                place=place,
                help="the workspace runs it; record its rows as files to run it locally",
            )
        folder = self._binder.folder(path, place)
        is_plain = self._format != "cloudFiles"
        infers = is_plain and name != "csv"
        source = read_options(folder, {**options, "format": name}, place, infer_types=infers, is_plain=is_plain)
        kept = self._binder.store.root / "schemas" / f"python.{place.line}.{folder.name}.json"
        frame = read_source(self._binder.spark, source, self._mode == "stream", kept)
        return with_hidden_column(frame, METADATA, "_metadata")

    def json(self, path: str) -> DataFrame:
        return self.format("json").load(path)

    def csv(self, path: str) -> DataFrame:
        return self.format("csv").load(path)

    def parquet(self, path: str) -> DataFrame:
        return self.format("parquet").load(path)

    def text(self, path: str) -> DataFrame:
        return self.format("text").load(path)


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
