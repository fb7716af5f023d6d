"""Which flow a dataset function runs for, so that what its sources remember ends with a full refresh."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from medallion_toolkit.engine.store import Store
    from medallion_toolkit.model import Flow

_flow: ContextVar[tuple[str, str, Iterator[int]] | None] = ContextVar("flow", default=None)


@contextmanager
def sources_of(flow: Flow) -> Iterator[None]:
    """File sources opened in this thread until the block ends belong to `flow`."""
    token = _flow.set((flow.target, flow.name, itertools.count()))
    try:
        yield
    finally:
        _flow.reset(token)


def kept_schema(store: Store, where: str) -> Path:
    """Where the next source keeps its schema: by flow and order; by `where` outside of any flow."""
    current = _flow.get()
    if current is None:
        return store.source_schema("python", where, 0)
    target, name, numbers = current
    return store.source_schema(target, name, next(numbers))
