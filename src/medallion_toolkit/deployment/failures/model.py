"""What is known of a kind of failure: how to know it, why it happens, whether trying again helps, what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Retry = Literal["helps", "may help", "does not help"]
Healing = Literal["retry", "restart", "add column", "add schema", "grant"]


@dataclass(frozen=True)
class KnownFailure:
    """One entry of the catalogue.

    `conditions` are error conditions as the platform names them (`CAST_INVALID_INPUT`), `pattern` a regular
    expression for errors without one; its named groups fill `{…}` in `cause` and `fix`. It decides on a message
    without stack frames and row values, so its words must be the platform's own.
    `heals` names the one thing that may be done without asking; None means that a person decides.
    """

    code: str
    title: str
    cause: str
    fix: str
    sample: str
    retry: Retry = "does not help"
    conditions: tuple[str, ...] = ()
    pattern: str | None = None
    heals: Healing | None = None

    @cached_property
    def expression(self) -> re.Pattern[str] | None:
        """The compiled pattern."""
        return re.compile(self.pattern, re.IGNORECASE | re.DOTALL) if self.pattern else None
