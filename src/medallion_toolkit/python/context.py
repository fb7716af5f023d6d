"""The pipeline that user code is being run for: what `spark`, `dp` and `dlt` answer from."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from medallion_toolkit.errors import PipelineError, Place
from medallion_toolkit.python.declarations import Declarations
from medallion_toolkit.python.read_log import ReadLog


@dataclass
class PipelineContext:
    """One pipeline's settings and what its files have declared so far."""

    root_path: Path
    configuration: Mapping[str, str]
    catalog: str
    schema: str
    pipeline: str
    open_session: Callable[[], object] | None
    declarations: Declarations = field(default_factory=Declarations)
    settings: dict[str, str] = field(default_factory=dict)
    reads: ReadLog | None = None
    declared_at: Place | None = None
    is_loading: bool = True


@dataclass
class _Running:
    """The pipelines being run, innermost last, and the one thread that runs them."""

    stack: list[PipelineContext] = field(default_factory=list)
    thread: int = 0
    suspended: int = 0


_RUNNING = _Running()


def current() -> PipelineContext:
    """The pipeline whose code is running now; an error outside of any."""
    if not _RUNNING.stack:
        raise PipelineError(
            "MED250",
            "A pipeline function was called outside of a pipeline.",
            help="call it while a pipeline file is loaded, or inside a dataset function",
        )
    return _RUNNING.stack[-1]


def is_active() -> bool:
    """Whether the calling thread runs pipeline code, and not the toolkit on its behalf."""
    return bool(_RUNNING.stack) and not _RUNNING.suspended and _RUNNING.thread == threading.get_ident()


@contextmanager
def entered(context: PipelineContext) -> Iterator[None]:
    """Make `context` the current one for the block."""
    thread, suspended = _RUNNING.thread, _RUNNING.suspended
    _RUNNING.stack.append(context)
    _RUNNING.thread, _RUNNING.suspended = threading.get_ident(), 0
    try:
        yield
    finally:
        _RUNNING.stack.pop()
        _RUNNING.thread, _RUNNING.suspended = thread, suspended


@contextmanager
def suspended() -> Iterator[None]:
    """For the block, Spark's own entry points behave as if no pipeline code were running."""
    _RUNNING.suspended += 1
    try:
        yield
    finally:
        _RUNNING.suspended -= 1


@contextmanager
def reads_into(log: ReadLog) -> Iterator[None]:
    """For the block, note reads of the current pipeline in `log` instead of touching a session."""
    context = current()
    before, context.reads = context.reads, log
    try:
        yield
    finally:
        context.reads = before
