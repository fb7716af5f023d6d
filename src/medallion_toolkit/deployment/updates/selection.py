"""What a new update is asked for, so that what completed does not run again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from medallion_toolkit.graph.project import project_of
from medallion_toolkit.model import DatasetKind

if TYPE_CHECKING:
    from medallion_toolkit.project.bundle import Bundle


def refreshable(names: Sequence[str], kinds: Mapping[str, DatasetKind]) -> tuple[str, ...]:
    """The names that an update may be asked for: tables alone, views come with them; empty means everything.

    A sink cannot be asked for, so it takes the whole pipeline. `kinds` gives what each dataset is, by full name in
    lower case; a table that it does not know is one of a deployment that the project has left behind.
    Source: https://docs.databricks.com/aws/en/error-messages/invalid-refresh-selection-error-class
    """
    known = [kinds.get(name.lower()) for name in names]
    if "sink" in known or any(kind is None and name.count(".") != 2 for name, kind in zip(names, known, strict=True)):
        return ()
    return tuple(name for name in names if kinds.get(name.lower()) not in ("view", "temporary_view"))


def dataset_kinds(bundle: Bundle, pipeline: str) -> dict[str, DatasetKind]:
    """What each dataset of a pipeline is, by its name in lower case, and the sink behind each flow into one."""
    found: dict[str, DatasetKind] = {}
    for node in project_of(bundle).graph.of_pipeline(pipeline).values():
        names = [node.dataset.name, *(flow.name for flow in node.flows if node.dataset.kind == "sink")]
        found |= {name.lower(): node.dataset.kind for name in names}
    return found
