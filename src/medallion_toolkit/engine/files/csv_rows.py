"""CSV: values are taken by the names in the header of their own file, or by position without headers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from medallion_toolkit.engine.files.ddl import type_ddl
from medallion_toolkit.engine.files.inference import csv_header
from medallion_toolkit.engine.files.loading import is_file, load
from medallion_toolkit.engine.files.records import Parsed, as_rows
from medallion_toolkit.engine.files.rescue import CORRUPT, METADATA, literal, map_of, options_map, without_names

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import DataType

    from medallion_toolkit.engine.files.options import FileSource
    from medallion_toolkit.engine.files.schema import Layout

NOTHING = "CAST(NULL AS STRING)"
WHOLE = ("tinyint", "smallint", "int", "bigint")
# About values, not about how a line is cut into them.
OF_VALUES = ("dateFormat", "timestampFormat", "timestampNTZFormat", "preferDate")
Header = tuple[str, ...]


def csv_rows(spark: SparkSession, source: FileSource, layout: Layout, is_stream: bool) -> DataFrame:
    """Rows of CSV files."""
    names = tuple(name for name in layout.columns.names if name != source.corrupt_column)
    groups = _by_header(source, layout) if source.header else {}
    width = max(map(len, groups), default=len(names))
    positions = [f"_{index}" for index in range(width)]
    cutting = {key: value for key, value in source.passed.items() if key not in OF_VALUES}
    ddl = ", ".join(f"{name} STRING" for name in [*positions, CORRUPT])
    header = str(source.header).lower()
    options = {**cutting, "header": header, "enforceSchema": "true", "columnNameOfCorruptRecord": CORRUPT}
    frame = load(spark, source, layout, is_stream, "csv", ddl, **options)
    is_long = _is_too_long(width, cutting)
    if len(groups) > 1:
        return _by_file(frame, source, layout, groups, positions, is_long)
    own = next(iter(groups), names)
    texts = {_column(name, names, source): positions[index] for index, name in enumerate(own) if index < width}
    unknown = [(name, text) for name, text in texts.items() if name not in layout.known]
    return _typed(frame, source, layout, texts, map_of(unknown) if unknown else None, is_long)


def _by_header(source: FileSource, layout: Layout) -> dict[Header, list[str]]:
    """The files of each header, that of the most files first."""
    groups: dict[Header, list[str]] = {}
    for path in layout.paths:
        header = csv_header(path, source)
        if header:
            groups.setdefault(header, []).append(path)
    return dict(sorted(groups.items(), key=lambda item: -len(item[1])))


def _column(name: str, names: Header, source: FileSource) -> str:
    """The column a header's name stands for."""
    if name in names or source.is_case_sensitive:
        return name
    return next((column for column in names if column.lower() == name.lower()), name)


def _is_too_long(width: int, cutting: Mapping[str, str]) -> str:
    """Rows with more values than columns. Spark flags rows with fewer ones too; those only lack values."""
    ddl = ", ".join(f"_{index} STRING" for index in range(width + 1))
    options = options_map({"sep": ",", **{key: value for key, value in cutting.items() if key != "multiLine"}})
    return f"{CORRUPT} IS NOT NULL AND from_csv({CORRUPT}, {literal(ddl)}{options})._{width} IS NOT NULL"


def _by_file(
    frame: DataFrame,
    source: FileSource,
    layout: Layout,
    groups: Mapping[Header, list[str]],
    positions: list[str],
    is_long: str,
) -> DataFrame:
    """Files that name their columns differently: each row is read by the header of its own file."""
    columns = tuple(layout.columns.names)
    cases = "".join(
        f"WHEN {is_file(paths)} THEN array({', '.join(literal(_column(name, columns, source)) for name in header)}) "
        for header, paths in groups.items()
    )
    names = f"CASE {cases} ELSE raise_error('a file arrived while the run started; run again') END"
    values = f"array({', '.join(positions)})"
    named = frame.selectExpr(CORRUPT, METADATA, f"{values} AS __values", f"{names} AS __names")
    pairs = "map_from_entries(arrays_zip(__names, slice(__values, 1, size(__names))))"
    keyed = named.selectExpr(CORRUPT, METADATA, "__values", "__names", f"{pairs} AS __fields")
    texts = {name: f"__fields[{literal(name)}]" for name in columns}
    too_long = "exists(slice(__values, size(__names) + 1, size(__values)), v -> v IS NOT NULL)"
    unknown = without_names("__fields", layout.known)
    return _typed(keyed, source, layout, texts, unknown, f"({too_long}) OR ({is_long})")


def _typed(
    frame: DataFrame, source: FileSource, layout: Layout, texts: Mapping[str, str], unknown: str | None, corrupt: str
) -> DataFrame:
    values, mismatched = {}, []
    for field in layout.columns:
        if field.name == source.corrupt_column:
            continue
        text = texts.get(field.name, NOTHING)
        values[field.name] = typed = _value(text, field.dataType, source.passed)
        if typed != text and text != NOTHING:
            mismatched.append((field.name, f"CASE WHEN {typed} IS NULL THEN {text} END"))
    return as_rows(frame, source, layout, Parsed(values, corrupt, CORRUPT, unknown, mismatched))


def _value(text: str, kind: DataType, options: Mapping[str, str]) -> str:
    """A value as Spark's CSV reader takes it; NULL where it would not."""
    name = kind.simpleString()
    if name == "string":
        return text
    if name in WHOLE:
        return f"CASE WHEN {text} RLIKE '^[+-]?[0-9]+$' THEN try_cast({text} AS {name}) END"
    if name == "boolean":
        return f"CASE lower({text}) WHEN 'true' THEN true WHEN 'false' THEN false END"
    if name == "date" and "dateFormat" in options:
        return f"try_to_date({text}, {literal(options['dateFormat'])})"
    if name == "timestamp" and "timestampFormat" in options:
        return f"try_to_timestamp({text}, {literal(options['timestampFormat'])})"
    return f"try_cast({text} AS {type_ddl(kind)})"
