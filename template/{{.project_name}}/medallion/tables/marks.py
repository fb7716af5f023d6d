"""Tables that rules name stand as marks like `[[silver.customers]]` until it is known what their schemas are called."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from .plan import Join, Step

_MARK = re.compile(r"\[\[([^\[\]]+)\]\]")


def resolved(steps: Sequence[Step], named: Callable[[str], str]) -> tuple[Step, ...]:
    """The steps with every mark of a joined table replaced by its name."""
    return tuple(replace(step, joins=tuple(_named(join, named) for join in step.joins)) for step in steps)


def _named(join: Join, named: Callable[[str], str]) -> Join:
    return replace(join, table=_MARK.sub(lambda found: named(found[1]), join.table))
