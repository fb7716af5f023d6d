"""Sentences for the single steps of a plan."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from medallion_toolkit.engine.plan_text import Operator, split_list
from medallion_toolkit.engine.tables import HIDDEN

LONGEST = 110
_NOT_NULL = re.compile(r"isnotnull\((.*)\)\Z")
_IS_NULL = re.compile(r"\bis(not)?null\(([\w.]+)\)")
_COUNT_IF = re.compile(r"count\(if \(NOT (\w+)\) null else \1\)")
_PARTIAL = re.compile(r"\A(?:partial|merge)_")


def filter_phrase(operator: Operator) -> str:
    conditions = [part for part in _conjuncts(operator.fact("Condition")) if HIDDEN not in part]
    absent = [match[1] for part in conditions if (match := _NOT_NULL.match(part))]
    kept = [part for part in conditions if not _NOT_NULL.match(part)]
    if kept:
        return f"Keeps rows where {short(' AND '.join(kept))}."
    return f"Leaves out rows without {', '.join(absent)}." if absent else ""


def _conjuncts(condition: str) -> list[str]:
    """The parts that AND joins at the top, without their outer parentheses."""
    text = unwrapped(condition.strip())
    depth = 0
    for index, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and text.startswith(" AND ", index):
            return [*_conjuncts(text[:index]), *_conjuncts(text[index + 5 :])]
    return [text] if text else []


def unwrapped(text: str) -> str:
    while text.startswith("(") and text.endswith(")") and _closes_at_end(text):
        text = text[1:-1]
    return text


def _closes_at_end(text: str) -> bool:
    depth = 0
    for index, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return index == len(text) - 1
    return False


def aggregate_phrase(operator: Operator, feeds: Operator | None) -> str:
    """Empty for the half that is done before a shuffle."""
    functions = operator.names("Functions")
    is_first_half = feeds is not None and feeds.name == operator.name and feeds.fact("Keys") == operator.fact("Keys")
    if any(_PARTIAL.match(function) for function in functions) or is_first_half:
        return ""
    keys = ", ".join(operator.names("Keys"))
    if not functions:
        return f"Keeps one row of each {keys}."
    computed = short(", ".join(functions))
    return f"Groups by {keys} and computes {computed}." if keys else f"Computes {computed} over all rows."


def _exchange(operator: Operator) -> str:
    arguments = operator.fact("Arguments")
    inside = split_list(arguments[arguments.find("(") + 1 : _closing(arguments)]) if "(" in arguments else ()
    if arguments.startswith("hashpartitioning"):
        return f"Shuffles rows by {', '.join(inside[:-1])}."
    if arguments.startswith("rangepartitioning"):
        return f"Shuffles rows into the order of {', '.join(_plain_order(part) for part in inside[:-1])}."
    return "Brings all rows into one place." if arguments.startswith("SinglePartition") else "Spreads the rows evenly."


def _closing(text: str) -> int:
    depth = 0
    for index, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and letter == ")":
            return index
    return len(text)


def _plain_order(text: str) -> str:
    return text.replace(" ASC NULLS FIRST", "").replace(" DESC NULLS LAST", " descending")


def window_parts(operator: Operator) -> tuple[str, str, str]:
    """Functions, partition and order of a window; the plan leaves out the parts that are empty."""
    groups = [split_list(group) for group in split_list(operator.fact("Arguments"))]
    functions = [part.partition(" windowspecdefinition")[0] for part in groups[0]] if groups else []
    ordered = [group for group in groups[1:] if all(" NULLS " in part for part in group)]
    parted = [group for group in groups[1:] if group not in ordered]
    order = [_plain_order(part) for part in ordered[0]] if ordered else []
    return ", ".join(functions), ", ".join(parted[0]) if parted else "", ", ".join(order)


def _window(operator: Operator) -> str:
    functions, partition, order = window_parts(operator)
    over = f" over the rows of each {partition}" if partition else " over all rows"
    return f"Computes {short(functions)}{over}{f', in the order of {order}' if order else ''}."


def _sort(operator: Operator) -> str:
    groups = split_list(operator.fact("Arguments"))
    return f"Sorts by {', '.join(_plain_order(part) for part in split_list(groups[0]))}." if groups else "Sorts."


def _top(operator: Operator) -> str:
    groups = split_list(operator.fact("Arguments"))
    return f"Keeps the first {groups[0]} rows." if groups else "Keeps the first rows."


def _stateful(operator: Operator) -> str:
    return f"Keeps state between updates ({operator.name})."


PHRASES: Mapping[str, Callable[[Operator], str]] = {
    "Filter": filter_phrase,
    "Exchange": _exchange,
    "Window": _window,
    "Sort": _sort,
    "TakeOrdered": _top,
    "GlobalLimit": _top,
    "CollectLimit": _top,
    "LocalLimit": lambda _: "",
    "Union": lambda operator: f"Puts the rows of {len(operator.children)} queries together.",
    "Generate": lambda operator: f"Makes several rows of one: {short(split_list(operator.fact('Arguments'))[0])}.",
    "Expand": lambda _: "Copies each row once for every DISTINCT or grouping set.",
    "ReusedExchange": lambda _: "Uses rows again that were shuffled before.",
    "EventTimeWatermark": lambda operator: f"Waits for late rows: {short(operator.fact('Arguments'))}.",
    "StateStore": _stateful,
    "Streaming": _stateful,
    "SessionWindowStateStore": _stateful,
    "BatchEvalPython": lambda _: "Calls a Python function for every row.",
    "ArrowEvalPython": lambda _: "Calls a Python function for blocks of rows.",
}


def short(text: str) -> str:
    """An expression as a user would write it, cut where it is too long for a sentence."""
    written = _IS_NULL.sub(lambda found: f"{found[2]} IS {'NOT ' if found[1] else ''}NULL", text)
    written = _COUNT_IF.sub(r"count_if(\1)", written).replace("= )", "= '')")
    return written if len(written) <= LONGEST else written[: LONGEST - 1] + "…"
