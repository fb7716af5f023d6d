"""From declarations to datasets and flows: full names, kinds decided by reads, functions that can be called."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from medallion_toolkit.errors import MedallionError, PipelineError
from medallion_toolkit.model import Dataset, DatasetKind, Flow, FlowKind, PythonQuery
from medallion_toolkit.python.context import PipelineContext
from medallion_toolkit.python.declarations import (
    DeclaredDataset,
    DeclaredFlow,
    QueryFunction,
    expectations_of,
)
from medallion_toolkit.python.loading import FunctionRunner, LoadedFile, SeenReads

_PART = re.compile(r"`((?:[^`]|``)*)`|([^.`]+)")
_DECORATED = "__medallion__"
_LOCAL_KINDS = ("temporary_view", "sink")


@dataclass(frozen=True)
class Assembly:
    """The model's datasets and flows of all files, and errors met while looking for reads."""

    datasets: tuple[Dataset, ...]
    flows: tuple[Flow, ...]
    errors: tuple[MedallionError, ...]


class Assembler:
    """Completes declarations of one pipeline."""

    def __init__(self, context: PipelineContext, files: Sequence[LoadedFile]) -> None:
        self._context = context
        self._files = files
        self._local = {
            _parts(dataset.name)[-1] for file in files for dataset in file.datasets if dataset.kind in _LOCAL_KINDS
        }
        self._errors: list[MedallionError] = []

    def assemble(self) -> Assembly:
        """Everything, in the order it was declared."""
        datasets: list[Dataset] = []
        flows: list[Flow] = []
        for file in self._files:
            for declared in file.datasets:
                dataset, flow = self._dataset(declared, file.runner)
                datasets.append(dataset)
                flows += [flow] if flow else []
            flows += [self._flow(declared, file.runner) for declared in file.flows]
        return Assembly(tuple(datasets), tuple(flows), tuple(self._errors))

    def _dataset(self, declared: DeclaredDataset, runner: FunctionRunner) -> tuple[Dataset, Flow | None]:
        query, seen = self._query(declared, runner)
        kind = _kind(declared, seen)
        name = self._name(declared.name, is_local=kind in _LOCAL_KINDS)
        dataset = Dataset(
            name=name,
            kind=kind,
            pipeline=self._context.pipeline,
            place=declared.place,
            comment=declared.comment,
            columns=declared.columns,
            expectations=(*declared.expectations, *expectations_of(declared.function)),
            properties=declared.properties,
            clauses=declared.clauses,
            private=declared.private,
            handler=_handler(declared, runner),
            decorators=_decorators(declared.function),
            rendered=_rendered(declared.function),
        )
        if query is None:
            return dataset, None
        predicate = declared.clauses.get("replace_where")
        flow_kind: FlowKind = "append" if kind == "streaming_table" else "complete"
        if predicate is not None:
            flow_kind = "replace_where"
        place, options = declared.place, declared.options
        return dataset, Flow(name, name, flow_kind, place, query, options=options, replace_where=predicate)

    def _flow(self, declared: DeclaredFlow, runner: FunctionRunner) -> Flow:
        target = self._name(declared.target, is_local=_parts(declared.target)[-1] in self._local)
        query, _ = self._query(declared, runner)
        self._errors += _refused_expectations(declared)
        return Flow(
            name=target if declared.name == declared.target else declared.name,
            target=target,
            kind=declared.kind,
            place=declared.place,
            query=query,
            cdc=declared.cdc,
            once=declared.once,
            options=declared.options,
        )

    def _query(
        self, declared: DeclaredDataset | DeclaredFlow, runner: FunctionRunner
    ) -> tuple[PythonQuery | None, SeenReads]:
        function = declared.function
        if function is None or declared.kind == "sink":
            return None, SeenReads((), streams=False)
        if declared.kind == "auto_cdc_from_snapshot":
            return PythonQuery(_snapshots(runner, function), declared.place), SeenReads(None, streams=False)
        seen = runner.reads_of(function)
        self._errors += [seen.error] if seen.error else []
        return PythonQuery(lambda: runner.call(function), declared.place, seen.reads, seen.sources), seen

    def _name(self, text: str, *, is_local: bool) -> str:
        parts = _parts(text)
        if is_local:
            return parts[-1]
        if parts[0] == "live" and len(parts) == 2:
            parts = parts[1:]
        defaults = (self._context.catalog.lower(), self._context.schema.lower())
        return ".".join((*defaults[: max(0, 3 - len(parts))], *parts))


def _snapshots(runner: FunctionRunner, function: QueryFunction) -> QueryFunction:
    """A function that gives the source of snapshots; that one takes the last version."""
    return lambda: lambda latest_version: runner.call(function, latest_version)


def _handler(declared: DeclaredDataset, runner: FunctionRunner) -> Callable[[object, int], object] | None:
    """What a foreach-batch sink calls, run among the modules of its file."""
    function = declared.function
    if declared.kind != "sink" or function is None:
        return None
    return lambda rows, number: runner.call(function, rows, number)


def _decorators(function: QueryFunction | None) -> tuple[str, ...]:
    """The helper package's decorators above a dataset function, top to bottom; it keeps them as they were applied."""
    return tuple(str(use) for use in reversed(getattr(getattr(function, _DECORATED, None), "decorators", ())))


def _rendered(function: QueryFunction | None) -> Callable[[], str] | None:
    found: Callable[[], str] | None = getattr(getattr(function, _DECORATED, None), "rendered", None)
    return found


def _refused_expectations(declared: DeclaredFlow) -> list[MedallionError]:
    return [
        PipelineError(
            "MED285",
            f"the flow {declared.name} cannot have the expectation {rule.name}",
            place=rule.place,
            help=f"put it on the table {declared.target}, for example create_streaming_table(…, expect_all={{…}})",
        )
        for rule in expectations_of(declared.function)[:1]
    ]


def _kind(declared: DeclaredDataset, seen: SeenReads) -> DatasetKind:
    if "replace_where" in declared.clauses:
        return "streaming_table"
    if declared.kind == "table_by_query":
        return "streaming_table" if seen.streams else "materialized_view"
    if declared.kind == "table_unless_batch":
        is_batch = seen.reads is not None and not seen.streams
        return "materialized_view" if is_batch else "streaming_table"
    return declared.kind


def _parts(name: str) -> tuple[str, ...]:
    found = (match.groups() for match in _PART.finditer(name))
    return tuple((quoted.replace("``", "`") if quoted is not None else bare.strip()).lower() for quoted, bare in found)
