"""What the workspace refuses of a dataset's declaration: clauses, column properties and keys that do not fit its kind.

Sources: ldp-sql-ref-create-streaming-table, -create-materialized-view, -create-view, -create-temporary-view and
ldp/limitations (platform.md §2.1 to 2.3).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from medallion_toolkit.errors import MedallionError, PipelineError, SqlError
from medallion_toolkit.graph.expectation_rules import changing, past_the_row
from medallion_toolkit.graph.names import split_name
from medallion_toolkit.model import Column, Dataset, DatasetKind, Flow, SqlQuery
from medallion_toolkit.project.pipelines import WITHOUT_CATALOG

VIEWS = ("view", "temporary_view")
TABLE_CLAUSES = ("partitioned_by", "cluster_by", "row_filter", "using", "primary_key", "foreign_key")
KIND_WORDS: Mapping[DatasetKind, str] = {
    "streaming_table": "a streaming table",
    "materialized_view": "a materialized view",
    "view": "a published view",
    "temporary_view": "a temporary view",
    "sink": "a sink",
}
# Clause, why no dataset of a Unity Catalog pipeline has it.
REFUSED_CLAUSES = {
    "check": ("CHECK", "pipelines have expectations: CONSTRAINT name EXPECT (condition) ON VIOLATION FAIL UPDATE"),
    "location": ("LOCATION", "tables of Unity Catalog have no path of their own"),
    "schedule": ("SCHEDULE", "it belongs to tables outside of pipelines; a pipeline is started by its job"),
    "trigger": ("TRIGGER ON UPDATE", "it belongs to tables outside of pipelines; a pipeline is started by its job"),
    "options": ("OPTIONS", "give them in TBLPROPERTIES"),
    "metrics": ("WITH METRICS", "a job makes metric views: CREATE VIEW … WITH METRICS in a SQL task"),
}
FORMATS: Mapping[DatasetKind, tuple[str, ...]] = {
    "streaming_table": ("delta",),
    "materialized_view": ("delta", "iceberg"),
}
MOST_CLUSTER_COLUMNS = 4


def declaration_problems(dataset: Dataset, flows: Sequence[Flow]) -> list[MedallionError]:
    """What the workspace would refuse before it runs anything: MED208, MED216, MED217, MED218 and MED228."""
    if dataset.kind == "sink":
        return []
    found = [*_clauses(dataset), *_columns(dataset, flows), *_keys(dataset), *_layout(dataset)]
    return [*found, *_streams(dataset, flows)]


def _clauses(dataset: Dataset) -> Iterator[MedallionError]:
    has_path = dataset.name.startswith(f"{WITHOUT_CATALOG}.")
    for clause, (words, help_text) in REFUSED_CLAUSES.items():
        if clause in dataset.clauses and not (clause == "location" and has_path):
            yield _refused(dataset, words, help_text)
    if dataset.kind in VIEWS:
        for clause in TABLE_CLAUSES:
            if clause in dataset.clauses:
                yield _refused(dataset, clause.replace("_", " ").upper(), "a view stores nothing; only tables have it")
    if dataset.kind != "materialized_view" and "refresh_policy" in dataset.clauses:
        yield _refused(dataset, "REFRESH POLICY", "only materialized views have one")
    formats, used = FORMATS.get(dataset.kind, ()), dataset.clauses.get("using", "").lower()
    if used and formats and used not in formats:
        yield _refused(dataset, f"USING {used.upper()}", f"tables of pipelines are {' or '.join(formats)}")


def _columns(dataset: Dataset, flows: Sequence[Flow]) -> Iterator[MedallionError]:
    seen: set[str] = set()
    for column in dataset.columns:
        if column.name.lower() in seen:
            yield SqlError("MED218", f"the column {column.name} stands twice in {dataset.name}", place=dataset.place)
        seen.add(column.name.lower())
        yield from _properties(dataset, column, any(flow.cdc is not None for flow in flows))


def _properties(dataset: Dataset, column: Column, is_cdc: bool) -> Iterator[MedallionError]:
    is_identity = is_numbered(column)
    if dataset.kind in VIEWS and column.type:
        yield _refused(dataset, f"a type of the column {column.name}", "a view has the types of its query; CAST there")
    elif dataset.kind in VIEWS and (column.not_null or column.mask or column.generated or column.default):
        yield _refused(dataset, f"a property of the column {column.name}", "columns of views have a name and a COMMENT")
    elif dataset.kind == "materialized_view" and column.default:
        yield _refused(dataset, f"DEFAULT of the column {column.name}", "write COALESCE in the query")
    elif is_identity and is_cdc:
        yield _refused(dataset, f"IDENTITY of the column {column.name}", "targets of AUTO CDC have no identity columns")
    elif is_identity and (column.type or "").upper() != "BIGINT":
        yield _refused(dataset, f"IDENTITY of the column {column.name}", "identity columns are BIGINT")
    elif column.generated is not None and not is_identity:
        unfit = past_the_row(column.generated) or changing(column.generated)
        if unfit:
            yield _refused(dataset, f"{unfit} in the generated column {column.name}", "it may only use its own row")


def _keys(dataset: Dataset) -> Iterator[MedallionError]:
    key = dataset.clauses.get("primary_key")
    if key is None or dataset.kind in VIEWS:
        return
    not_null = {column.name.lower() for column in dataset.columns if column.not_null}
    for name in column_names(key):
        if name not in not_null:
            yield SqlError(
                "MED228",
                f"the primary key column {name} of {dataset.name} is not declared NOT NULL",
                place=dataset.place,
                expected=f"{name} … NOT NULL in the column list",
                help="the workspace refuses a primary key whose columns are nullable",
            )


def _layout(dataset: Dataset) -> Iterator[MedallionError]:
    clustered = dataset.clauses.get("cluster_by")
    if clustered is None:
        return
    if "partitioned_by" in dataset.clauses:
        yield PipelineError(
            "MED208", f"{dataset.name} has partitions and clustering, which exclude each other", place=dataset.place
        )
    names = () if clustered in ("AUTO", "NONE") else column_names(clustered)
    if len(names) > MOST_CLUSTER_COLUMNS:
        yield _refused(dataset, f"CLUSTER BY with {len(names)} columns", f"{MOST_CLUSTER_COLUMNS} are allowed")


def _streams(dataset: Dataset, flows: Sequence[Flow]) -> Iterator[MedallionError]:
    if dataset.kind != "view":
        return
    for flow in flows:
        relations = flow.query.relations if isinstance(flow.query, SqlQuery) else ()
        if any(relation.mode == "stream" for relation in relations):
            yield PipelineError(
                "MED217",
                f"the published view {dataset.name} reads a stream",
                place=dataset.place,
                help="leave out STREAM, or make it a streaming table or a temporary view",
            )


def is_numbered(column: Column) -> bool:
    """Whether the workspace numbers the column: GENERATED … AS IDENTITY."""
    return column.generated is not None and "IDENTITY" in column.generated.upper().split("(")[0].split()


def column_names(text: str) -> tuple[str, ...]:
    """Names of a column list such as `a, b.c, d TIMESERIES`, in lower case."""
    return tuple(".".join(split_name(part.split()[0])) for part in text.split(",") if part.strip())


def _refused(dataset: Dataset, what: str, help_text: str) -> SqlError:
    message = f"pipelines do not accept {what} on {KIND_WORDS[dataset.kind]}"
    return SqlError("MED216", message, place=dataset.place, help=help_text)
