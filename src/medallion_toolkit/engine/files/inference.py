"""The columns of files, inferred by Spark's own readers: text formats by content, typed ones by their headers."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.engine.files.evolution import unified
from medallion_toolkit.engine.files.options import FileSource
from medallion_toolkit.errors import RunError

if TYPE_CHECKING:
    from pyspark.sql import DataFrameReader, SparkSession
    from pyspark.sql.types import StructType

# Above this many paths Spark lists faster by itself than it is told them.
MOST_PATHS = 500


def inferred(spark: SparkSession, source: FileSource, paths: Sequence[str], is_all: bool) -> StructType | None:
    """The schema of the files at `paths`, None when they hold nothing; `is_all` when they are the whole source."""
    filled = [path for path in paths if Path(path).stat().st_size > 0]
    if not filled:
        return None
    found, clashes = unified(_schemas(spark, source, filled, is_all), source.format in ("json", "csv", "xml"))
    if clashes:
        raise RunError(
            "MED416",
            f"files of {source.folder} hold columns of types that do not meet: {'; '.join(clashes)}",
            place=source.place,
            help="the workspace stops with CF_FAILED_TO_INFER_SCHEMA; state the type with schemaHints",
        )
    return _distinct(found) if found is not None and found.fields else None


def _schemas(spark: SparkSession, source: FileSource, paths: list[str], is_all: bool) -> Iterable[StructType]:
    skips = {"ignoreCorruptFiles": source.skips_corrupt, "ignoreMissingFiles": source.skips_missing}
    reader = spark.read.options(**dict(source.passed), **{key: str(value).lower() for key, value in skips.items()})
    if source.format == "json":
        as_text = "primitivesAsString" if "primitivesAsString" in source.passed else None
        reader = reader.option("multiLine", source.is_whole)
        reader = reader if as_text else reader.option("primitivesAsString", not source.infer_types)
        yield _load(reader, source, paths, is_all)
    elif source.format == "csv":
        yield from _csv_schemas(reader, source, paths)
    elif source.format == "xml":
        yield _load(reader.option("inferSchema", source.infer_types), source, paths, is_all)
    elif source.format == "avro":
        yield from (_load(reader, source, [path], False) for path in _by_avro_schema(paths))
    else:
        yield from _merged(reader, source, paths, is_all)


def _load(reader: DataFrameReader, source: FileSource, paths: list[str], is_all: bool) -> StructType:
    if is_all and len(paths) > MOST_PATHS and source.is_recursive:
        reader = reader.option("recursiveFileLookup", "true")
        reader = reader.option("pathGlobFilter", source.glob) if source.glob else reader
        return reader.format(source.format).load(str(source.folder)).schema
    return reader.format(source.format).load(paths).schema


def _merged(reader: DataFrameReader, source: FileSource, paths: list[str], is_all: bool) -> Iterable[StructType]:
    """Spark's merge of file headers; file by file where it gives up, since it knows no wider type."""
    try:
        return [_load(reader.option("mergeSchema", "true"), source, paths, is_all)]
    except Exception as error:
        if "CANNOT_MERGE_SCHEMAS" not in str(error):
            raise
        return [_load(reader, source, [path], False) for path in paths]


def _distinct(schema: StructType) -> StructType:
    """Without columns that differ from an earlier one by case only, and without Spark's own."""
    from pyspark.sql.types import StructType

    by_name = {field.name.lower(): field for field in reversed(schema.fields) if field.name != "_corrupt_record"}
    return StructType([field for field in schema if by_name.get(field.name.lower()) is field])


def _csv_schemas(reader: DataFrameReader, source: FileSource, paths: list[str]) -> Iterable[StructType]:
    """One schema a header: Spark would read all files by the header of the first."""
    from pyspark.sql.types import StringType, StructField, StructType

    groups: dict[tuple[str, ...], list[str]] = {}
    for path in paths:
        groups.setdefault(csv_header(path, source), []).append(path)
    for header, members in groups.items():
        text = StructType([StructField(name, StringType()) for name in header])
        if not source.infer_types:
            yield text
            continue
        frame = reader.options(header=str(source.header).lower(), inferSchema="true").csv(members)
        types = dict(zip(header, frame.schema.fields, strict=False))
        yield StructType(
            [StructField(name, types[name].dataType if name in types else StringType()) for name in header]
        )


def csv_header(path: str, source: FileSource) -> tuple[str, ...]:
    """Column names of a CSV file: its first line, or `_c0`, `_c1` … without one; empty for an empty file."""
    options = source.passed
    separator = options.get("sep", options.get("delimiter", ","))
    encoding = options.get("encoding", options.get("charset", "utf-8"))
    comment = options.get("comment")
    with Path(path).open(encoding=encoding, errors="replace", newline="") as lines:
        useful = (line for line in lines if line.strip() and not (comment and line.startswith(comment)))
        rows = csv.reader(useful, delimiter=separator, quotechar=options.get("quote", '"') or None)
        first = next(islice(rows, 1), [])
    if not source.header:
        return tuple(f"_c{index}" for index in range(len(first)))
    names = [name.strip().removeprefix("\ufeff") for name in first]
    repeated = {name.lower() for name in names if [other.lower() for other in names].count(name.lower()) > 1}
    return tuple(
        f"_c{index}" if not name else f"{name}{index}" if name.lower() in repeated else name
        for index, name in enumerate(names)
    )


def _by_avro_schema(paths: list[str]) -> list[str]:
    """One file for each schema that stands in the headers of Avro files."""
    return list({_avro_schema(path): path for path in reversed(paths)}.values())


def _avro_schema(path: str) -> str:
    """The schema in the header of an Avro container file: a map of names and bytes behind four magic bytes."""
    with Path(path).open("rb") as file:
        if file.read(4) != b"Obj\x01":
            return path
        count = _avro_number(file.read)
        while count:
            if count < 0:
                count, _ = -count, _avro_number(file.read)
            for _ in range(count):
                name = file.read(_avro_number(file.read))
                value = file.read(_avro_number(file.read))
                if name == b"avro.schema":
                    return json.dumps(json.loads(value), sort_keys=True)
            count = _avro_number(file.read)
    return path


def _avro_number(read: Callable[[int], bytes]) -> int:
    """A zig-zag number of variable length."""
    value = shift = 0
    while True:
        byte = read(1)[0]
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return (value >> 1) ^ -(value & 1)
