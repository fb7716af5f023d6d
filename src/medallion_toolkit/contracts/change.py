"""What differs between two versions of a contract, whom it breaks, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from medallion_toolkit.contracts.access import WrittenRule

Whom = Literal["readers", "producers"]
READERS: tuple[Whom, ...] = ("readers",)
PRODUCERS: tuple[Whom, ...] = ("producers",)
BOTH: tuple[Whom, ...] = ("readers", "producers")
NOBODY: tuple[Whom, ...] = ()


@dataclass(frozen=True)
class Change:
    """`subject` is what changed (`column status`), `what` how; `breaks` whom it breaks, `advice` what to do."""

    subject: str
    what: str
    breaks: tuple[Whom, ...] = NOBODY
    before: str | None = None
    after: str | None = None
    advice: str | None = None

    def as_dict(self) -> dict[str, object]:
        """The same for `--json`."""
        return {
            "subject": self.subject,
            "what": self.what,
            "breaking": bool(self.breaks),
            "breaks": list(self.breaks),
            "before": self.before,
            "after": self.after,
            "advice": self.advice,
        }


@dataclass(frozen=True)
class Version:
    """A contract as plain values, and its rules as they are written."""

    values: Mapping[str, Any]
    rules: Sequence[WrittenRule]


def shown(value: object) -> str:
    """A value on one line."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {shown(one)}' for key, one in value.items())}}}"
    return "nothing" if value is None else str(value)
