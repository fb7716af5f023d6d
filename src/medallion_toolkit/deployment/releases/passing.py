"""A release passes when its pipelines are well and its gates hold; only then may it go on."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from medallion_toolkit.deployment.gating import judge_in_workspace
from medallion_toolkit.deployment.releases.model import Passed
from medallion_toolkit.deployment.releases.store import ReleaseStore
from medallion_toolkit.deployment.status.target import pipeline_states
from medallion_toolkit.deployment.workspace import SignedIn
from medallion_toolkit.errors import RunError
from medallion_toolkit.graph.project import project_of


def pass_current(root: Path, signed_in: SignedIn, now: datetime) -> Passed:
    """The record that the running release has passed, kept beside it; RunError while something is not well."""
    target = signed_in.bundle.target
    store = ReleaseStore.of(signed_in)
    release = store.current()
    if release is None:
        raise RunError("MED731", f"nothing was ever released to {target}", next=f"medallion deploy -t {target}")
    states = pipeline_states(signed_in, project_of(signed_in.bundle))
    missed = [
        f"{one.pipeline.key}: {each.name} ({each.seen})" for one in states for each in one.criteria if not each.ok
    ]
    gates = judge_in_workspace(root, target, None)
    for gate in gates:
        missed += [f"{check.dataset} {check.check}: {check.observed}" for check in gate.checks if not check.ok]
        if gate.error or (states and not gate.checks):
            missed.append(f"{gate.name}: {gate.error.message if gate.error else 'it asked nothing'}")
    if missed:
        raise RunError(
            "MED735",
            f"{release.id} has not passed in {target}",
            found="; ".join(missed[:5]),
            expected="pipelines well and gates held",
            next=f"medallion status -t {target}",
        )
    known = store.passed(release)
    if known is not None:
        return known
    checks = tuple(f"{gate.name}: {len(gate.checks)} checks" for gate in gates)
    passed = Passed(release.id, now.isoformat(timespec="seconds"), signed_in.me.user_name, checks)
    store.add_passed(passed)
    return passed
