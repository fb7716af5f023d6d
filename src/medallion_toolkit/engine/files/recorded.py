"""Sources outside the project, read from recorded rows: `[tool.medallion.local.sources]` of pyproject.toml.

A key is `kind:name` (`kafka:orders`, `jdbc:sales.orders`), the kind alone, or a table's name with or without its
catalog. The value is a folder or file, or a table of `path`, `format` and `schema`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.engine.files.ddl import ddl
from medallion_toolkit.engine.files.formats import SUFFIXES, detected_format
from medallion_toolkit.engine.files.messages import MESSAGES, check_message_options, message_names, message_rows
from medallion_toolkit.engine.files.options import FileSource, read_options
from medallion_toolkit.engine.files.reading import read_source
from medallion_toolkit.engine.files.rescue import METADATA
from medallion_toolkit.engine.files.schema import source_layout
from medallion_toolkit.engine.inputs import note_folder
from medallion_toolkit.errors import Place, UnsupportedError
from medallion_toolkit.project.local_settings import RecordedSource, recorded_table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Sources = Mapping[str, RecordedSource]
# Options by which readers of other systems name what they read.
NAMING = ("dbtable", "table", "query", "collection", "path", "object", "soql", "url")


def outside(
    kind: str, options: Mapping[str, str], sources: Sources, place: Place
) -> tuple[tuple[str, RecordedSource], ...]:
    """What a read of another system means here, by name; found without Spark.

    UnsupportedError for what is not recorded, with the lines that pyproject.toml needs.
    """
    if kind in MESSAGES:
        return _message_sources(kind, options, sources, place)
    given = {key.lower(): value for key, value in options.items()}
    keys = [f"{kind}:{given[option]}" for option in NAMING if option in given] + [kind]
    source = next((sources[key] for key in keys if key in sources), None)
    if source is None:
        raise not_recorded(keys, sources, place)
    return ((keys[0], source),)


def _message_sources(
    kind: str, options: Mapping[str, str], sources: Sources, place: Place
) -> tuple[tuple[str, RecordedSource], ...]:
    check_message_options(kind, options, place)
    prefix = f"{kind}:"
    recorded = [key.removeprefix(prefix) for key in sources if key.startswith(prefix)]
    names = message_names(kind, options, recorded, place)
    missing = [f"{prefix}{name}" for name in names if f"{prefix}{name}" not in sources and kind not in sources]
    if missing or not names:
        raise not_recorded(missing or [f"{prefix}TOPIC"], sources, place)
    return tuple((name, sources.get(f"{prefix}{name}") or sources[kind]) for name in names)


def read_outside(
    spark: SparkSession,
    sources: Sources,
    kind: str,
    options: Mapping[str, str],
    is_stream: bool,
    place: Place,
    kept: Path,
) -> DataFrame:
    """Recorded rows of Kafka and its like, of JDBC, of a connector or of a data source of your own."""
    found = outside(kind, options, sources, place)
    if kind not in MESSAGES:
        return read_recorded(spark, found[0][1], is_stream, place, kept)
    has_headers = any(key.lower() == "includeheaders" and value.lower() == "true" for key, value in options.items())
    frames = []
    for name, source in found:
        files = _only_file(read_options(_folder(source), {"format": "text"}, place, infer_types=True))
        frames.append(message_rows(spark, kind, name, files, is_stream, has_headers))
    return reduce(lambda one, other: one.unionByName(other), frames)


def read_table_rows(
    spark: SparkSession,
    sources: Sources,
    name: str,
    is_stream: bool,
    options: Mapping[str, str],
    place: Place,
    kept: Path,
) -> DataFrame | None:
    """Recorded rows of a table outside the project; None when there are none."""
    source = recorded_table(sources, name)
    if source is None:
        return None
    wanting = [option for option in options if option not in ("skipChangeCommits", "maxFilesPerTrigger")]
    if wanting:
        raise UnsupportedError(
            "MED402",
            f"recorded rows have no versions and no changes: {', '.join(wanting)}",
            place=place,
            help=f"the rows of {name} are files here; read them without this option",
        )
    return read_recorded(spark, source, is_stream, place, kept)


def read_recorded(spark: SparkSession, source: RecordedSource, is_stream: bool, place: Place, kept: Path) -> DataFrame:
    """The rows in a recorded source's files, in the columns they state or show."""
    folder = _folder(source)
    options = {"format": source.format or _format_of(folder, place), "rescuedDataColumn": ""}
    options |= {"schema": source.schema} if source.schema else {}
    files = _only_file(read_options(folder, {**options, **_with_header(options)}, place, infer_types=True))
    if files.schema is None and is_stream:
        columns = source_layout(spark, files, False, kept).columns
        files = replace(files, schema=ddl(columns), evolution="none")
    return read_source(spark, files, is_stream, kept).drop(METADATA)


def _with_header(options: Mapping[str, str]) -> dict[str, str]:
    return {"header": "true"} if options["format"] == "csv" else {}


def _folder(source: RecordedSource) -> Path:
    note_folder(source.path)
    return source.path


def _only_file(source: FileSource) -> FileSource:
    """A stream reads folders: one file is its folder with a pattern."""
    if not source.folder.is_file():
        return source
    return replace(source, folder=source.folder.parent, glob=source.folder.name, is_recursive=False)


def _format_of(folder: Path, place: Place) -> str:
    found = detected_format(folder)
    if found is None:
        raise UnsupportedError(
            "MED418",
            f"the format of the recorded rows in {folder} is not clear from their names",
            place=place,
            expected=f"files of one kind: {', '.join(SUFFIXES)}",
            help='say it: {path = "…", format = "json"}',
        )
    return found


def not_recorded(keys: Iterable[str], sources: Sources, place: Place) -> UnsupportedError:
    """The error for a source without recorded rows, with the lines that pyproject.toml needs."""
    key = next(iter(keys))
    folder = key.replace(":", "/").replace("*", "all")
    return UnsupportedError(
        "MED418",
        f"{key} lies outside the project and has no recorded rows here",
        place=place,
        found=key,
        expected=f"one of {', '.join(sources)}" if sources else None,
        help="record some as files and add to pyproject.toml: "
        f'[tool.medallion.local.sources] "{key}" = "fixtures/{folder}"',
    )
