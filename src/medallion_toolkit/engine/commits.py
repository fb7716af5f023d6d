"""What a commit of a local table says of itself: which flow of which update wrote it, and what it counted.

Rows, progress (Delta's `txn` action) and counts stand in one commit, so that a run that is killed before it
wrote its event log still reconciles: the counts are read back from the table.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medallion_toolkit.engine.expectations import Counts, Outcome
from medallion_toolkit.errors import EnvironmentProblem

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

USER_METADATA = "spark.databricks.delta.commitInfo.userMetadata"
MODES = {"append": "Append", "overwrite": "Overwrite"}


@dataclass(frozen=True)
class Origin:
    """The update and the flow that write."""

    update: str
    flow: str


@dataclass(frozen=True)
class Committed:
    """One commit of ours in a table's log."""

    version: int
    origin: Origin
    counts: Counts


_origin: ContextVar[Origin | None] = ContextVar("origin", default=None)


def current_origin() -> Origin | None:
    return _origin.get()


@contextmanager
def written_by(origin: Origin | None) -> Iterator[None]:
    """Commits made inside, in this thread, name `origin`."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)


def statement(counts: Counts) -> str:
    """What a commit says of itself, as JSON for Delta's `userMetadata`."""
    origin = current_origin() or Origin("", "")
    return json.dumps({"update": origin.update, "flow": origin.flow, "counts": asdict(counts)})


@contextmanager
def stated(session: SparkSession, counts: Counts) -> Iterator[None]:
    """Commits that `session` makes inside, such as a MERGE, carry the counts."""
    session.conf.set(USER_METADATA, statement(counts))
    try:
        yield
    finally:
        session.conf.unset(USER_METADATA)


def commit_rows(
    rows: DataFrame, path: str, mode: str, options: Mapping[str, str], counted: Callable[[], Counts]
) -> Counts:
    """Write `rows` to the Delta table at `path` in one commit that carries its counts.

    `counted` is asked when the files are written and before they are committed. Delta's own writer takes the
    statement of a commit before it runs, so its transaction is driven from here.
    """
    session = rows.sparkSession
    jvm = session._jvm
    if jvm is None:
        raise EnvironmentProblem("MED507", "the Spark session has ended")
    java = session._jsparkSession
    delta, convert, none = jvm.org.apache.spark.sql.delta, jvm.PythonUtils, jvm.scala.Option.empty()
    log = delta.DeltaLog.forTable(java, path)
    transaction = log.startTransaction(none, none)
    save_mode = getattr(jvm.org.apache.spark.sql.SaveMode, MODES[mode])
    chosen = delta.DeltaOptions(convert.toScalaMap(dict(options)), java.sessionState().conf())
    nothing, no_columns = convert.toScalaMap({}), convert.toSeq([])
    write = delta.commands.WriteIntoDelta(log, save_mode, chosen, no_columns, nothing, rows._jdf, none, none, False)
    actions = write.write(transaction, java, none, False)
    counts = counted()
    said = jvm.scala.Option.apply(statement(counts))
    kind = getattr(delta, "DeltaOperations$Write")
    transaction.commit(actions, kind(save_mode, none, none, said, none, none, none, none, none), nothing)
    return counts


def latest_version(table: Path) -> int:
    """The newest version in the table's log, -1 when there is none; a directory listing, no session."""
    log = table / "_delta_log"
    return max((int(file.stem) for file in log.glob("*.json") if file.stem.isdigit()), default=-1)


def commits_since(table: Path, version: int) -> list[Committed]:
    """Our commits after `version`, oldest first."""
    found = []
    for number in range(version + 1, latest_version(table) + 1):
        file = table / "_delta_log" / f"{number:020}.json"
        said = _user_metadata(file) if file.exists() else None
        if said is not None:
            found.append(Committed(number, Origin(said["update"], said["flow"]), _counts(said["counts"])))
    return found


def _user_metadata(file: Path) -> dict[str, Any] | None:
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith('{"commitInfo"'):
            text = json.loads(line)["commitInfo"].get("userMetadata")
            said = json.loads(text) if text else None
            return said if isinstance(said, dict) and "counts" in said else None
    return None


def _counts(values: Mapping[str, Any]) -> Counts:
    return Counts(**{**values, "expectations": tuple(Outcome(**one) for one in values["expectations"])})
