"""Write a run as one HTML file: styles, graph and figures inside, no scripts, nothing loaded from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.engine.store import write_whole
from medallion_toolkit.report.drawing import (
    NODE_HEIGHT,
    NODE_WIDTH,
    TREND_HEIGHT,
    TREND_WIDTH,
    Box,
    Trend,
    Vertex,
    draw,
    draw_trend,
)
from medallion_toolkit.report.model import (
    DatasetFigures,
    ExpectationResult,
    Outcome,
    QuarantineReason,
    RunReport,
    TableQuality,
)

MARKS: dict[Outcome, str] = {"ok": "✓", "unchanged": "=", "failed": "✕", "skipped": "–"}
KIND_WORDS = {
    "streaming_table": "streaming table",
    "materialized_view": "materialized view",
    "temporary_view": "temporary view",
}
LONGEST_LABEL = 23


@dataclass(frozen=True)
class Tile:
    """A figure at the top of the page."""

    figure: str
    label: str
    note: str
    is_bad: bool = False


def write_report(run: RunReport, path: Path) -> None:
    """Write the report of a run to `path`; its folder is made when missing."""
    write_whole(path, render_report(run))


def render_report(run: RunReport) -> str:
    """The report as HTML text; everything that comes from the run is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("medallion_toolkit.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"count": _count, "seconds": _seconds, "share": _share, "anchor": _anchor, "kind": _kind}
    template = environment.get_template("report.html.j2")
    return template.render(
        run=run,
        marks=MARKS,
        tiles=_tiles(run),
        drawing=draw(_vertices(run)),
        figures={dataset.name: dataset for dataset in run.datasets},
        label=_label,
        score_trend=_score_trend,
        share_trend=_share_trend,
        trend_size={"width": TREND_WIDTH, "height": TREND_HEIGHT},
        node_line=_node_line,
        size={"width": NODE_WIDTH, "height": NODE_HEIGHT},
        layers=_by_layer(run),
        expectations=_worst_first(run.expectations),
        quarantine=_most_rows_first(run.quarantine),
        timeline=sorted((d for d in run.datasets if d.seconds > 0), key=lambda d: (d.offset, -d.seconds)),
        length=max([run.seconds, *(d.offset + d.seconds for d in run.datasets), 0.001]),
    )


def _score_trend(table: TableQuality) -> Trend:
    """The scores of a table, from the ten below the lowest up to 100."""
    scores = [point.score for point in table.points]
    return draw_trend(scores, min(90, min(scores) // 10 * 10), 100)


def _share_trend(table: TableQuality) -> Trend | None:
    """The failing shares of a table, from none up to the greatest, one percent at least."""
    shares = [point.failed_share for point in table.points if point.failed_share is not None]
    return draw_trend(shares, 0, max(0.01, *shares)) if shares else None


def _vertices(run: RunReport) -> list[Vertex]:
    by_name = {dataset.name: dataset for dataset in run.datasets}
    return [
        Vertex(dataset.name, dataset.layer, _drawn_inputs(dataset, by_name))
        for dataset in run.datasets
        if dataset.is_drawn
    ]


def _drawn_inputs(dataset: DatasetFigures, by_name: Mapping[str, DatasetFigures]) -> tuple[str, ...]:
    """What a dataset reads, with temporary views replaced by what they read."""
    found: dict[str, None] = {}
    waiting = list(reversed(dataset.inputs))
    seen: set[str] = set()
    while waiting:
        source = by_name.get(waiting.pop())
        if source is None or source.name in seen:
            continue
        seen.add(source.name)
        if source.is_drawn:
            found[source.name] = None
        else:
            waiting += reversed(source.inputs)
    found.pop(dataset.name, None)
    return tuple(found)


def _tiles(run: RunReport) -> list[Tile]:
    return [_dataset_tile(run), _row_tile(run), _expectation_tile(run), _gate_tile(run)]


def _dataset_tile(run: RunReport) -> Tile:
    good = run.count("ok") + run.count("unchanged")
    words = [f"{run.count(outcome)} {outcome}" for outcome in MARKS if run.count(outcome)]
    return Tile(f"{good} of {len(run.datasets)}", "datasets up to date", ", ".join(words), good < len(run.datasets))


def _row_tile(run: RunReport) -> Tile:
    judged = run.judged
    if not judged:
        return Tile("–", "rows judged", "no contract judged a row in this run")
    rows_in = sum(dataset.rows_in or 0 for dataset in judged)
    quarantined = sum(dataset.quarantined or 0 for dataset in judged)
    lost = [dataset.name for dataset in judged if not dataset.adds_up]
    if lost:
        return Tile("does not add up", "rows judged", ", ".join(lost), is_bad=True)
    dropped = sum(dataset.dropped or 0 for dataset in judged)
    note = f"of {rows_in:,} judged ({_share(quarantined / rows_in if rows_in else 0)})"
    return Tile(f"{quarantined:,}", "rows quarantined", note + (f", {dropped:,} dropped" if dropped else ""))


def _expectation_tile(run: RunReport) -> Tile:
    broken = sum(result.failed > 0 for result in run.expectations)
    return Tile(
        f"{len(run.expectations) - broken} of {len(run.expectations)}",
        "expectations held by every row",
        f"{broken} failed by some rows" if broken else "none failed",
    )


def _gate_tile(run: RunReport) -> Tile:
    missed = sum(not check.ok for check in run.gates)
    note = f"{missed} missed" if missed else ("all passed" if run.gates else "no gate ran")
    return Tile(f"{len(run.gates) - missed} of {len(run.gates)}", "gate checks passed", note, missed > 0)


def _by_layer(run: RunReport) -> dict[str, list[DatasetFigures]]:
    layers: dict[str, list[DatasetFigures]] = {}
    for dataset in run.datasets:
        layers.setdefault(dataset.layer, []).append(dataset)
    return layers


def _worst_first(results: tuple[ExpectationResult, ...]) -> list[ExpectationResult]:
    return sorted(results, key=lambda result: (-result.failed_share, result.dataset, result.name))


def _most_rows_first(reasons: tuple[QuarantineReason, ...]) -> dict[str, list[QuarantineReason]]:
    datasets: dict[str, list[QuarantineReason]] = {}
    for reason in sorted(reasons, key=lambda reason: -reason.rows):
        datasets.setdefault(reason.dataset, []).append(reason)
    return datasets


def _label(box: Box) -> str:
    name = box.name.removeprefix(f"{box.layer}.")
    return name if len(name) <= LONGEST_LABEL else name[: LONGEST_LABEL - 1] + "…"


def _node_line(dataset: DatasetFigures) -> str:
    """The second line in a box of the graph."""
    if dataset.outcome in ("failed", "skipped", "unchanged"):
        return dataset.outcome
    rows = f"{dataset.written:,} written" if dataset.written is not None else _kind(dataset.kind)
    return f"{rows} · {_seconds(dataset.seconds)}" if dataset.seconds else rows


def _count(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def _seconds(seconds: float) -> str:
    if seconds >= 60:
        return f"{int(seconds // 60)} min {seconds % 60:.0f} s"
    return f"{seconds:.1f} s"


def _share(share: float) -> str:
    if 0 < share < 0.001:
        return "< 0.1 %"
    return f"{share * 100:.1f} %"


def _anchor(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z_.-]", lambda match: f"-{ord(match.group()):x}-", text)


def _kind(kind: str) -> str:
    return KIND_WORDS.get(kind, kind.replace("_", " "))
