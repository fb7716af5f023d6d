"""Bring a project to the current template: its helper modules, workflows and resources, never its own files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from medallion_toolkit.errors import ConfigError
from medallion_toolkit.scaffold.merging import Merged, Outcome, merge
from medallion_toolkit.scaffold.moves import find_moves
from medallion_toolkit.scaffold.prompts import answered, read_prompts
from medallion_toolkit.scaffold.template_versions import (
    Origin,
    current_version,
    is_older,
    read_origin,
    recorded_text,
    template_of,
)
from medallion_toolkit.scaffold.tree import render_tree

MANAGED_FOLDERS = ("medallion/", ".github/workflows/", "resources/", ".vscode/", "python/contracts.py")
MANAGED_FILES = ("databricks.yml", "requirements-dev.txt", "AGENTS.md", ".gitignore")


@dataclass(frozen=True)
class Versions:
    """The managed files by path: as the template `old` had them, as the project has them, as `new` has them."""

    before: Mapping[str, bytes]
    mine: Mapping[str, bytes]
    after: Mapping[str, bytes]
    old: str
    new: str

    def merge(self, path: str, source: str, mine: bytes | None) -> Merged:
        """The file at `path`, which the older template had at `source`."""
        return merge(path, self.before.get(source), mine, self.after.get(path), self.old, self.new)


@dataclass(frozen=True)
class Upgrade:
    """Versions before and after, and every managed file that is not the same in both."""

    old: str
    new: str
    files: tuple[Merged, ...]
    origin: Origin

    @property
    def is_behind(self) -> bool:
        """Whether the project is of an older template."""
        return is_older(self.old, self.new)

    @property
    def conflicts(self) -> tuple[Merged, ...]:
        """Files with places that a person has to decide."""
        return tuple(file for file in self.files if file.outcome == "conflict")


def plan_upgrade(project: Path, toolkit: Path | None = None) -> Upgrade:
    """What an upgrade would do; nothing is written. `toolkit` is the folder with the templates of this toolkit."""
    origin, new = read_origin(project), current_version()
    if is_older(new, origin.version):
        raise ConfigError(
            "MED774",
            f"the project is of template {origin.version}, this toolkit is {new}",
            found=new,
            expected=f"medallion-toolkit {origin.version} or newer",
            next="pip install --upgrade medallion-toolkit",
        )
    with template_of(origin.version, toolkit) as old_template, template_of(new, toolkit) as new_template:
        before, after = _files(old_template, origin), _files(new_template, origin)
    mine = {path: content for path in {*before, *after} if (content := _read(project / path)) is not None}
    files = merged_files(Versions(before, mine, after, origin.version, new))
    return Upgrade(origin.version, new, files, Origin(new, origin.answers))


def merged_files(versions: Versions) -> tuple[Merged, ...]:
    """Every file that is not current afterwards, by path; a change follows a file that the template moved."""
    moves = _moves(versions)
    sources = {target: source for source, target in moves.items()}
    found: list[Merged] = []
    for path in sorted({*versions.before, *versions.after}):
        if path in sources:
            found += _followed(sources[path], path, versions)
        elif path not in moves:
            found.append(versions.merge(path, path, versions.mine.get(path)))
    return tuple(sorted((file for file in found if file.outcome != "current"), key=lambda file: file.path))


def _moves(versions: Versions) -> dict[str, str]:
    """Where the template moved what the project changed; an upgrade that was cut off may have moved it already."""
    before, mine, after = versions.before, versions.mine, versions.after
    gone = [path for path in before if path not in after]
    moves = find_moves([path for path in gone if mine.get(path, before[path]) != before[path]], before, after)
    others = {path: content for path, content in after.items() if path not in moves.values()}
    there = {path: content for path, content in others.items() if mine.get(path, content) != content}
    return {**find_moves([path for path in gone if path not in mine], before, there), **moves}


def _followed(source: str, path: str, versions: Versions) -> tuple[Merged, ...]:
    """A moved file with the project's change in it, and what becomes of the one at the old place."""
    there = versions.mine.get(path)
    at_new_place = versions.merge(path, source, there)
    if source not in versions.mine:
        return (at_new_place,)
    merged = versions.merge(path, source, versions.mine[source])
    if there in (None, merged.content):
        outcome: Outcome = "conflict" if merged.conflicts else "merged" if there is None else "current"
        return replace(merged, outcome=outcome, was=source), Merged(source, "removed", None, note=f"now {path}")
    note = f"changed in this project; the template keeps it at {path}, where a file was already"
    return at_new_place, Merged(source, "kept", versions.mine[source], note=note)


def write_upgrade(project: Path, upgrade: Upgrade) -> None:
    """Write every merged file and record the new version; each file is replaced whole.

    What goes goes last, so that an upgrade that was cut off goes on when it is started again.
    """
    written = [file for file in upgrade.files if file.is_written]
    for file in written:
        if file.content is not None:
            (project / file.path).parent.mkdir(parents=True, exist_ok=True)
            _replace(project / file.path, file.content)
    for file in written:
        if file.content is None:
            (project / file.path).unlink(missing_ok=True)
            _remove_if_empty((project / file.path).parent)
    settings = project / "pyproject.toml"
    text = settings.read_text(encoding="utf-8") if settings.is_file() else ""
    _replace(settings, recorded_text(text, upgrade.origin).encode())


def _replace(target: Path, content: bytes) -> None:
    part = target.with_name(f".{target.name}.upgrade")
    part.write_bytes(content)
    if target.exists():
        part.chmod(target.stat().st_mode & 0o777)
    part.replace(target)


def _remove_if_empty(folder: Path) -> None:
    """Take away a folder that holds nothing but what Python has compiled."""
    if all(path.name == "__pycache__" for path in folder.iterdir()):
        shutil.rmtree(folder)


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _files(template: Path, origin: Origin) -> Mapping[str, bytes]:
    """The managed files of a template with the project's answers; new questions take their defaults."""
    prompts = read_prompts(template)
    asked = {question.name for question in prompts.questions}
    answers = answered(prompts, {name: value for name, value in origin.answers.items() if name in asked})
    prefix = f"{answers['project_name']}{os.sep}"
    tree = render_tree(template / "template", answers)
    found = {file.path.removeprefix(prefix): file for file in tree.files if file.path.startswith(prefix)}
    return {path: file.content for path, file in found.items() if _is_managed(path)}


def _is_managed(path: str) -> bool:
    return path.startswith(MANAGED_FOLDERS) or path in MANAGED_FILES
