"""The code that runs in a target against what its workspace has: resources, files, governance, tables."""

from __future__ import annotations

from pathlib import Path

from medallion_toolkit.deployment.drift.code import RunningCode, running_code
from medallion_toolkit.deployment.drift.declared_tables import declared_tables
from medallion_toolkit.deployment.drift.deployed_files import compare_files
from medallion_toolkit.deployment.drift.governance import compare_governance, governed_names, marking_view
from medallion_toolkit.deployment.drift.ignoring import ignored, ignored_patterns
from medallion_toolkit.deployment.drift.model import DriftReport, Findings
from medallion_toolkit.deployment.drift.resources import compare_resources
from medallion_toolkit.deployment.drift.tables import catalog_tables, compare_tables
from medallion_toolkit.deployment.workspace import sign_in


def drift_of(root: Path, target: str) -> DriftReport:
    """Everything that differs in a target; reads only."""
    patterns = ignored_patterns(root)
    with running_code(root, sign_in(root, target)) as code:
        findings = Findings()
        compare_resources(code, findings)
        compare_files(code, findings)
        _compare_catalog(code, findings)
        scope = f"workspace · target {target} · {code.said}"
    return findings.report(scope, ignored(findings.differences, patterns))


def _compare_catalog(code: RunningCode, findings: Findings) -> None:
    project = code.project()
    view = marking_view(project)
    names = [one.name for one in declared_tables(project)]
    asked = dict.fromkeys([*names, *governed_names(project), *([view] if view else [])])
    tables = catalog_tables(code.signed_in, asked)
    governed = view in tables
    compare_governance(code.signed_in, project, tables, governed, findings)
    compare_tables(code.signed_in, project, tables, governed, findings)
