"""A class-data archive for Spark's JVM: written once, it halves what every later start costs.

The archive belongs to one build of Java and one class path; both are in its name, so a change of either
simply means that there is none yet. Java itself ignores one that does not fit (-Xshare:auto).
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from medallion_toolkit.engine.jars import cache_folder
from medallion_toolkit.engine.java import java_executable

LONGEST_RECORDING = 600


def archive_options(jars: Sequence[Path], record: Path | None = None) -> str:
    """JVM options that use the archive, or write it to `record` at exit; empty when there is none."""
    if record is not None:
        return f"-XX:ArchiveClassesAtExit={record} -Xlog:cds=off -Xlog:cds+dynamic=off"
    archive = archive_path(jars)
    return f"-XX:SharedArchiveFile={archive} -Xshare:auto -Xlog:cds=off" if archive.exists() else ""


def archive_path(jars: Sequence[Path]) -> Path:
    """Where the archive of this Java and these jars is kept."""
    import pyspark

    java = java_executable().resolve()
    build = [str(java), str(java.stat().st_mtime_ns), pyspark.__version__, pyspark.__file__]
    facts = ["sample run", *build, *map(str, jars)]
    name = hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]
    return cache_folder().parent / "classes" / f"{name}.jsa"


def record_archive(jars: Sequence[Path]) -> Path:
    """Write the archive by a run of the sample project in a process of its own; about a minute."""
    archive = archive_path(jars)
    if archive.exists():
        return archive
    archive.parent.mkdir(parents=True, exist_ok=True)
    part = archive.with_suffix(f".{os.getpid()}.part")
    with tempfile.TemporaryDirectory(prefix="medallion-classes-") as folder:
        command = [sys.executable, "-m", "medallion_toolkit.scaffold.warm_up", folder, str(part)]
        subprocess.run(command, check=True, capture_output=True, timeout=LONGEST_RECORDING)
    if part.exists():
        part.replace(archive)
    return archive
