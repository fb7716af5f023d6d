"""One difference between a local run and the workspace, with the place it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from medallion_toolkit.errors import Place

Kind = Literal["translated", "refused", "not_shown"]


@dataclass(frozen=True)
class Difference:
    """`what` is found in the project, `meaning` says what becomes of it here.

    translated: done by other means, same rows. refused: not run here, `code` says why. not_shown: belongs to
    the workspace, the rows are the same without it. Without a place it holds for every project.
    """

    kind: Kind
    what: str
    meaning: str
    place: Place | None = None
    code: str | None = None

    def as_dict(self) -> dict[str, object]:
        """The difference for `--json`."""
        place = self.place
        return {
            "kind": self.kind,
            "what": self.what,
            "meaning": self.meaning,
            "code": self.code,
            "path": place.path if place else None,
            "line": place.line if place else None,
            "column": place.column if place else None,
        }
