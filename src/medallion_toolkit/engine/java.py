"""Find a Java that can run the local engine, or say how to get one, before Spark prints a stack trace."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.errors import EnvironmentProblem

OLDEST_JAVA = 17
NEEDED_MODULES = ("java.base", "java.management", "java.naming", "java.security.jgss", "java.sql", "jdk.unsupported")
INSTALL_JAVA = f"install a JDK {OLDEST_JAVA} or newer and put it on PATH or name its folder in JAVA_HOME"


@dataclass(frozen=True)
class Java:
    """A Java runtime: where it is, its major version and full version text, the modules it lacks."""

    path: Path
    major: int
    version: str
    missing_modules: tuple[str, ...]


def java_executable() -> Path:
    """The `java` that Spark would start: JAVA_HOME first, then PATH."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home, "bin")) if home else None)
    if found is None:
        raise EnvironmentProblem(
            "MED501",
            "Java is missing",
            found=f"none in JAVA_HOME={home}" if home else "no java on PATH",
            expected=f"Java {OLDEST_JAVA}",
            help=INSTALL_JAVA,
            next="medallion doctor",
        )
    return Path(found)


def read_java(path: Path | None = None) -> Java:
    """Version and missing modules of a Java, asked from the runtime itself."""
    path = path or java_executable()
    answer = _ask(path, "-XshowSettings:properties", "-version")
    match = re.search(r"java\.version = (\S+)", answer)
    if match is None:
        raise EnvironmentProblem(
            "MED501",
            f"{path} is no usable Java",
            found=answer.strip()[-200:] or "no answer",
            expected=f"Java {OLDEST_JAVA}",
            help=INSTALL_JAVA,
        )
    numbers = match.group(1).split(".")
    major = int(re.sub(r"\D.*", "", numbers[1] if numbers[0] == "1" else numbers[0]))
    return Java(path, major, match.group(1), _missing_modules(path) if major >= 9 else ())


def require_java() -> Java:
    """A Java that can run Spark; anything else is an error that says what to install."""
    java = read_java()
    if java.major < OLDEST_JAVA:
        raise EnvironmentProblem(
            "MED502",
            "Java is too old",
            found=f"Java {java.version} at {java.path}",
            expected=f"Java {OLDEST_JAVA} or newer",
            help=INSTALL_JAVA,
            next="medallion doctor",
        )
    if java.missing_modules:
        raise EnvironmentProblem(
            "MED503",
            "this Java lacks modules that Spark needs",
            found=f"no {', '.join(java.missing_modules)}",
            expected=f"a full JDK {OLDEST_JAVA}",
            help="use a full JDK, not a runtime cut down with jlink",
            next="medallion doctor",
        )
    return java


def _missing_modules(path: Path) -> tuple[str, ...]:
    present = {line.split("@")[0].strip() for line in _ask(path, "--list-modules").splitlines()}
    return tuple(name for name in NEEDED_MODULES if name not in present)


def _ask(path: Path, *arguments: str) -> str:
    try:
        done = subprocess.run([path, *arguments], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return done.stdout + done.stderr
