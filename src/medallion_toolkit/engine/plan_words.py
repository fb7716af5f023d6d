"""A physical plan in plain sentences, inputs first, and what in it is likely to be slow."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from medallion_toolkit.engine.plan_phrases import PHRASES, aggregate_phrase, short, unwrapped, window_parts
from medallion_toolkit.engine.plan_text import Operator
from medallion_toolkit.engine.tables import HIDDEN

MOST_COLUMNS = 6
SILENT = ("Project", "BroadcastExchange", "Subquery", "SubqueryBroadcast", "WholeStageCodegen", "InputAdapter")
MOVES = ("Exchange", "Sort")
SORTED = ("Window", "SortMergeJoin", "SortAggregate")
JOIN_WORDS = {
    "Inner": "inner join",
    "LeftOuter": "left join",
    "RightOuter": "right join",
    "FullOuter": "full join",
    "LeftSemi": "semi join: left rows that have a match",
    "LeftAnti": "anti join: left rows that have no match",
    "Cross": "cross join",
}
PAIRING = ("CartesianProduct", "BroadcastNestedLoopJoin")
_LOCATION = re.compile(r"\[(?:file:)?([^,\]]+)")
_FILE_SOURCE = re.compile(r"FileSource\[([^\]]+)\]")


@dataclass(frozen=True)
class PlanWords:
    """`steps` in the order the work is done; `warnings` name what costs more than it looks."""

    steps: tuple[str, ...]
    warnings: tuple[str, ...]


Describer = Callable[[str], str]


def plan_in_words(tops: tuple[Operator, ...], describe: Describer, streams: str) -> PlanWords:
    """Sentences for a plan. `describe` says what stands behind a path, `streams` what a Delta stream reads."""
    if not tops:
        return PlanWords((), ())
    labels = _Labels(describe, streams)
    steps: list[str] = []
    warnings: list[str] = []
    for number, top in enumerate(tops):
        steps += ["A subquery:"] if number else []
        for operator, feeds in _fed(top):
            sentence = _sentence(operator, feeds, labels)
            steps += [sentence] if sentence else []
            warnings += _warnings(operator, labels)
    return PlanWords(tuple(steps), tuple(dict.fromkeys(warnings)))


@dataclass(frozen=True)
class _Labels:
    """Names for inputs and for what is below an operator."""

    describe: Describer
    streams: str

    def of_scan(self, operator: Operator) -> str:
        if operator.name.startswith("StreamingRelation"):
            folder = _FILE_SOURCE.search(operator.fact("Arguments"))
            return f"the new files of {self.describe(folder[1])}" if folder else f"the new rows of {self.streams}"
        location = _LOCATION.search(operator.fact("Location"))
        return self.describe(location[1]) if location else "values of the query itself"

    def of_side(self, operator: Operator) -> str:
        """The inputs below a side of a join, without their figures."""
        scans = [each for each in operator.walk() if _is_scan(each)]
        names = dict.fromkeys(self.of_scan(scan).partition(" (")[0] for scan in scans)
        return " with ".join(names) or "the other side"


def _is_scan(operator: Operator) -> bool:
    return operator.name.startswith(("Scan", "BatchScan", "StreamingRelation", "LocalTableScan", "Range"))


def _fed(top: Operator) -> list[tuple[Operator, Operator | None]]:
    """Operators inputs first, each with the one that uses its rows: shuffles and sorts are looked through."""
    found: list[tuple[Operator, Operator | None]] = []

    def visit(operator: Operator, feeds: Operator | None) -> None:
        for child in operator.children:
            visit(child, feeds if operator.name in MOVES else operator)
        found.append((operator, feeds))

    visit(top, None)
    return found


def _sentence(operator: Operator, feeds: Operator | None, labels: _Labels) -> str:
    name = operator.name
    if _is_scan(operator):
        return _scan(operator, labels)
    if "Join" in name or name == "CartesianProduct":
        return _join(operator, labels)
    if name.endswith("Aggregate"):
        return aggregate_phrase(operator, feeds)
    if name.startswith(SILENT) or (name == "Sort" and feeds is not None and feeds.name.startswith(SORTED)):
        return ""
    return next((phrase(operator) for start, phrase in PHRASES.items() if name.startswith(start)), f"{name}.")


def _scan(operator: Operator, labels: _Labels) -> str:
    columns = [column for column in operator.names("Output") if not column.startswith(HIDDEN)]
    shown = ", ".join(columns[:MOST_COLUMNS]) + (", …" if len(columns) > MOST_COLUMNS else "")
    if not operator.fact("Location") and not operator.name.startswith("StreamingRelation"):
        return f"Makes rows from {labels.of_scan(operator)}."
    noun = "column" if len(columns) == 1 else "columns"
    return f"Reads {labels.of_scan(operator)}: {len(columns)} {noun}{f' ({shown})' if shown else ''}."


def _join(operator: Operator, labels: _Labels) -> str:
    kind = next((words for word, words in JOIN_WORDS.items() if word in operator.fact("Join type")), "join")
    sides = [labels.of_side(child) for child in operator.children]
    named = f"{' to '.join(sides)} " if len(sides) == 2 else ""
    pairs = zip(operator.names("Left keys"), operator.names("Right keys"), strict=False)
    on = " and ".join(f"{left} = {right}" for left, right in pairs)
    condition = operator.fact("Join condition")
    also = short(unwrapped(condition)) if condition not in ("", "None") else ""
    wording = " where ".join(part for part in (f"on {on}" if on else "", also) if part)
    return f"Joins {named}({kind}{f', {wording}' if wording else ''}); {_how_joined(operator, sides)}."


def _how_joined(operator: Operator, sides: list[str]) -> str:
    if operator.name.startswith("Broadcast"):
        is_left = "BuildLeft" in operator.name
        built = sides[0 if is_left else -1] if sides else "one side"
        return f"{built} is held in memory whole (broadcast)"
    if operator.name.startswith("SortMerge"):
        return "both sides are brought together by key and sorted (sort merge)"
    if operator.name.startswith("ShuffledHash"):
        return "both sides are brought together by key (hash)"
    return "every row of one side meets every row of the other" if operator.name in PAIRING else operator.name


def _warnings(operator: Operator, labels: _Labels) -> list[str]:
    if operator.name.startswith(PAIRING):
        sides = " with ".join(labels.of_side(child) for child in operator.children)
        return [f"every row is paired: {sides}; join them on equal columns"]
    if operator.name.startswith("Window") and not window_parts(operator)[1]:
        return ["a window without PARTITION BY brings all rows into one task"]
    if operator.name in ("BatchEvalPython", "ArrowEvalPython", "MapInPandas", "FlatMapGroupsInPandas"):
        return ["rows leave the JVM for a Python function; an SQL expression is many times faster"]
    return []
