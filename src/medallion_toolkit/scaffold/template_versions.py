"""Which template a project came from, with which answers, and that template's files."""

from __future__ import annotations

import re
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import cast

from medallion_toolkit.errors import ConfigError, Place
from medallion_toolkit.project.pyproject import tool_settings
from medallion_toolkit.scaffold.project import find_template

FIRST_VERSION = "0.1.0"
HISTORY = "template_history"
_COMMENT = "# The template this project came from; `medallion upgrade` reads it and writes it anew. Keep it last."
_RECORD = re.compile(
    r"^(?:# The template this project came from;.*\n|\[tool\.medallion\.template(?:\.answers)?\]\n(?:\w+ = .*\n|\n)*)",
    re.MULTILINE,
)
_NAME = re.compile(r"^  name: (\S+)$", re.MULTILINE)
_CATALOG = re.compile(r"^  prod:\n.*?^      catalog: (\S+)$", re.MULTILINE | re.DOTALL)
_WAREHOUSE = re.compile(r"^      warehouse: (.+)$", re.MULTILINE)
_PRINCIPAL = re.compile(r"^      run_as: ([0-9a-fA-F-]{36})$", re.MULTILINE)
_ADDRESS = re.compile(r"on_failure:\n\s+- (\S+@\S+)")


@dataclass(frozen=True)
class Origin:
    """The template version of a project and the answers it was made with."""

    version: str
    answers: Mapping[str, str]


def current_version() -> str:
    """The version of the template this toolkit carries, which is its own."""
    return version("medallion-toolkit")


def read_origin(project: Path) -> Origin:
    """What pyproject.toml records; the first version recorded nothing, its answers are read from its files."""
    recorded = tool_settings(project, "template")
    if recorded:
        answers = cast("Mapping[str, object]", recorded.get("answers", {}))
        return Origin(str(recorded["version"]), {name: str(value) for name, value in answers.items()})
    bundle = project / "databricks.yml"
    if not (bundle.is_file() and (project / "medallion" / "__init__.py").is_file()):
        raise ConfigError(
            "MED771",
            "this is no project of the template",
            place=Place(str(bundle)),
            expected="databricks.yml and the folder medallion/",
            next="medallion new",
        )
    return Origin(FIRST_VERSION, _answers_of_first_version(project, bundle.read_text(encoding="utf-8")))


@contextmanager
def template_of(wanted: str, toolkit: Path | None = None) -> Iterator[Path]:
    """The folder of a template version; ConfigError for one that the toolkit, this one by default, does not know."""
    root = toolkit or find_template()
    if wanted == current_version():
        yield root
        return
    archive = root / HISTORY / f"{wanted}.tar.gz"
    if not archive.is_file():
        raise ConfigError(
            "MED772",
            f"this toolkit does not know the template version {wanted}",
            found=wanted,
            expected=", ".join(known_versions(root)),
            next="pip install --upgrade medallion-toolkit",
        )
    with tempfile.TemporaryDirectory() as folder, tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
        yield Path(folder)


def known_versions(toolkit: Path | None = None) -> tuple[str, ...]:
    """Every released version of the template and the current one, oldest first."""
    archives = ((toolkit or find_template()) / HISTORY).glob("*.tar.gz")
    released = {path.name.removesuffix(".tar.gz") for path in archives}
    return tuple(sorted({*released, current_version()}, key=_numbers))


def is_older(one: str, other: str) -> bool:
    """Whether version `one` came before `other`."""
    return _numbers(one) < _numbers(other)


def recorded_text(text: str, origin: Origin) -> str:
    """The text of pyproject.toml with the origin written anew at its end; all other sections stay."""
    kept = _RECORD.sub("", text if text.endswith("\n") else text + "\n").rstrip("\n")
    lines = [_COMMENT, "[tool.medallion.template]", f'version = "{origin.version}"', ""]
    lines += ["[tool.medallion.template.answers]", *(f'{name} = "{value}"' for name, value in origin.answers.items())]
    return f"{kept}\n\n".lstrip("\n") + "\n".join(lines) + "\n"


def _answers_of_first_version(project: Path, bundle: str) -> dict[str, str]:
    job = project / "resources" / "daily.job.yml"
    found = {
        "project_name": _NAME.search(bundle),
        "catalog": _CATALOG.search(bundle),
        "warehouse_name": _WAREHOUSE.search(bundle),
        "service_principal": _PRINCIPAL.search(bundle),
        "notification_address": _ADDRESS.search(job.read_text(encoding="utf-8")) if job.is_file() else None,
    }
    answers = {name: match[1] for name, match in found.items() if match}
    has_sample = (project / "sql" / "bronze" / "order_lines.sql").is_file()
    return {**answers, "sample_data": "yes" if has_sample else "no"}


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))
