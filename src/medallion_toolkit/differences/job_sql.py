"""Differences in the SQL that a bundle's jobs run: grants, tags, policies and all that is no gate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import takewhile

from medallion_toolkit.differences.model import Difference
from medallion_toolkit.engine.gates import gates_of
from medallion_toolkit.errors import Place
from medallion_toolkit.project.bundle import Bundle
from medallion_toolkit.sql.splitting import Chunk, split_statements

_MEANINGS: Mapping[str, str] = {
    "GRANT": "permissions; whoever runs it here sees everything",
    "REVOKE": "permissions; whoever runs it here sees everything",
    "DENY": "permissions; whoever runs it here sees everything",
    "POLICY": "row filters and masks by tag; a run here reads all rows and values",
    "TAGS": "tags of the catalog; no row depends on them",
    "TAG": "tags of the catalog; no row depends on them",
    "OPTIMIZE": "maintenance of files; no row depends on it",
    "VACUUM": "maintenance of files; no row depends on it",
    "ANALYZE": "statistics of the catalog; no row depends on them",
    "COMMENT": "comments of the catalog; no row depends on them",
    "METRICS": "a metric view of the catalog; pipelines do not read it",
}
_OTHER = "run by the job in the workspace only; `medallion run` runs pipelines and gates"


def job_differences(bundle: Bundle) -> Iterator[Difference]:
    """The statements of every SQL task that no local run executes."""
    gates = {gate.file for pipeline in bundle.pipelines for gate in gates_of(bundle, pipeline.key)}
    for path in dict.fromkeys(_files(bundle)):
        file = bundle.root / path
        if path in gates or not file.is_file():
            continue
        text = file.read_text(encoding="utf-8-sig", errors="replace")
        for chunk in split_statements(text):
            line = text.count("\n", 0, chunk.start) + 1
            yield Difference("not_shown", _head(chunk), _meaning(chunk), Place(path, line))


def _files(bundle: Bundle) -> Iterator[str]:
    for job in bundle.jobs.values():
        tasks = job.get("tasks")
        for task in tasks if isinstance(tasks, list | tuple) else ():
            sql = task.get("sql_task") if isinstance(task, Mapping) else None
            file = sql.get("file") if isinstance(sql, Mapping) else None
            if isinstance(file, Mapping) and file.get("path"):
                yield str(file["path"])


def _head(chunk: Chunk) -> str:
    words = list(takewhile(str.isupper, (token.text for token in chunk.tokens[:4])))
    return f"job SQL: {' '.join(words) or chunk.tokens[0].text.upper()}"


def _meaning(chunk: Chunk) -> str:
    words = [token.key for token in chunk.tokens]
    return next((_MEANINGS[word] for word in words if word in _MEANINGS), _OTHER)
