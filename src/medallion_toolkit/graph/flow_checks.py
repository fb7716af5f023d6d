"""Which flows may feed which datasets: what the workspace refuses before an update starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from medallion_toolkit.errors import PipelineError
from medallion_toolkit.model import Dataset, Flow

CDC_KINDS = ("auto_cdc", "auto_cdc_from_snapshot")


def flow_errors(targets: Mapping[str, tuple[Dataset, Sequence[Flow]]]) -> Iterator[PipelineError]:
    """What is wrong with the flows of a pipeline, by target; in the order of the files."""
    named: dict[str, Flow] = {}
    for dataset, flows in targets.values():
        yield from _target_errors(dataset, flows)
        own = dataset.name.rsplit(".", 1)[-1]
        for flow in flows:
            name = f"{dataset.name}:{own}" if flow.name in (own, dataset.name) else flow.name.lower()
            if name in named:
                yield _same_name(flow, named[name])
            named.setdefault(name, flow)


def _target_errors(dataset: Dataset, flows: Sequence[Flow]) -> Iterator[PipelineError]:
    if dataset.kind == "sink":
        yield from _sink_errors(dataset, flows)
    elif dataset.kind != "streaming_table" and (len(flows) > 1 or any(flow.kind != "complete" for flow in flows)):
        yield _error(
            f"the flow {flows[-1].name} feeds {dataset.name}, which is a {dataset.kind.replace('_', ' ')}",
            flows[-1],
            "flows feed streaming tables and sinks; make the target a streaming table",
        )
    kinds = {flow.kind in CDC_KINDS for flow in flows}
    if len(kinds) > 1:
        other = next(flow for flow in flows if flow.kind not in CDC_KINDS)
        yield _error(
            f"the flow {other.name} appends to {dataset.name}, which AUTO CDC maintains",
            other,
            "only AUTO CDC flows feed such a table",
        )


def _sink_errors(dataset: Dataset, flows: Sequence[Flow]) -> Iterator[PipelineError]:
    for rule in dataset.expectations:
        yield PipelineError(
            "MED285",
            f"the sink {dataset.name} cannot have the expectation {rule.name}",
            place=rule.place,
            help="put it on the table that the flow into the sink reads",
        )
    for flow in flows:
        if flow.kind != "append":
            yield _error(f"the flow {flow.name} does not append, and a sink takes append flows only", flow)


def _same_name(flow: Flow, other: Flow) -> PipelineError:
    return PipelineError(
        "MED282",
        f"two flows of the pipeline are called {flow.name}",
        place=flow.place,
        help="give one of them another name: a flow's progress is kept under its name",
        notes=(other.place,),
    )


def _error(message: str, flow: Flow, help_text: str | None = None) -> PipelineError:
    return PipelineError("MED284", message, place=flow.place, help=help_text)
