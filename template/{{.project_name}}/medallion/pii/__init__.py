"""Which columns hold personal data: by their names in several languages and by a sample of their values."""

from __future__ import annotations

from .findings import Finding, find
from .kinds import KINDS, PROPOSED_FROM
from .queries import LONGEST, Sampled, sample_query

__all__ = ["KINDS", "LONGEST", "PROPOSED_FROM", "Finding", "Sampled", "find", "sample_query"]
