"""`medallion new`: find the template, take the answers, write the project whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from medallion_toolkit.errors import EnvironmentProblem, UsageError
from medallion_toolkit.scaffold.go_template import render
from medallion_toolkit.scaffold.prompts import SCHEMA, answered, read_answers, read_prompts
from medallion_toolkit.scaffold.tree import Tree, render_tree


@dataclass(frozen=True)
class NewProject:
    """What was written: the folder, the files relative to it, and what to type next."""

    folder: Path
    files: tuple[str, ...]
    answers: Mapping[str, str]
    message: str

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {"folder": str(self.folder), "files": list(self.files), "answers": dict(self.answers)}


def find_template() -> Path:
    """The template in the installed package, or in the repository when run from a checkout."""
    package = Path(str(files("medallion_toolkit")))
    for folder in (package / "_template", package.parent.parent):
        if (folder / SCHEMA).is_file() and (folder / "template").is_dir():
            return folder
    raise EnvironmentProblem(
        "MED607",
        "the template is missing from this installation",
        next="pip install --force-reinstall medallion-toolkit",
    )


def create_project(
    output_dir: Path, given: Mapping[str, str], config_file: Path | None = None, template: Path | None = None
) -> NewProject:
    """Write a project below `output_dir`; `given` answers win over those of `config_file`."""
    source = template or find_template()
    prompts = read_prompts(source)
    from_file = read_answers(config_file, prompts) if config_file else {}
    answers = answered(prompts, {**from_file, **given})
    tree = render_tree(source / "template", answers)
    message = render(prompts.success_message, answers, SCHEMA)
    write_tree(tree, output_dir)
    return NewProject(output_dir, tuple(sorted(file.path for file in tree.files)), answers, message)


def write_tree(tree: Tree, output_dir: Path) -> None:
    """Put the tree below `output_dir`: no existing file is touched, and on an error nothing stays behind."""
    existing = [file.path for file in tree.files if os.path.lexists(output_dir / file.path)]
    if existing:
        raise UsageError(
            "MED608",
            "a file of the new project is there already; nothing was written",
            found=existing[0] if len(existing) == 1 else f"{existing[0]} and {len(existing) - 1} more",
            expected="a folder without these files",
            next="medallion new ANOTHER_NAME",
        )
    new_folders = _missing_folders(tree, output_dir)
    output_dir.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".medallion-new-", dir=output_dir))
    try:
        _write(tree, staging)
        _move(tree, staging, output_dir, new_folders)
    finally:
        shutil.rmtree(staging)


def _missing_folders(tree: Tree, output_dir: Path) -> list[str]:
    return [folder for folder in tree.folders if not (output_dir / folder).is_dir()]


def _write(tree: Tree, staging: Path) -> None:
    for folder in tree.folders:
        (staging / folder).mkdir(mode=0o755, parents=True, exist_ok=True)
    for file in tree.files:
        descriptor = os.open(staging / file.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, file.mode)
        with os.fdopen(descriptor, "wb") as target:
            target.write(file.content)


def _move(tree: Tree, staging: Path, output_dir: Path, new_folders: list[str]) -> None:
    """Move whole new folders in one step each, and single files only into folders that were there before."""
    outermost = [folder for folder in new_folders if not any(folder.startswith(f"{other}/") for other in new_folders)]
    moved: list[Path] = []
    try:
        for name in [*outermost, *(file.path for file in tree.files)]:
            if (staging / name).exists():
                (staging / name).rename(output_dir / name)
                moved.append(output_dir / name)
    except OSError:
        for path in moved:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise
