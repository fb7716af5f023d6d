"""Spark's formatted plan, read back into operators."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_NODE = re.compile(r"^(?P<lead>(?:[ :] {2})*(?:[:+]- )?)(?:\* )?(?P<name>\S.*?) \((?P<number>\d+)\)$")
_HEAD = re.compile(r"^\((?P<number>\d+)\) (?P<name>.*)$")
_FACT = re.compile(r"^(?P<key>[A-Za-z][A-Za-z ]*?)\s*(?:\[\d+\])?\s*: (?P<value>.*)$")
_ID = re.compile(r"#\d+L?")
STEP = 3


@dataclass(frozen=True)
class Operator:
    """One step of a plan: its name as Spark gives it, what the plan says of it, and the steps it reads from."""

    name: str
    facts: Mapping[str, str] = field(default_factory=dict)
    children: tuple[Operator, ...] = ()

    def fact(self, key: str) -> str:
        """A fact without column numbers, empty when the plan does not say it."""
        return _ID.sub("", self.facts.get(key, ""))

    def names(self, key: str) -> tuple[str, ...]:
        """The fact as a list: `[a#1, b#2]` gives a and b."""
        return split_list(self.fact(key))

    def walk(self) -> Iterator[Operator]:
        """This operator and all below it, inputs first."""
        for child in self.children:
            yield from child.walk()
        yield self


def read_plan(text: str) -> tuple[Operator, ...]:
    """The operators at the top of a formatted plan: the query's first, then those of its subqueries."""
    facts = _facts(text)
    tops: list[Operator] = []
    block: list[tuple[int, str, str]] = []
    for line in [*text.splitlines(), ""]:
        node = _NODE.match(line)
        if node is not None:
            block.append((len(node["lead"]) // STEP, node["name"].strip(), node["number"]))
        elif block:
            tops.append(_tree(block, facts))
            block = []
    return tuple(tops)


def _facts(text: str) -> dict[str, dict[str, str]]:
    """Facts by the operator's number."""
    found: dict[str, dict[str, str]] = {}
    number = ""
    for line in text.splitlines():
        head = _HEAD.match(line)
        if head is not None:
            number = head["number"]
            found[number] = {"Head": head["name"]}
            continue
        fact = _FACT.match(line) if number else None
        if fact is not None:
            found[number][fact["key"]] = fact["value"]
        elif not line.strip():
            number = ""
    return found


def _tree(block: list[tuple[int, str, str]], facts: Mapping[str, Mapping[str, str]]) -> Operator:
    depth, name, number = block[0]
    starts = [index for index, line in enumerate(block) if line[0] == depth + 1]
    ends = [*starts[1:], len(block)]
    children = tuple(_tree(block[start:end], facts) for start, end in zip(starts, ends, strict=False))
    return Operator(name, facts.get(number, {}), children)


def split_list(text: str) -> tuple[str, ...]:
    """Elements of `[a, f(b, c)]`: cut at commas outside of brackets."""
    body = text.strip().removeprefix("[").removesuffix("]")
    parts, depth, start = [], 0, 0
    for index, letter in enumerate(body):
        depth += (letter in "([{<") - (letter in ")]}>")
        if letter == "," and depth <= 0:
            parts.append(body[start:index].strip())
            start = index + 1
    parts.append(body[start:].strip())
    return tuple(part for part in parts if part)
