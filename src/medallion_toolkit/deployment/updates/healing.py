"""What may be done about a failed update without asking: only what cannot lose or double a row, and only so often."""

from __future__ import annotations

from dataclasses import dataclass

from medallion_toolkit.deployment.failures.model import Healing
from medallion_toolkit.deployment.updates.progress import UpdateProgress

MOST_TRIES = 3
FIRST_WAIT_SECONDS = 30.0


@dataclass(frozen=True)
class Treatment:
    """The next step after a failed update: what is done, after how many seconds, on which datasets (empty: all).

    `does` None means that nothing may be done without a person; `why` says so.
    """

    does: Healing | None
    why: str
    wait_seconds: float = 0.0
    datasets: tuple[str, ...] = ()


def treatment_of(progress: UpdateProgress, tried: int) -> Treatment:
    """What the update's failures allow; every one of them has to be one that heals by itself."""
    failures = progress.all_failures
    if progress.state != "FAILED":
        return Treatment(None, f"the update is {progress.state}, not FAILED")
    if not failures:
        return Treatment(None, "no event says why it failed")
    asking = [one for one in failures if one.heals is None]
    if asking:
        return Treatment(None, f"{asking[0].code} {asking[0].title}: a person decides; {asking[0].fix}")
    if tried >= MOST_TRIES:
        return Treatment(None, f"{tried} tries did not help")
    kinds = {one.heals for one in failures}
    why = "; ".join(f"{one.code} {one.title}" for one in failures)
    if "grant" in kinds or "add schema" in kinds:
        return Treatment("grant" if "grant" in kinds else "add schema", why, datasets=progress.not_done)
    if kinds == {"restart"}:
        return Treatment("restart", why, datasets=progress.not_done)
    return Treatment("retry", why, FIRST_WAIT_SECONDS * 2**tried, progress.not_done)
