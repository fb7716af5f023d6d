"""The jars that the local engine puts on Spark's class path, fetched once and checked every time.

Delta, Avro files (the reader of Spark 4.2 is in no public repository, that of 4.1 works in it), and a local file
system in Java: without Hadoop's native library Spark starts a process (chmod, readlink)
for every file it creates or renames, some 1,500 in a run of 27 datasets.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import quoteattr

from medallion_toolkit.engine.java import java_executable
from medallion_toolkit.errors import EnvironmentProblem

MIRROR_VARIABLE = "MEDALLION_MAVEN_MIRROR"
CACHE_VARIABLE = "MEDALLION_CACHE"
FETCH_SECONDS = 600


@dataclass(frozen=True)
class Jar:
    """A jar by its coordinates and the SHA-256 its bytes must have."""

    organisation: str
    module: str
    revision: str
    sha256: str

    @property
    def file_name(self) -> str:
        """The name it has in the cache."""
        return f"{self.module}-{self.revision}.jar"


ENGINE_JARS = (
    Jar(
        "io.delta",
        "delta-spark_4.2_2.13",
        "4.4.0",
        "27d4fd8b1f879535c573ed1c718177d6a27f24d3e626ba02e216369725721ead",
    ),
    Jar("io.delta", "delta-storage", "4.4.0", "c46735481fa8e326b0957be02b4420cbcab4b325bb08009b7f2045a95133f1cc"),
    Jar(
        "com.globalmentor",
        "hadoop-bare-naked-local-fs",
        "0.1.0",
        "e0cc30fb0531eb0b59468dc0abf5b257533d2365b5e9f45e795edd707aa78c62",
    ),
    Jar(
        "org.apache.spark",
        "spark-avro_2.13",
        "4.1.1",
        "6a19d90bc3b6e88d8db0fa36a19273aa10fea2dbd7a62bb60e4cedd73051b32d",
    ),
)


def engine_jars() -> tuple[Path, ...]:
    """Paths of the engine's jars, ready for `spark.jars`; what is missing or damaged is fetched first."""
    return cached_jars(ENGINE_JARS, cache_folder())


def cache_folder() -> Path:
    """Where fetched jars are kept: MEDALLION_CACHE, else the user's cache folder."""
    named = os.environ.get(CACHE_VARIABLE)
    return (Path(named) if named else Path.home() / ".cache" / "medallion") / "jars"


def cached_jars(jars: tuple[Jar, ...], folder: Path) -> tuple[Path, ...]:
    """The jars in `folder`, each with the right checksum.

    Every process fetches into a folder of its own and moves whole files into place, so two processes
    may do this at once and a stopped one leaves nothing half written.
    """
    missing = missing_jars(jars, folder)
    if missing:
        _fetch(missing, folder)
    return tuple(folder / jar.file_name for jar in jars)


def missing_jars(jars: tuple[Jar, ...], folder: Path) -> tuple[Jar, ...]:
    """The jars that are not in `folder` with the right bytes."""
    return tuple(jar for jar in jars if _sha256(folder / jar.file_name) != jar.sha256)


def _fetch(jars: tuple[Jar, ...], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".fetch-") as name:
        work = Path(name)
        (work / "ivy.xml").write_text(_ivy_module(jars), encoding="utf-8")
        (work / "settings.xml").write_text(_ivy_settings(os.environ.get(MIRROR_VARIABLE)), encoding="utf-8")
        output = _run_ivy(work)
        fetched = [(jar, work / "jars" / jar.file_name) for jar in jars]
        for jar, path in fetched:
            _require_checksum(jar, path, output)
        for jar, path in fetched:
            path.replace(folder / jar.file_name)


def _require_checksum(jar: Jar, path: Path, output: str) -> None:
    found = _sha256(path)
    if found is None:
        raise EnvironmentProblem(
            "MED504",
            f"the jar {jar.file_name} could not be fetched",
            found=_last_words(output),
            expected="a reachable Maven repository",
            help=f"go online once, or name your mirror: {MIRROR_VARIABLE}=<address of a Maven repository>",
            next="medallion doctor",
        )
    if found != jar.sha256:
        raise EnvironmentProblem(
            "MED505",
            f"the jar {jar.file_name} is not the one we know, it was not kept",
            found=f"SHA-256 {found}",
            expected=f"SHA-256 {jar.sha256}",
            help=f"ask whoever runs the repository or mirror ({MIRROR_VARIABLE}) that sent it",
            next="medallion doctor",
        )


def _run_ivy(work: Path) -> str:
    libraries = _spark_libraries()
    command = [
        str(java_executable()),
        "-Xmx256m",
        "-cp",
        os.pathsep.join(str(path) for path in libraries),
        "org.apache.ivy.Main",
        "-settings",
        str(work / "settings.xml"),
        "-ivy",
        str(work / "ivy.xml"),
        "-cache",
        str(work / "cache"),
        "-types",
        "jar",
        "-retrieve",
        f"{work}/jars/[artifact]-[revision].[ext]",
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"no answer within {FETCH_SECONDS} seconds"
    return done.stdout + done.stderr


def _spark_libraries() -> tuple[Path, ...]:
    """Ivy and the option parser it needs, both shipped inside PySpark."""
    spec = find_spec("pyspark")
    places = spec.submodule_search_locations if spec else None
    folder = Path(places[0], "jars") if places else Path("pyspark")
    found = tuple(path for pattern in ("ivy-*.jar", "commons-cli-*.jar") for path in sorted(folder.glob(pattern)))
    if len(found) < 2:
        raise EnvironmentProblem(
            "MED506",
            "the local engine is not installed",
            found="no PySpark in this Python",
            expected="the extra `local`",
            help="python -m pip install 'medallion-toolkit[local]'",
            next="medallion doctor",
        )
    return found


def _ivy_module(jars: tuple[Jar, ...]) -> str:
    lines = [
        f'    <dependency org="{jar.organisation}" name="{jar.module}" rev="{jar.revision}" transitive="false"/>'
        for jar in jars
    ]
    body = "\n".join(lines)
    return (
        '<ivy-module version="2.0">\n  <info organisation="medallion" module="jars"/>\n'
        f"  <dependencies>\n{body}\n  </dependencies>\n</ivy-module>\n"
    )


def _ivy_settings(mirror: str | None) -> str:
    root = f" root={quoteattr(mirror)}" if mirror else ""
    return (
        '<ivysettings>\n  <settings defaultResolver="maven"/>\n  <resolvers>\n'
        f'    <ibiblio name="maven" m2compatible="true" usepoms="false" useMavenMetadata="false"{root}/>\n'
        "  </resolvers>\n</ivysettings>\n"
    )


def _last_words(output: str) -> str:
    """The line of Ivy's output that names the trouble."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if "ERROR" in line or "Exception" in line or "not found" in line]
    return (telling or lines or ["no output"])[0][:200]


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
