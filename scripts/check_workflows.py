"""Check this repository's GitHub workflows and the template's: actionlint, zizmor, and that every action is pinned.

The template's workflow files are checked as they stand: they contain no template syntax of ours.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = (ROOT / ".github" / "workflows", ROOT / "template" / "{{.project_name}}" / ".github" / "workflows")
USES = re.compile(r"^\s*(?:-\s+)?uses:\s*(?P<action>\S+)(?P<comment>\s+#\s*v\d+(?:\.\d+)*)?\s*$")
PINNED = re.compile(r"@[0-9a-f]{40}$")


def workflow_files() -> list[Path]:
    """Every workflow file of this repository and of the template."""
    return [path for folder in FOLDERS for path in sorted(folder.glob("*.y*ml"))]


def unpinned_actions(text: str) -> list[tuple[int, str]]:
    """Line and action of each `uses:` that is not a full commit with its version in a comment."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        match = USES.match(line)
        if match is None or match["action"].startswith("./"):
            continue
        if not PINNED.search(match["action"]) or not match["comment"]:
            found.append((number, match["action"]))
    return found


def run_actionlint(files: list[Path]) -> subprocess.CompletedProcess[str]:
    """actionlint over the files; it needs no network."""
    command = [str(ROOT / ".venv" / "bin" / "actionlint"), "-no-color", *(str(path) for path in files)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def run_zizmor(files: list[Path]) -> subprocess.CompletedProcess[str]:
    """zizmor over the files, without network: pins, permissions, injection into scripts, kept credentials, triggers."""
    command = [str(ROOT / ".venv" / "bin" / "zizmor"), "--offline", "--no-progress", "--quiet", "--color=never"]
    return subprocess.run([*command, *(str(path) for path in files)], capture_output=True, text=True, check=False)


def main() -> int:
    """0 when all workflows are sound."""
    files = workflow_files()
    if not files:
        print("no workflow files found", file=sys.stderr)
        return 1
    loose = [
        f"{path.relative_to(ROOT)}:{line}: {action} is not pinned as owner/name@<commit> # vX.Y.Z"
        for path in files
        for line, action in unpinned_actions(path.read_text(encoding="utf-8"))
    ]
    results = (run_actionlint(files), run_zizmor(files))
    said = "".join(result.stdout + result.stderr for result in results if result.returncode)
    sys.stderr.write("".join(f"{line}\n" for line in loose) + said)
    return 1 if loose or any(result.returncode for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
