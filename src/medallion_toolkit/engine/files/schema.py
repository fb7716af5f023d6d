"""The schema of a file source: stated, or inferred once and kept, then widened by new columns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.engine.files.listing import csv_header, source_files
from medallion_toolkit.engine.files.options import FileSource
from medallion_toolkit.errors import RunError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from pyspark.sql.types import StructType


def source_schema(spark: SparkSession, source: FileSource, kept: Path) -> StructType:
    """Columns of the source without metadata and rescued data; `kept` is the file an inferred one lives in."""
    from pyspark.sql.types import StructType

    if source.schema is not None:
        return parse_ddl(source.schema)
    if source.format == "text":
        return parse_ddl("value STRING")
    known = StructType.fromJson(_read_json(kept)) if kept.exists() else None
    inferred = _inferred(spark, source)
    if inferred is None and known is None:
        raise RunError(
            "MED404",
            f"no schema can be inferred: {source.folder} holds no data",
            place=source.place,
            help="state it with schema => 'column TYPE, …', or deliver a file first",
        )
    schema = _merged(known, inferred, source)
    if source.hints:
        schema = _with_hints(schema, parse_ddl(source.hints))
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(schema.json(), encoding="utf-8")
    return schema


def parse_ddl(text: str) -> StructType:
    """A schema from `name TYPE, …`."""
    from pyspark.sql.types import StructType

    parsed = StructType.fromDDL(text)
    return StructType(parsed.fields) if isinstance(parsed, StructType) else StructType()


def _inferred(spark: SparkSession, source: FileSource) -> StructType | None:
    files = [str(file) for file in source_files(source) if file.stat().st_size > 0]
    if not files:
        return None
    reader = spark.read.options(**dict(source.passed))
    if source.format == "json":
        reader = reader.option("primitivesAsString", str(not source.infer_types).lower())
        frame = reader.json(files)
    elif source.format == "csv":
        columns = _csv_columns(source) if source.header else None
        frame = reader.options(header=str(source.header).lower(), inferSchema=str(source.infer_types).lower()).csv(
            files
        )
        if columns is not None:
            return _in_order(frame.schema, columns)
    else:
        frame = reader.option("mergeSchema", "true").parquet(*files)
    return _without_corrupt(frame.schema)


def _csv_columns(source: FileSource) -> list[str]:
    names: dict[str, None] = {}
    for file in source_files(source):
        names.update(dict.fromkeys(csv_header(file, source)))
    return list(names)


def _in_order(inferred: StructType, columns: list[str]) -> StructType:
    from pyspark.sql.types import StringType, StructField, StructType

    types = {field.name: field.dataType for field in inferred}
    return StructType([StructField(name, types.get(name, StringType())) for name in columns])


def _without_corrupt(schema: StructType) -> StructType:
    from pyspark.sql.types import StructType

    return StructType([field for field in schema if field.name != "_corrupt_record"])


def _merged(known: StructType | None, inferred: StructType | None, source: FileSource) -> StructType:
    from pyspark.sql.types import StructType

    if known is None or inferred is None:
        return known or inferred or StructType()
    names = set(known.names)
    added = [] if source.evolution in ("rescue", "none") else [field for field in inferred if field.name not in names]
    return StructType([*known.fields, *added])


def _with_hints(schema: StructType, hints: StructType) -> StructType:
    from pyspark.sql.types import StructType

    hinted = {field.name: field for field in hints}
    fields = [hinted.pop(field.name, field) for field in schema]
    return StructType([*fields, *hinted.values()])


def _read_json(path: Path) -> dict[str, object]:
    import json

    loaded: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return loaded
