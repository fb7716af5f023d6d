"""Bring a project to the current template: its helper modules, workflows and resources, never its own files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.errors import ConfigError
from medallion_toolkit.scaffold.merging import Merged, merge
from medallion_toolkit.scaffold.prompts import answered, read_prompts
from medallion_toolkit.scaffold.template_versions import (
    Origin,
    current_version,
    is_older,
    read_origin,
    recorded_text,
    template_of,
)
from medallion_toolkit.scaffold.tree import NewFile, render_tree

MANAGED_FOLDERS = ("medallion/", ".github/workflows/", "resources/", ".vscode/", "python/contracts.py")
MANAGED_FILES = ("databricks.yml", "requirements-dev.txt", "AGENTS.md", ".gitignore")


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


def plan_upgrade(project: Path) -> Upgrade:
    """What an upgrade would do; nothing is written."""
    origin = read_origin(project)
    new = current_version()
    if is_older(new, origin.version):
        raise ConfigError(
            "MED774",
            f"the project is of template {origin.version}, this toolkit is {new}",
            found=new,
            expected=f"medallion-toolkit {origin.version} or newer",
            next="pip install --upgrade medallion-toolkit",
        )
    with template_of(origin.version) as old_template, template_of(new) as new_template:
        before, after = _files(old_template, origin), _files(new_template, origin)
    found = []
    for path in sorted({*before, *after}):
        mine = (project / path).read_bytes() if (project / path).is_file() else None
        merged = merge(path, _content(before, path), mine, _content(after, path), origin.version, new)
        if merged.outcome != "current":
            found.append(merged)
    return Upgrade(origin.version, new, tuple(found), Origin(new, origin.answers))


def write_upgrade(project: Path, upgrade: Upgrade) -> None:
    """Write every merged file and record the new version; each file is replaced whole."""
    for file in upgrade.files:
        target = project / file.path
        if not file.is_written:
            continue
        if file.content is None:
            target.unlink(missing_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, file.content)
    settings = project / "pyproject.toml"
    text = settings.read_text(encoding="utf-8") if settings.is_file() else ""
    _replace(settings, recorded_text(text, upgrade.origin).encode())


def _replace(target: Path, content: bytes) -> None:
    part = target.with_name(f".{target.name}.upgrade")
    part.write_bytes(content)
    if target.exists():
        part.chmod(target.stat().st_mode & 0o777)
    part.replace(target)


def _files(template: Path, origin: Origin) -> Mapping[str, NewFile]:
    """The managed files of a template with the project's answers; new questions take their defaults."""
    prompts = read_prompts(template)
    asked = {question.name for question in prompts.questions}
    answers = answered(prompts, {name: value for name, value in origin.answers.items() if name in asked})
    prefix = f"{answers['project_name']}{os.sep}"
    tree = render_tree(template / "template", answers)
    found = {file.path.removeprefix(prefix): file for file in tree.files if file.path.startswith(prefix)}
    return {path: file for path, file in found.items() if _is_managed(path)}


def _is_managed(path: str) -> bool:
    return path.startswith(MANAGED_FOLDERS) or path in MANAGED_FILES


def _content(files: Mapping[str, NewFile], path: str) -> bytes | None:
    file = files.get(path)
    return file.content if file else None
