"""MED626: a history in the order of arrival."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medallion_toolkit.lint.contract import contract_place
from medallion_toolkit.lint.findings import Example, Found, LintRule
from medallion_toolkit.lint.project import LintProject

_ARRIVAL = re.compile(r"\b(_?ingest(ion|ed)?_?\w*|_?loaded_at|_?arrived_at|current_timestamp|now)\b", re.IGNORECASE)
_WHY = "a file that comes late or twice would overwrite newer rows; take the time or number the source gives"


def check(project: LintProject) -> Iterator[Found]:
    for node in project.by_hand:
        for flow in node.flows:
            if flow.cdc is not None and flow.kind == "auto_cdc" and _ARRIVAL.search(flow.cdc.sequence_by):
                yield Found(flow.place, f"{project.project.shown(node.name)} orders its events by arrival", _WHY)
    for contract in project.contracts.values():
        first = contract.history.sequence_by[:1] if contract.history else ()
        if first and _ARRIVAL.search(first[0]):
            column = next((one for one in contract.columns if one.name == first[0]), None)
            place = contract_place(contract, column.position if column else contract.position)
            yield Found(place, f"{contract.layer}.{contract.name} orders its events by arrival", _WHY)


def _feed(sequence: str) -> Example:
    text = f"""CREATE OR REFRESH STREAMING TABLE ${{silver}}.latest;
CREATE FLOW latest_orders AS AUTO CDC INTO ${{silver}}.latest
FROM STREAM(${{bronze}}.orders) KEYS (order_id) SEQUENCE BY {sequence} STORED AS SCD TYPE 1;
"""
    return Example({"sql/silver/latest.sql": text})


RULE = LintRule(
    code="MED626",
    name="arrival_as_sequence",
    level="warning",
    why="The sequence of AUTO CDC says which event is newer; arrival says only which was read later.",
    check=check,
    offends=_feed("_ingestion_timestamp"),
    fine=_feed("ordered_at"),
)
