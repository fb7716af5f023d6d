"""The statements of a treatment, known before they are run: they are shown and recorded first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from medallion_toolkit.deployment.grants import permission_statements
from medallion_toolkit.deployment.healing.adding import KnownTable, additions_of, makers_of, sinks_of
from medallion_toolkit.deployment.healing.treatments import Treatment
from medallion_toolkit.deployment.updates.deployed import DeployedPipeline
from medallion_toolkit.deployment.updates.progress import UpdateProgress
from medallion_toolkit.deployment.workspace import SignedIn, asked
from medallion_toolkit.engine.files.rescue import quoted
from medallion_toolkit.graph.project import project_of


def with_statements(
    treatment: Treatment, progress: UpdateProgress, signed_in: SignedIn, pipeline: DeployedPipeline, root: Path
) -> Treatment:
    """The treatment with what it runs; with nothing to do and the reason where that is not certain to be safe."""
    if treatment.does == "grant":
        return replace(treatment, statements=permission_statements(root, signed_in.bundle.target))
    if treatment.does == "add schema":
        return _with_schemas(treatment, signed_in, pipeline, root)
    if treatment.does == "add column":
        return _with_columns(treatment, progress, signed_in, pipeline)
    return treatment


def _with_columns(
    treatment: Treatment, progress: UpdateProgress, signed_in: SignedIn, pipeline: DeployedPipeline
) -> Treatment:
    project = project_of(signed_in.bundle)
    found = additions_of(
        progress, sinks_of(project, pipeline.key), makers_of(project), lambda name: _table(signed_in, name)
    )
    unsure = [": ".join(filter(None, (one.unsure, one.statement))) for one in found if one.unsure]
    if unsure:
        return Treatment(None, f"{treatment.why}; a person decides: {'; '.join(unsure)}")
    return replace(treatment, statements=tuple(one.statement for one in found if one.statement))


def _with_schemas(treatment: Treatment, signed_in: SignedIn, pipeline: DeployedPipeline, root: Path) -> Treatment:
    """Schemas of the bundle that are not there; after a completed update one was dropped, with tables in it."""
    missing = tuple(_missing_schemas(signed_in))
    if not missing:
        return Treatment(None, f"{treatment.why}; it is not one of the bundle's schemas, which are all there")
    if _has_completed(signed_in, pipeline):
        undropped = ", ".join(f"UNDROP SCHEMA {name}" for name in missing)
        return Treatment(None, f"{treatment.why}; it was there with tables in it, a person decides: {undropped}")
    made = tuple(f"CREATE SCHEMA IF NOT EXISTS {name}" for name in missing)
    return replace(treatment, statements=(*made, *permission_statements(root, signed_in.bundle.target)))


def _missing_schemas(signed_in: SignedIn) -> Iterator[str]:
    from databricks.sdk.errors import NotFound

    for name in signed_in.bundle.schemas.values():
        with asked(f"say whether the schema {name} is there"):
            try:
                signed_in.client.schemas.get(name)
            except NotFound:
                yield ".".join(quoted(part) for part in name.split("."))


def _has_completed(signed_in: SignedIn, pipeline: DeployedPipeline) -> bool:
    with asked(f"tell the updates of {pipeline.name}"):
        newest = signed_in.client.pipelines.list_updates(pipeline.id, max_results=100)
    has_more = bool(newest.next_page_token)
    return has_more or any(one.state and one.state.value == "COMPLETED" for one in newest.updates or ())


def _table(signed_in: SignedIn, name: str) -> KnownTable | None:
    from databricks.sdk.errors import NotFound

    with asked(f"describe the table {name}"):
        try:
            table = signed_in.client.tables.get(name)
        except NotFound:
            return None
    return KnownTable(
        kind=table.table_type.value if table.table_type else "",
        format=table.data_source_format.value if table.data_source_format else "",
        columns=frozenset((column.name or "").lower() for column in table.columns or ()),
        pipeline=table.pipeline_id,
    )
