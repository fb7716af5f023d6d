"""From the name of a column and the counts of its sampled values to one finding with a confidence.

The name says `n`, the values say `v` = strength x min(1, share / enough), share without what matches by chance; both
together say 1 - (1 - n)(1 - v). Values of a decisive detector that do not match take the name's weight down to 0.3 of
it. A postal code, a street and a position count half in a table where nothing else names a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..sql.column_types import ColumnType
from .content import DETECTORS, Detector
from .kinds import KINDS, PROPOSED_FROM, Classification
from .names import name_evidence

_REPORTED_FROM = 0.3
_LEAST_VALUES = 5
_AGAINST_FROM = 20
_AGAINST_SHARE = 0.1
_CONTRADICTED = 0.3
_NO_VALUES = ("binary", "nested", "boolean")


@dataclass(frozen=True)
class Finding:
    """What a column holds: `share` of `values` sampled values match the `detector`; `by_name` is the name's weight."""

    column: str
    kind: str
    confidence: float
    by_name: float
    values: int
    share: float
    detector: str | None
    in_context: bool = True

    @property
    def classification(self) -> Classification | None:
        """The class to propose; None below the confidence from which one is."""
        return KINDS[self.kind].classification if self.confidence >= PROPOSED_FROM else None

    @property
    def why(self) -> str:
        """One sentence: what the name and the values said."""
        said = ["its name"] if self.by_name else []
        if self.detector:
            said.append(f"{self.share:.0%} of {self.values} values")
        doubt = "" if self.in_context else ", but nothing else in the table names a person"
        return " and ".join(said) + doubt


def find(columns: Mapping[str, ColumnType], counts: Mapping[str, Mapping[str, int]]) -> tuple[Finding, ...]:
    """The likeliest kind of every column that may hold personal data, in the order of the columns.

    `counts` has for each column what `sample_query` counted: `texts` and the detectors; a column without counts is
    judged by its name alone.
    """
    found = [
        best
        for name, column_type in columns.items()
        if column_type.family not in _NO_VALUES
        and (best := _likeliest(name, column_type, counts.get(name, {}))) is not None
    ]
    has_persons = any(KINDS[one.kind].names_a_person and one.confidence >= PROPOSED_FROM for one in found)
    return tuple(found) if has_persons else tuple(_without_persons(one) for one in found)


def _without_persons(finding: Finding) -> Finding:
    if not KINDS[finding.kind].needs_a_person:
        return finding
    return replace(finding, confidence=round(finding.confidence / 2, 2), in_context=False)


def _likeliest(name: str, column_type: ColumnType, counts: Mapping[str, int]) -> Finding | None:
    by_name = name_evidence(name, column_type.family)
    values = counts.get("texts", 0)
    kinds = dict.fromkeys([*by_name, *(one.kind for one in DETECTORS if counts.get(one.name))])
    findings = [_finding(name, kind, by_name.get(kind, 0.0), values, counts, column_type) for kind in kinds]
    likely = [one for one in findings if one.confidence >= _REPORTED_FROM]
    return max(likely, key=lambda one: one.confidence, default=None)


def _finding(
    column: str, kind: str, by_name: float, values: int, counts: Mapping[str, int], column_type: ColumnType
) -> Finding:
    detectors = [one for one in DETECTORS if one.kind == kind] if values >= _LEAST_VALUES else []
    shares = {one.name: counts.get(one.name, 0) / values for one in detectors}
    best = max(detectors, key=lambda one: _says(one, shares[one.name]), default=None)
    says = _says(best, shares[best.name]) if best and _may_speak(best, column_type) else 0.0
    is_contradicted = (
        values >= _AGAINST_FROM
        and any(one.decisive for one in detectors)
        and max(shares.values(), default=0.0) < _AGAINST_SHARE
    )
    named = by_name * _CONTRADICTED if is_contradicted else by_name
    confidence = round(1 - (1 - named) * (1 - says), 2)
    shown = best if best and says else None
    return Finding(
        column, kind, confidence, by_name, values, shares[shown.name] if shown else 0.0, shown.name if shown else None
    )


def _says(detector: Detector, share: float) -> float:
    beyond_chance = max(0.0, (share - detector.chance) / (1 - detector.chance))
    return detector.strength * min(1.0, beyond_chance / detector.enough)


def _may_speak(detector: Detector, column_type: ColumnType) -> bool:
    """Numbers of a numeric column speak for cards, persons' numbers and degrees; dates for dates of birth only."""
    if column_type.is_text:
        return True
    if column_type.family in ("date", "timestamp"):
        return detector.kind == "birth_date"
    return detector.kind in ("card_number", "national_id", "geo_position", "phone", "postal_code")
