"""The comments of a YAML text by the line they speak of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Comments:
    """`first` are comments before all content, `last` those after it; lines count from 1.

    Whole lines stand before the next line with content, the others behind theirs. `openers` are lines that only open
    a section.
    """

    first: list[str]
    before: dict[int, list[str]]
    behind: dict[int, str]
    last: list[str]
    openers: frozenset[int] = frozenset()

    def moved_to(self, lines: Iterable[int]) -> Comments:
        """The same comments at lines that are kept: whole lines go down, the others up, or down with their section."""
        kept = sorted(set(lines))
        before: dict[int, list[str]] = defaultdict(list)
        behind: dict[int, str] = {}
        last: list[str] = []
        for line in sorted({*self.before, *self.behind}):
            below = next((one for one in kept if one >= line), None)
            above = next((one for one in reversed(kept) if one <= line), None)
            (before[below] if below else last).extend(self.before.get(line, ()))
            if line not in self.behind:
                continue
            home = below if above is None or (line in self.openers and below) else above
            if home is None or home in behind:
                (before[home] if home else last).append(self.behind[line])
            else:
                behind[home] = self.behind[line]
        return Comments(self.first, before, behind, [*last, *self.last])


NO_COMMENTS = Comments([], {}, {}, [])


def read_comments(text: str) -> Comments:
    """Every comment of a YAML text that has been read before."""
    first: list[str] | None = None
    before: dict[int, list[str]] = {}
    behind: dict[int, str] = {}
    waiting: list[str] = []
    openers: set[int] = set()
    for number, (line, blotted) in enumerate(zip(text.splitlines(), _without_values(text), strict=True), 1):
        start = _comment_start(blotted)
        content = blotted[:start].strip()
        if content and first is None:
            first, waiting = waiting, []
        if content:
            before[number] = waiting
            waiting = []
            openers |= {number} if content.endswith(":") else set()
        if start is not None and content:
            behind[number] = line[start:].rstrip()
        elif start is not None:
            waiting.append(line.strip())
    return Comments(first or [], before, behind, waiting, frozenset(openers))


def _comment_start(line: str) -> int | None:
    for index, sign in enumerate(line):
        if sign == "#" and (index == 0 or line[index - 1] in " \t"):
            return index
    return None


def _without_values(text: str) -> list[str]:
    """The lines with every quoted or block value blotted out, so that a # in one begins no comment."""
    import yaml

    rows = [list(line) for line in text.splitlines()]
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.ScalarToken) and not token.plain:
            end = token.end_mark
            for row in range(token.start_mark.line, min(end.line + 1, len(rows))):
                first = token.start_mark.column if row == token.start_mark.line else 0
                stop = end.column if row == end.line else len(rows[row])
                rows[row][first:stop] = "x" * (stop - first)
    return ["".join(row) for row in rows]
