"""What the gates of a run found wrong, as `dq_table_checks` keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from medallion_toolkit.deployment.status.refused_rows import RefusedRows
from medallion_toolkit.engine.check_records import CHECKS_LAYER, CHECKS_TABLE

GATE = "gate_"


@dataclass(frozen=True)
class MissedCheck:
    """A check that stopped the job (`missed`) or is only told (`warning`); `place` is where its limit stands.

    `table` is the dataset with its layer, `update` for what is asked of the pipeline's update itself.
    """

    table: str
    check: str
    verdict: str
    observed: str
    limit: str
    place: str | None = None
    rows: RefusedRows | None = None

    @property
    def ok(self) -> bool:
        """Whether it stopped nothing."""
        return self.verdict != "missed"


def gated_layers(tasks: Sequence[str], gates: Sequence[str]) -> tuple[str, ...]:
    """The layers whose gates are among the tasks, in the order of the tasks."""
    return tuple(task.removeprefix(GATE) for task in tasks if task in gates)


def checks_query(layers: Sequence[str], since: int | None) -> str:
    """The newest verdicts of these layers' gates that are not good; `since` in milliseconds leaves out older runs."""
    names = ", ".join(f"'{layer}'" for layer in layers)
    later = f" AND judged_at >= timestamp_millis({since})" if since is not None else ""
    return f"""\
SELECT layer, dataset, check_name, verdict, observed, limit_value
FROM (
    SELECT *, max(judged_at) OVER (PARTITION BY layer) AS newest
    FROM [[{CHECKS_LAYER}.{CHECKS_TABLE}]]
    WHERE layer IN ({names}){later}
)
WHERE judged_at = newest AND verdict IN ('missed', 'warning')
ORDER BY verdict, dataset, check_name"""


def read_check(row: Mapping[str, object]) -> MissedCheck:
    """A row of `checks_query`; the gate of a layer names that layer's tables without it."""
    dataset = str(row["dataset"])
    is_whole = "." in dataset or dataset == "update"
    return MissedCheck(
        dataset if is_whole else f"{row['layer']}.{dataset}",
        str(row["check_name"]),
        str(row["verdict"]),
        str(row["observed"]),
        str(row["limit_value"]),
    )
