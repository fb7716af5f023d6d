"""One function a check: what was found, whether that will do, and how to fix it."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from medallion_toolkit.engine.jars import ENGINE_JARS, MIRROR_VARIABLE, cache_folder, missing_jars
from medallion_toolkit.engine.java import OLDEST_JAVA, require_java
from medallion_toolkit.errors import EnvironmentProblem
from medallion_toolkit.python.project_modules import SUPPORTED_INTERFACES

OLDEST_PYTHON = (3, 11)
OLDEST_CLI = (1, 12)
ENGINE_PACKAGES = {"pyspark": "4.2.0", "delta-spark": "4.4.0"}
NEEDED_GIB = {"memory": 3.0, "disk": 1.0}
GIB = 1024**3


@dataclass(frozen=True)
class Check:
    """The answer to one question about the machine or the project.

    A required check that is not ok makes `medallion doctor` end with 3; the others are advice.
    """

    name: str
    ok: bool
    required: bool
    found: str
    expected: str
    fix: str

    @property
    def verdict(self) -> str:
        """ok, advice or FAILED."""
        if self.ok:
            return "ok"
        return "FAILED" if self.required else "advice"


def check_python(running: tuple[int, ...] = tuple(sys.version_info[:3])) -> Check:
    """The Python that runs this command."""
    return Check(
        name="Python",
        ok=running >= OLDEST_PYTHON,
        required=True,
        found=".".join(str(number) for number in running),
        expected=f"{OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]} or newer",
        fix="install a newer Python and make the environment anew with it",
    )


def check_java() -> Check:
    """The Java that Spark would start, with the modules it needs."""
    expected = f"Java {OLDEST_JAVA} or newer with Spark's modules"
    try:
        java = require_java()
    except EnvironmentProblem as problem:
        return Check("Java", False, True, problem.found or problem.message, expected, problem.help or "")
    return Check("Java", True, True, f"{java.version} at {java.path}", expected, "")


def check_engine() -> Check:
    """PySpark and Delta in the versions that work together."""
    found = {name: _installed_version(name) for name in ENGINE_PACKAGES}
    return Check(
        name="local engine",
        ok=found == ENGINE_PACKAGES,
        required=True,
        found=", ".join(f"{name} {number or 'missing'}" for name, number in found.items()),
        expected=", ".join(f"{name} {number}" for name, number in ENGINE_PACKAGES.items()),
        fix="python -m pip install 'medallion-toolkit[local]'",
    )


def check_engine_jars() -> Check:
    """The engine jars in the cache, with the right checksums. Nothing is fetched here."""
    folder = cache_folder()
    missing = missing_jars(ENGINE_JARS, folder)
    return Check(
        name="engine jars",
        ok=not missing,
        required=False,
        found=f"{len(ENGINE_JARS) - len(missing)} of {len(ENGINE_JARS)} in {folder}",
        expected=", ".join(jar.file_name for jar in ENGINE_JARS),
        fix=f"go online for the first `medallion run`, it fetches them; behind a firewall set {MIRROR_VARIABLE}",
    )


def check_cli() -> Check:
    """The Databricks CLI, needed to deploy but not to run locally."""
    expected = f"{OLDEST_CLI[0]}.{OLDEST_CLI[1]} or newer"
    fix = "install the Databricks CLI: https://docs.databricks.com/dev-tools/cli/install.html"
    path = shutil.which("databricks")
    if path is None:
        return Check("Databricks CLI", False, False, "not on PATH", expected, fix)
    answer = _first_line(path, "--version")
    numbers = re.search(r"(\d+)\.(\d+)\.(\d+)", answer)
    new_enough = numbers is not None and tuple(int(part) for part in numbers.groups()) >= OLDEST_CLI
    return Check("Databricks CLI", new_enough, False, f"{answer} at {path}", expected, fix)


def check_memory() -> Check:
    """Memory of this machine, or of the container it is."""
    total = _memory_bytes()
    return Check(
        name="memory",
        ok=total is None or total >= NEEDED_GIB["memory"] * GIB,
        required=False,
        found="unknown" if total is None else f"{total / GIB:.1f} GiB",
        expected=f"{NEEDED_GIB['memory']:.0f} GiB",
        fix="close other programs, or give this container more memory; Spark's driver takes about 1.5 GiB",
    )


def check_disk(folder: Path) -> Check:
    """Free space where the tables of local runs are kept."""
    free = shutil.disk_usage(folder).free
    return Check(
        name="disk",
        ok=free >= NEEDED_GIB["disk"] * GIB,
        required=True,
        found=f"{free / GIB:.1f} GiB free in {folder}",
        expected=f"{NEEDED_GIB['disk']:.0f} GiB",
        fix="free some space; `.medallion/` of a project holds only what a run can make again",
    )


def check_helpers(project: Path) -> Check:
    """The interface number of the project's own helper modules."""
    place = project / "medallion" / "__init__.py"
    number = _interface_number(place)
    return Check(
        name="helper modules",
        ok=number in SUPPORTED_INTERFACES,
        required=True,
        found=f"INTERFACE {number}" if number is not None else f"no INTERFACE in {place}",
        expected="INTERFACE " + " or ".join(str(known) for known in sorted(SUPPORTED_INTERFACES)),
        fix="take the helper modules and the toolkit from the same release: `medallion new` writes the matching ones",
    )


def _installed_version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def _first_line(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return (done.stdout + done.stderr).strip().partition("\n")[0]


def _memory_bytes() -> int | None:
    limits = [_cgroup_limit()]
    if "SC_PHYS_PAGES" in getattr(os, "sysconf_names", {}):
        limits.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return min((limit for limit in limits if limit is not None), default=None)


def _cgroup_limit() -> int | None:
    try:
        text = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None


def _interface_number(place: Path) -> int | None:
    """Read without running the file, so a broken project can still be examined."""
    try:
        body = ast.parse(place.read_text(encoding="utf-8")).body
    except (OSError, SyntaxError, UnicodeDecodeError):
        return None
    for statement in body:
        targets = statement.targets if isinstance(statement, ast.Assign) else ()
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            names = [statement.target.id]
        value = getattr(statement, "value", None)
        if "INTERFACE" in names and isinstance(value, ast.Constant) and isinstance(value.value, int):
            return value.value
    return None
