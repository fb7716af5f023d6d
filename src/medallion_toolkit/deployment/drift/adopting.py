"""Differences of a workspace written back as a change to review: nothing is committed, nothing uncommitted is lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.deployment.drift.code import RunningCode, running_code
from medallion_toolkit.deployment.drift.deployed_files import PREFIX, DeployedFiles
from medallion_toolkit.deployment.drift.model import Drifted, DriftReport
from medallion_toolkit.deployment.drift.yaml_fields import find_field, replaced
from medallion_toolkit.deployment.releases.recording import LEFT_OUT
from medallion_toolkit.deployment.workspace import sign_in
from medallion_toolkit.errors import UsageError
from medallion_toolkit.project.git import git, git_text

STATED_IN_CONTRACT = "contracts and SQL say how tables are made: change them there, or put the workspace right"


@dataclass(frozen=True)
class Adopted:
    """A difference that stands in the working tree now, and the file that holds it."""

    where: str
    file: str


@dataclass(frozen=True)
class NotAdopted:
    """A difference that has to be settled by hand, and why."""

    where: str
    why: str


@dataclass(frozen=True)
class Adoption:
    """What became of each difference."""

    adopted: tuple[Adopted, ...]
    left: tuple[NotAdopted, ...]


def adopt(root: Path, target: str, report: DriftReport) -> Adoption:
    """Write what the workspace has into the working tree; UsageError when a file to be written is not committed."""
    with running_code(root, sign_in(root, target)) as code:
        draft = _Draft(root.absolute(), code)
        for one in sorted(report.differences, key=lambda each: each.kind != "file"):
            draft.take(one)
        _refuse_uncommitted(root, draft.wanted)
        for file, content in draft.texts.items():
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_bytes(content)
    return Adoption(tuple(draft.adopted), tuple(draft.left))


class _Draft:
    """Collects new contents of files before any is written."""

    def __init__(self, root: Path, code: RunningCode) -> None:
        self.root = root
        self.code = code
        self.texts: dict[str, bytes] = {}
        self.wanted: set[str] = set()
        self.adopted: list[Adopted] = []
        self.left: list[NotAdopted] = []
        self._deployed: Mapping[str, bytes] | None = None

    def take(self, one: Drifted) -> None:
        """Draft what one difference asks for, or keep why not."""
        if one.kind == "file":
            why, file = self._file(one)
        elif one.kind == "resource":
            why, file = self._field(one)
        else:
            why, file = STATED_IN_CONTRACT, ""
        if why:
            self.left.append(NotAdopted(one.where, why))
        else:
            self.adopted.append(Adopted(one.where, file))

    def _file(self, one: Drifted) -> tuple[str, str]:
        path = one.where.removeprefix(PREFIX)
        if one.found is None:
            return f"it is gone from the workspace; git rm {path} when it should go", path
        if path.startswith(LEFT_OUT) or not is_inside(self.root, path):
            return "it would be written outside of the deployed project", path
        if _is_ignored_by_git(self.root, path):
            return "git ignores it", path
        if self._has_moved_on(path):
            return self._checkout(path), path
        self.texts[path] = self._contents()[path]
        return "", path

    def _field(self, one: Drifted) -> tuple[str, str]:
        if one.found is None or isinstance(one.found, dict | list):
            return "it is no single value; change the YAML by hand", ""
        field = find_field(self.root, self.code.target, one.where)
        if field is None:
            return "no file of the bundle states it as one value", ""
        path = field.file.relative_to(self.root).as_posix()
        if field.value != one.expected:
            return f"{path} does not state the value itself: it is put together from variables, mode or presets", path
        if self._has_moved_on(path):
            return self._checkout(path), path
        return self._splice(path, one)

    def _splice(self, path: str, one: Drifted) -> tuple[str, str]:
        """Several fields of one file are put in one after the other, so places are looked up in the draft."""
        text = self.texts.get(path, (self.root / path).read_bytes()).decode("utf-8")
        field = find_field(self.root, self.code.target, one.where, {path: text})
        if field is None or field.value != one.expected:
            return f"{path} was changed in the workspace too", path
        self.texts[path] = replaced(text, field, one.found).encode("utf-8")
        return "", path

    def _has_moved_on(self, path: str) -> bool:
        """Whether the wanted file is another one here than in the code that runs: writing would undo work."""
        self.wanted.add(path)
        ours, theirs = self.root / path, self.code.folder / path
        return ours.is_file() and (not theirs.is_file() or ours.read_bytes() != theirs.read_bytes())

    def _checkout(self, path: str) -> str:
        commit = self.code.release.commit[:12] if self.code.release else "HEAD"
        return f"{path} has changed since; git switch -c adopt {commit} first"

    def _contents(self) -> Mapping[str, bytes]:
        if self._deployed is None:
            self._deployed = DeployedFiles.of(self.code).contents()
        return self._deployed


def is_inside(root: Path, path: str) -> bool:
    """Whether a path of the workspace stays inside the project here, links followed."""
    return (root / path).resolve().is_relative_to(root.resolve())


def _is_ignored_by_git(root: Path, path: str) -> bool:
    return git(root, "check-ignore", "-q", "--", path).returncode == 0


def _refuse_uncommitted(root: Path, paths: Iterable[str]) -> None:
    listed = sorted(paths)
    if not listed:
        return
    changed = _git(root, "diff", "--name-only", "-z", "--relative", "HEAD", "--", *listed)
    unknown = _git(root, "ls-files", "-z", "--others", "--exclude-standard", "--", *listed)
    dirty = sorted(path for path in f"{changed}{unknown}".split("\0") if path)
    if dirty:
        raise UsageError(
            "MED753",
            "files to be written have changes that are not committed",
            found=", ".join(dirty),
            expected="committed files, so that git diff shows what was adopted and nothing else",
            next="git stash, or git commit, then again",
        )


def _git(root: Path, *arguments: str) -> str:
    return git_text(root, *arguments, code="MED754", needs="adopting writes into a git repository with a commit only")
