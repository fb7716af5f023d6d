"""What ends a run from outside: a full disk, too little memory, a session that is gone."""

from __future__ import annotations

import errno

from medallion_toolkit.errors import EnvironmentProblem

_FULL = ("No space left on device", "Disk quota exceeded")
_GONE = (
    "Answer from Java side is empty",
    "Error while obtaining a new communication channel",
    "An error occurred while trying to connect to the Java server",
    "SparkContext was shut down",
    "Connection refused",
    "Connection reset",
)


def breakdown(error: BaseException, text: str | None = None) -> EnvironmentProblem | None:
    """The problem behind `error`, None when the machine is not to blame; `text` are all its messages."""
    said = str(error) if text is None else text
    if _is_full(error) or any(words in said for words in _FULL):
        return EnvironmentProblem(
            "MED511",
            "the disk is full",
            help="rows of this update that were not committed are not in the tables; free some space and run again",
            next="medallion clean",
        )
    if "java.lang.OutOfMemoryError" in said:
        return EnvironmentProblem(
            "MED512",
            "Spark ran out of memory",
            help="let a stream take its files in smaller batches (maxFilesPerTrigger), or run it in the workspace",
        )
    if isinstance(error, ConnectionError) or type(error).__name__ == "Py4JNetworkError" or _is_gone(said):
        return EnvironmentProblem(
            "MED510",
            "the Spark session has ended in the middle of the run",
            help="what was committed is in the tables and counted once; the next run goes on from there",
            next="medallion run",
        )
    return None


def _is_full(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def _is_gone(said: str) -> bool:
    return any(words in said for words in _GONE)
