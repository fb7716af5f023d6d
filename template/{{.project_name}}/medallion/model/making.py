"""How the tables of a contract are made: out of what, as which kind, and where rows go that fail a rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mode = Literal["split", "flag", "tag"]
TableKind = Literal["streaming_table", "materialized_view"]


@dataclass(frozen=True)
class Making:
    """`mode` says where failing rows go; without `stores_verdict` it is made twice, by the two readers of a view.

    `further_sources` feed the table beside the contract's first one, `backfill` is a batch view that feeds it once.
    """

    mode: Mode = "split"
    stores_verdict: bool = True
    kind: TableKind = "streaming_table"
    further_sources: tuple[str, ...] = ()
    backfill: str | None = None


DEFAULT_MAKING = Making()
