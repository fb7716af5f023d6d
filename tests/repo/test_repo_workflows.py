"""Workflow files: this repository's and the template's."""

from __future__ import annotations

from pathlib import Path

import pytest
from repository import ROOT

from scripts.check_workflows import main, run_actionlint, run_zizmor, unpinned_actions, workflow_files

SHA = "a" * 40


def test_all_workflows_are_sound() -> None:
    assert main() == 0


def test_workflows_of_repository_and_template_are_found() -> None:
    folders = {path.relative_to(ROOT).parts[0] for path in workflow_files()}
    assert folders == {".github", "template"}


@pytest.mark.parametrize(
    ("line", "is_loose"),
    [
        ("      - uses: actions/checkout@v5", True),
        ("        uses: actions/checkout@main # v5", True),
        (f"      - uses: actions/checkout@{SHA}", True),
        (f"      - uses: actions/checkout@{SHA} # v5.0.0", False),
        ("      - uses: ./.github/actions/setup", False),
    ],
)
def test_an_action_needs_a_commit_and_its_version(line: str, is_loose: bool) -> None:
    assert bool(unpinned_actions(line)) is is_loose


def test_actionlint_sees_a_mistake(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yml"
    bad.write_text("on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - rum: ls\n", encoding="utf-8")
    result = run_actionlint([bad])
    assert result.returncode == 1
    assert "rum" in result.stdout


def test_our_workflow_asks_for_no_more_than_reading() -> None:
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert "permissions:\n  contents: read\n" in text
    assert text.count("permissions:") == 1
    assert "secrets." not in text


CHECKOUT = f"      - uses: actions/checkout@{SHA} # v5.0.0\n        with:\n          persist-credentials: false\n"
SOUND = (
    "name: sound\non: pull_request\npermissions: {}\nconcurrency:\n  group: a-${{ github.ref }}\n"
    "  cancel-in-progress: true\njobs:\n  a:\n    name: a\n    runs-on: ubuntu-24.04\n    steps:\n"
    f"{CHECKOUT}      - run: echo\n"
    "  b:\n    name: b\n    runs-on: ubuntu-24.04\n    steps:\n      - run: ls\n"
)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("", "", None),
        (f"@{SHA} # v5.0.0", "@v5", "unpinned-uses"),
        ("permissions: {}", "permissions: write-all", "excessive-permissions"),
        ("permissions: {}\n", "", "excessive-permissions"),
        ("- run: echo", "- run: echo ${{ github.event.pull_request.title }}", "template-injection"),
        ("        with:\n          persist-credentials: false\n", "", "artipacked"),
        ("on: pull_request\n", "on: pull_request_target\n", "dangerous-triggers"),
    ],
)
def test_zizmor_sees_what_is_not_safe(tmp_path: Path, old: str, new: str, rule: str | None) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    file = folder / "sample.yml"
    file.write_text(SOUND.replace(old, new, 1), encoding="utf-8")
    result = run_zizmor([file])
    assert (result.returncode == 0) is (rule is None), result.stdout
    assert rule is None or f"[{rule}]" in result.stdout
