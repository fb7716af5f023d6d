"""What pipeline Python files declare, in the form in which SQL files are surveyed, for `medallion parse`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from medallion_toolkit.errors import MedallionError
from medallion_toolkit.model import Cdc, Dataset, Flow, PythonQuery, Relation, Span
from medallion_toolkit.project.bundle import load_bundle
from medallion_toolkit.project.pipelines import Pipeline
from medallion_toolkit.python.recording import record
from medallion_toolkit.sql.statements import QueryText, SqlFile, Statement, StatementKind

NOWHERE = Span(0, 0, 1, 1)
IMPORTS = ("pyspark import pipelines", "pyspark.pipelines", "import dlt", "declare_tables")


def survey_python(paths: Sequence[Path]) -> tuple[SqlFile, ...]:
    """One entry for each Python file among `paths` that declares datasets; nothing of Spark is started."""
    files = [file for path in paths for file in ([path] if path.is_file() else sorted(path.rglob("*.py")))]
    surveyed = (_surveyed(file) for file in files if file.suffix == ".py" and _declares(file))
    return tuple(file for file in surveyed if file.statements)


def _declares(file: Path) -> bool:
    """Whether the file is pipeline code: it names the pipeline API and is no module of a helper package."""
    if any(part.startswith(".") for part in file.parts[:-1]) or (file.parent / "__init__.py").exists():
        return False
    text = file.read_text(encoding="utf-8", errors="replace")
    return any(words in text for words in IMPORTS)


def _surveyed(file: Path) -> SqlFile:
    try:
        pipeline = _pipeline_of(file)
        recording = record(
            [file],
            root_path=pipeline.root_path if pipeline else file.parent,
            configuration=pipeline.configuration if pipeline else {},
            catalog=pipeline.catalog if pipeline else "catalog",
            schema=pipeline.schema if pipeline else "schema",
            pipeline=pipeline.key if pipeline else file.stem,
        )
    except MedallionError as error:
        return SqlFile(str(file), "", (Statement("invalid", NOWHERE, error=error),))
    by_target: dict[str, list[Flow]] = {}
    for flow in recording.flows:
        by_target.setdefault(flow.target, []).append(flow)
    found = [_statement(dataset, by_target.get(dataset.name, [])) for dataset in recording.datasets]
    found += [Statement("invalid", NOWHERE, error=error) for error in recording.errors]
    return SqlFile(str(file), "", tuple(found))


def _pipeline_of(file: Path) -> Pipeline | None:
    """The pipeline of the bundle around the file that runs it."""
    absolute = file.absolute()
    for folder in absolute.parents:
        if (folder / "databricks.yml").is_file():
            pipelines = load_bundle(folder).pipelines
            return next((one for one in pipelines if absolute in one.files), None)
    return None


def _statement(dataset: Dataset, flows: Sequence[Flow]) -> Statement:
    kind: StatementKind = "other" if dataset.kind == "sink" else dataset.kind
    relations = tuple(relation for flow in flows for relation in _relations(flow))
    return Statement(
        kind,
        Span(0, 0, dataset.place.line or 1, dataset.place.column or 1),
        name=dataset.name,
        columns=dataset.columns,
        expectations=dataset.expectations,
        comment=dataset.comment,
        properties=dataset.properties,
        clauses=dataset.clauses,
        private=dataset.private,
        query=QueryText("", NOWHERE, relations),
        cdc=_cdc(flows),
    )


def _relations(flow: Flow) -> Iterator[Relation]:
    if flow.cdc is not None:
        yield Relation(flow.cdc.source, "table", "stream", NOWHERE)
    elif isinstance(flow.query, PythonQuery):
        for name, mode in flow.query.reads or ():
            yield Relation(name, "table", mode, NOWHERE)


def _cdc(flows: Sequence[Flow]) -> Cdc | None:
    return next((flow.cdc for flow in flows if flow.cdc is not None), None)
