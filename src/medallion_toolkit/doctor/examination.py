"""All checks at once, for this machine and the project in a folder."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from medallion_toolkit.doctor.checks import (
    Check,
    check_cli,
    check_disk,
    check_engine,
    check_engine_jars,
    check_helpers,
    check_java,
    check_memory,
    check_python,
)


@dataclass(frozen=True)
class Examination:
    """What `medallion doctor` found; `ready` when nothing required failed."""

    project: Path | None
    checks: tuple[Check, ...]

    @property
    def ready(self) -> bool:
        """True when every required check is ok."""
        return all(check.ok for check in self.checks if check.required)

    def as_dict(self) -> dict[str, object]:
        """The result for `--json`."""
        return {
            "ready": self.ready,
            "project": str(self.project) if self.project else None,
            "checks": [{**asdict(check), "verdict": check.verdict} for check in self.checks],
        }

    def as_text(self) -> str:
        """One line a check, the way out under each that is not ok, and the verdict last."""
        width = max(len(check.name) for check in self.checks)
        lines = []
        for check in self.checks:
            lines.append(f"  {check.verdict:<6}  {check.name:<{width}}  {check.found}")
            if not check.ok:
                lines += [f"{'':{width + 12}}expected {check.expected}", f"{'':{width + 12}}fix: {check.fix}"]
        where = f"project {self.project}" if self.project else "no project in this folder"
        verdict = "ready" if self.ready else "not ready: mend what FAILED above"
        return "\n".join([*lines, f"{where} · {verdict}"])


def examine(folder: Path) -> Examination:
    """Check this machine, and the project when `folder` holds a databricks.yml."""
    project = folder if (folder / "databricks.yml").is_file() else None
    machine = (
        check_python(),
        check_java(),
        check_engine(),
        check_engine_jars(),
        check_cli(),
        check_memory(),
        check_disk(folder),
    )
    return Examination(project, (*machine, check_helpers(project)) if project else machine)
