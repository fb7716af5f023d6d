"""A Spark session tuned for a laptop: Delta by local jars, one JVM, small partitions, quiet logs."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.engine.class_archive import archive_options
from medallion_toolkit.engine.java import require_java
from medallion_toolkit.engine.lock import shared_descriptor
from medallion_toolkit.errors import EnvironmentProblem

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Measured in docs/benchmarks.md: what each setting buys on small inputs.
SETTINGS = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.hadoop.fs.file.impl": "com.globalmentor.apache.hadoop.fs.NakedLocalFileSystem",
    "spark.delta.logStore.file.impl": "io.delta.storage.LocalLogStore",
    "spark.sql.streaming.checkpointFileManagerClass": (
        "org.apache.spark.sql.execution.streaming.checkpointing.FileSystemBasedCheckpointFileManager"
    ),
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "2",
    "spark.default.parallelism": "2",
    "spark.databricks.delta.snapshotPartitions": "1",
    "spark.databricks.delta.stats.collect": "false",
    "spark.sql.streaming.numRecentProgressUpdates": "1",
    "spark.sql.csv.parser.columnPruning.enabled": "false",
    "spark.driver.memory": "2g",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.execution.pythonUDF.arrow.enabled": "false",
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "2",
    "spark.databricks.delta.schema.autoMerge.enabled": "false",
}
JVM_OPTIONS = (
    "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=192m -XX:+UseParallelGC "
    "-Xms1g -XX:NewSize=600m -XX:MetaspaceSize=256m"
)
SMALL_INPUT = 64 * 1024 * 1024
LOG4J = """
rootLogger.level = error
rootLogger.appenderRef.stderr.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %p %c{1}: %m%n
logger.quiet.name = org.apache.spark
logger.quiet.level = off
logger.delta.name = io.delta
logger.delta.level = off
logger.hadoop.name = org.apache.hadoop
logger.hadoop.level = off
"""


def start_session(work: Path, jars: Sequence[Path], record: Path | None = None) -> SparkSession:
    """The process's Spark session; `work` takes its scratch files. EnvironmentProblem without Java or pyspark.

    `record` is where the JVM writes its class archive when it ends.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise EnvironmentProblem(
            "MED506",
            "the local engine needs pyspark, which is not installed",
            next="pip install 'medallion-toolkit[local]'",
        ) from error
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.appName("medallion").master("local[2]")
    for key, value in {**SETTINGS, **_paths(work, jars, archive_options(jars, record))}.items():
        builder = builder.config(key, value)
    try:
        with _stderr_to(work / "driver.log", shared_descriptor(work.parent)):
            session = builder.getOrCreate()
            session.sparkContext.setLogLevel("OFF")
        for name in ("SQLQueryContextLogger", "py4j.clientserver"):
            logging.getLogger(name).disabled = True
        logging.getLogger().addFilter(_is_not_of_the_bridge)
    except Exception as error:
        require_java()
        raise EnvironmentProblem(
            "MED507",
            f"Spark did not start: {str(error).splitlines()[0] if str(error) else type(error).__name__}",
            expected="a Java 17 runtime on PATH or in JAVA_HOME",
            next="medallion doctor",
        ) from error
    return session


def _is_not_of_the_bridge(record: logging.LogRecord) -> bool:
    """The bridge to Java logs stack traces of what is raised too."""
    return "py4j" not in record.pathname


@contextmanager
def _stderr_to(log: Path, locked: int | None) -> Iterator[None]:
    """The JVM inherits the locked file, else the log, as its error stream; Python's own comes back at once."""
    sys.stderr.flush()
    kept = os.dup(2)
    with log.open("ab") as target:
        os.dup2(target.fileno() if locked is None else locked, 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def _paths(work: Path, jars: Sequence[Path], archive: str) -> dict[str, str]:
    work.mkdir(parents=True, exist_ok=True)
    log4j = work / "log4j2.properties"
    log4j.write_text(LOG4J.lstrip(), encoding="utf-8")
    options = f"{JVM_OPTIONS} {archive} -Dlog4j2.configurationFile={log4j} -Dderby.system.home={work}"
    return {
        "spark.driver.extraClassPath": os.pathsep.join(str(jar) for jar in jars),
        "spark.driver.extraJavaOptions": options,
        "spark.sql.warehouse.dir": str(work / "warehouse"),
        "spark.local.dir": str(work / "scratch"),
    }


def fit_to_input(spark: SparkSession, input_bytes: int) -> None:
    """Generate code and split work only where it pays: small inputs take less time than either costs."""
    pays = input_bytes > SMALL_INPUT
    for name in ("spark.sql.shuffle.partitions", "spark.sql.files.minPartitionNum"):
        spark.conf.set(name, "2" if pays else "1")
    spark.conf.set("spark.sql.codegen.wholeStage", str(pays).lower())
    spark.conf.set("spark.sql.codegen.factoryMode", "FALLBACK" if pays else "NO_CODEGEN")


class SessionOnDemand:
    """The session, started when something first asks for it; one a process."""

    def __init__(self, state: Path, starting: Callable[[], None] = lambda: None, record: Path | None = None) -> None:
        self._state = state.absolute()
        self._starting = starting
        self._record = record
        self._session: SparkSession | None = None
        self._lock = threading.Lock()

    @property
    def is_started(self) -> bool:
        return self._session is not None

    def spark(self) -> SparkSession:
        with self._lock:
            return self._started()

    def _started(self) -> SparkSession:
        if self._session is None:
            from medallion_toolkit.engine.jars import engine_jars
            from medallion_toolkit.engine.java import java_executable

            self._starting()
            java_executable()
            self._session = start_session(self._state / "spark", engine_jars(), self._record)
            fit_to_input(self._session, 0)
        return self._session
