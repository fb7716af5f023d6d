"""Long contracts written short; nothing is written before all of it is known to mean the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from medallion_toolkit.contracts.access import Folder, Package, chosen_files, open_folder
from medallion_toolkit.contracts.comments import read_comments
from medallion_toolkit.contracts.json_text import json_contract_text
from medallion_toolkit.contracts.nodes import Node, entries_of, value_at
from medallion_toolkit.contracts.yaml_text import contract_text
from medallion_toolkit.errors import ContractError, Place
from medallion_toolkit.python.project_modules import translated

State = Literal["short", "written", "long"]


@dataclass(frozen=True)
class Rewritten:
    """A contract file; `text` is its short form where it was long."""

    path: str
    state: State
    text: str | None = None


@dataclass(frozen=True)
class Rewriting:
    """The chosen files and what was done with them."""

    files: tuple[Rewritten, ...]

    @property
    def is_short(self) -> bool:
        """Whether every file is in the short form now."""
        return all(file.state != "long" for file in self.files)

    def as_dict(self) -> dict[str, object]:
        """The same for `--json`."""
        files = [{"path": file.path, "state": file.state, "text": file.text} for file in self.files]
        return {"short": self.is_short, "files": files}

    def as_text(self, *, with_files: bool) -> str:
        """The texts, or a line for each file."""
        if with_files:
            return "\n".join(file.text.rstrip("\n") for file in self.files if file.text)
        lines = [f"{file.state:<8} {file.path}" for file in self.files]
        return "\n".join(["local", *lines] if self.is_short else ["local", *lines, "next: medallion contract fmt"])


def rewrite(root: Path, names: Iterable[str], *, writes: bool) -> Rewriting:
    """The contracts called so, or all, in the short form; files change only when all of them can."""
    package, folder = open_folder(root)
    files = chosen_files(folder, names)
    texts = {file: _short_text(package, folder, file) for file in files}
    if writes:
        for file, text in texts.items():
            if text is not None:
                _replace(file, text)
    state: State = "written" if writes else "long"
    return Rewriting(
        tuple(
            Rewritten(file.relative_to(root).as_posix(), state if text is not None else "short", text)
            for file, text in texts.items()
        )
    )


def _short_text(package: Package, folder: Folder, file: Path) -> str | None:
    """The short form of a file, None when it is short already; a wrong contract is refused."""
    path = file.relative_to(folder.root).as_posix()
    with translated():
        folder.load(file)
        node = folder.raw(file)
        if not package.is_long(node):
            return None
        short = package.short_form(node)
    text = file.read_text(encoding="utf-8")
    is_json = file.suffix == ".json"
    written = json_contract_text(short) if is_json else contract_text(short, read_comments(text))
    _refuse_another_meaning(package, path, text, written, _targets(short))
    return written


def _targets(short: Node) -> list[str]:
    return [one.key for one in entries_of(value_at(short, "targets"))]


def _refuse_another_meaning(package: Package, path: str, text: str, written: str, targets: list[str]) -> None:
    for target in (None, *targets):
        with translated():
            before, after = (package.plain_values(package.read_contract(one, path, target)) for one in (text, written))
        if before != after:
            differing = next(key for key in before if before[key] != after[key])
            raise ContractError(
                "MED345",
                f"the short form would not say the same about {differing}",
                place=Place(path),
                found=str(after[differing]),
                expected=str(before[differing]),
                help="nothing was written",
            )


def _replace(file: Path, text: str) -> None:
    """The file in one step: old or new, never half."""
    new = file.with_name(f".{file.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(file)
