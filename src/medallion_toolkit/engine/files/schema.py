"""The columns of a file source: stated, or inferred once, kept, and grown as its evolution mode allows.

Source: `ingestion/cloud-object-storage/auto-loader/schema`. The workspace stops a stream at a new column
(UNKNOWN_FIELD_EXCEPTION) and goes on with it after a restart; here both are one run, told by a note.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.engine.files.ddl import parse_ddl
from medallion_toolkit.engine.files.evolution import Growth, grown
from medallion_toolkit.engine.files.hints import hinted
from medallion_toolkit.engine.files.inference import inferred
from medallion_toolkit.engine.files.listing import seen_paths
from medallion_toolkit.engine.files.options import FileSource
from medallion_toolkit.engine.files.partitions import chosen, partition_types
from medallion_toolkit.engine.files.state import SourceState, read_state, write_state
from medallion_toolkit.engine.notes import note
from medallion_toolkit.errors import PipelineError, Place, RunError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from pyspark.sql.types import StructType

FIXED = {
    "text": "value STRING",
    "binaryFile": "path STRING, modificationTime TIMESTAMP, length BIGINT, content BINARY",
}
TYPED = ("parquet", "avro", "orc")


@dataclass(frozen=True)
class Layout:
    """What a source gives: columns from its files, then columns from its folders.

    `stored` are the columns of typed files as they are stored, `before` files that are left out, `paths` all files.
    """

    columns: StructType
    partitions: Mapping[str, str]
    paths: tuple[str, ...]
    stored: StructType | None = None
    before: frozenset[str] = frozenset()

    @property
    def known(self) -> tuple[str, ...]:
        """Names that are no surprise in a file."""
        return (*self.columns.names, *self.partitions)


def source_layout(spark: SparkSession, source: FileSource, is_stream: bool, kept: Path) -> Layout:
    """The source's columns now; `kept` is the file that remembers an inferred schema."""
    paths = tuple(seen_paths(source))
    known = read_state(kept)
    options = repr(replace(source, place=Place(""), evolution="none"))
    state = replace(known if is_stream else _as_batch(known, paths, options), options=options)
    if not source.include_existing and is_stream and state.before is None:
        state = replace(state, before=frozenset(paths))
    partitions = state.partitions if state.schema or state.seen else partition_types(source, paths)
    state = replace(state, partitions=partitions)
    if source.schema is not None or source.format in FIXED:
        columns, state = _stated(spark, source, is_stream, state, paths)
        partitions = _stated_partitions(columns, partitions) if source.schema is not None else partitions
    else:
        columns, state = _inferred(spark, source, is_stream, state, paths)
    if state != known:
        write_state(kept, state)
    stored = _struct(state.stored)
    data = _without(columns, partitions)
    return Layout(data, _cased(columns, partitions), paths, stored, state.before or frozenset())


def _as_batch(state: SourceState, paths: tuple[str, ...], options: str) -> SourceState:
    """A batch read infers over all files; what is kept serves only while files and options are the same."""
    return state if state.seen == frozenset(paths) and state.options == options else SourceState()


def _stated(
    spark: SparkSession, source: FileSource, is_stream: bool, state: SourceState, paths: tuple[str, ...]
) -> tuple[StructType, SourceState]:
    columns = parse_ddl(source.schema or FIXED[source.format])
    if source.format in FIXED:
        return columns, _settled(state, paths)
    if source.format not in TYPED and not (is_stream and source.evolution == "failonnewcolumns"):
        return columns, _settled(state, paths) if state.partitions else state
    fresh = [path for path in paths if path not in state.seen]
    found = inferred(spark, source, fresh, is_all=len(fresh) == len(paths))
    if found is not None and source.evolution == "failonnewcolumns" and is_stream:
        _refuse_new(source, grown(columns, _without(found, state.partitions), False))
    return columns, replace(state, stored=_stored(source, state, found), seen=frozenset(paths))


def _settled(state: SourceState, paths: tuple[str, ...]) -> SourceState:
    """The state whose partition columns stay as they are, once there was a file."""
    return replace(state, seen=state.seen | {""}) if paths else state


def _inferred(
    spark: SparkSession, source: FileSource, is_stream: bool, state: SourceState, paths: tuple[str, ...]
) -> tuple[StructType, SourceState]:
    _require_inference(source, is_stream)
    known = _struct(state.schema)
    fresh = [path for path in paths if path not in state.seen]
    is_settled = known is not None and source.evolution in ("rescue", "none") and source.format not in TYPED
    found = None if is_settled else inferred(spark, source, fresh, is_all=len(fresh) == len(paths))
    stored = _stored(source, state, found)
    if found is not None and source.hints:
        found = _hinted(found, source)
    if known is None:
        columns = _first(source, found)
    else:
        columns = _next(source, known if not source.hints else _hinted(known, source), found)
    return columns, replace(state, schema=columns.jsonValue(), stored=stored, seen=state.seen | frozenset(paths))


def _require_inference(source: FileSource, is_stream: bool) -> None:
    if is_stream and (source.is_plain or source.format == "orc"):
        what = "Spark's own stream of files" if source.is_plain else "a stream of ORC files"
        raise PipelineError(
            "MED274",
            f"{what} needs a stated schema",
            place=source.place,
            help="the workspace infers none here; state the schema, or use cloudFiles" if source.is_plain else None,
        )


def _first(source: FileSource, found: StructType | None) -> StructType:
    if found is None:
        raise RunError(
            "MED404",
            f"no schema can be inferred: {source.folder} holds no data",
            place=source.place,
            help="the workspace stops with CF_EMPTY_DIR_FOR_SCHEMA_INFERENCE; state schema => '…' or deliver a file",
        )
    return found


def _next(source: FileSource, known: StructType, found: StructType | None) -> StructType:
    """The known schema after new files."""
    if found is None or source.evolution in ("rescue", "none"):
        return known
    growth = grown(known, found, widens=source.evolution == "addnewcolumnswithtypewidening")
    if source.evolution == "failonnewcolumns":
        _refuse_new(source, growth)
    changes = [f"new columns {', '.join(growth.added)}"] if growth.added else []
    changes += [f"wider types {', '.join(growth.widened)}"] if growth.widened else []
    if changes:
        note(
            f"new files in {source.folder.name} brought {' and '.join(changes)}: the workspace stops this update with "
            "UNKNOWN_FIELD_EXCEPTION and restarts it, here it is one run"
        )
    return growth.schema


def _refuse_new(source: FileSource, growth: Growth) -> None:
    if growth.added:
        raise RunError(
            "MED417",
            f"new files in {source.folder.name} brought columns the schema does not have: {', '.join(growth.added)}",
            place=source.place,
            help="schemaEvolutionMode failOnNewColumns stops here until the schema or schemaHints names them, "
            "or the file is taken away",
        )


def _stored(source: FileSource, state: SourceState, found: StructType | None) -> Mapping[str, object] | None:
    """The widest columns of typed files so far."""
    old = _struct(state.stored)
    if source.format not in TYPED or found is None:
        return state.stored
    new: Mapping[str, object] = (found if old is None else grown(old, found, widens=True).schema).jsonValue()
    return new


def _hinted(schema: StructType, source: FileSource) -> StructType:
    try:
        return hinted(schema, source.hints or "")
    except Exception as error:
        raise PipelineError(
            "MED274",
            "the schemaHints cannot be read",
            place=source.place,
            found=source.hints,
            expected="name TYPE, outer.inner TYPE",
        ) from error


def _stated_partitions(columns: StructType, partitions: Mapping[str, str]) -> Mapping[str, str]:
    return chosen(partitions, {field.name.lower(): field.dataType.simpleString() for field in columns})


def _cased(columns: StructType, partitions: Mapping[str, str]) -> Mapping[str, str]:
    """Types of partition columns as hints or the stated schema have them, where they do."""
    stated = {field.name.lower(): field.dataType.simpleString() for field in columns}
    return {name: stated.get(name.lower(), kind) for name, kind in partitions.items()}


def _without(schema: StructType, partitions: Mapping[str, str]) -> StructType:
    """The columns that come from the files: a folder's value wins over the file's."""
    from pyspark.sql.types import StructType

    names = {name.lower() for name in partitions}
    return StructType([field for field in schema if field.name.lower() not in names])


def _struct(document: Mapping[str, object] | None) -> StructType | None:
    from pyspark.sql.types import StructType

    return StructType.fromJson(dict(document)) if document is not None else None
