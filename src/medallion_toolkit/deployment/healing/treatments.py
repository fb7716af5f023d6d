"""What may be done about a failed update without asking: only what cannot lose or double a row, and only so often."""

from __future__ import annotations

from dataclasses import dataclass

from medallion_toolkit.deployment.failures.model import Healing
from medallion_toolkit.deployment.updates.progress import UpdateProgress

MOST_TRIES = 3
FIRST_WAIT_SECONDS = 30.0
# One kind of statements a try: what another failure needs is done after the next one.
IN_ORDER: tuple[Healing, ...] = ("add schema", "grant", "add column")


@dataclass(frozen=True)
class Treatment:
    """The next step after a failed update: which statements are run, after how many seconds, on which datasets.

    `does` None means that nothing may be done without a person; `why` says so. No datasets: the whole pipeline.
    """

    does: Healing | None
    why: str
    wait_seconds: float = 0.0
    datasets: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()


def treatment_of(progress: UpdateProgress, tried: int) -> Treatment:
    """What the update's failures allow; every one of them has to be one that heals by itself.

    Statements come with what the workspace knows, see `with_statements`. Schemas come before grants on them.
    """
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
    for kind in IN_ORDER:
        if kind in kinds:
            return Treatment(kind, why, datasets=progress.not_done)
    wait = 0.0 if kinds == {"restart"} else FIRST_WAIT_SECONDS * 2**tried
    return Treatment("restart" if kinds == {"restart"} else "retry", why, wait, progress.not_done)
