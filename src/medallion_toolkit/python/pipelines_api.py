"""What `from pyspark import pipelines as dp` gives to user code: each call is recorded, nothing runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from medallion_toolkit.errors import Place, UnsupportedError
from medallion_toolkit.python.column_text import text_mapping
from medallion_toolkit.python.context import current
from medallion_toolkit.python.declarations import (
    DeclaredDataset,
    DeclaredFlow,
    DeclaredKind,
    QueryFunction,
)
from medallion_toolkit.python.functions import attributable, name_of
from medallion_toolkit.python.places import place_of_caller
from medallion_toolkit.python.table_arguments import TableArguments, read_table_arguments

accepts_sql_text = True

Decorator = Callable[[QueryFunction], QueryFunction]
Decorated = QueryFunction | Decorator


def table(query_function: QueryFunction | None = None, **arguments: object) -> Decorated:
    """A streaming table made by the decorated function; a materialized view when it is seen to read no stream."""
    return declare_with_query("table_unless_batch", query_function, arguments)


def materialized_view(query_function: QueryFunction | None = None, **arguments: object) -> Decorated:
    """A materialized view made by the decorated function."""
    return declare_with_query("materialized_view", query_function, arguments)


def temporary_view(query_function: QueryFunction | None = None, **arguments: object) -> Decorated:
    """A view of this pipeline only, made by the decorated function."""
    return declare_with_query("temporary_view", query_function, arguments)


def create_streaming_table(name: str, comment: str | None = None, **arguments: object) -> None:
    """A streaming table that flows write to."""
    place = caller()
    read = read_table_arguments(place, {"name": name, "comment": comment, **arguments})
    current().declarations.datasets.append(_dataset(name, "streaming_table", read, None))


def append_flow(
    *,
    target: str,
    name: str | None = None,
    once: bool = False,
    comment: str | None = None,
    spark_conf: Mapping[str, object] | None = None,
    depends_on: object = None,
) -> Decorator:
    """A flow of the decorated function's rows into `target`."""
    place = caller()
    texts = {"comment": comment, "depends_on": str(depends_on) if depends_on else None}
    options = text_mapping(spark_conf) | {key: text for key, text in texts.items() if text}

    def decorate(function: QueryFunction) -> QueryFunction:
        flow_name = name or name_of(function, place)
        flow = DeclaredFlow(flow_name, target, "append", place, function, once=once, options=options)
        current().declarations.flows.append(flow)
        return function

    return decorate


def create_sink(name: str, format: str, options: Mapping[str, object] | None = None) -> None:
    """A place outside of the pipeline that append flows write to."""
    place = caller()
    made = DeclaredDataset(name, "sink", place, properties=text_mapping(options), clauses={"using": format})
    current().declarations.datasets.append(made)


def foreach_batch_sink(handler: QueryFunction | None = None, *, name: str | None = None) -> Decorated:
    """A sink whose decorated function receives every micro-batch."""
    place = caller()

    def decorate(function: QueryFunction) -> QueryFunction:
        sink_name = name or name_of(function, place)
        made = DeclaredDataset(sink_name, "sink", place, function, clauses={"using": "foreach_batch"})
        current().declarations.datasets.append(made)
        return function

    return decorate if handler is None else decorate(handler)


def on_event_hook(hook: QueryFunction | None = None, **_arguments: object) -> Decorated:
    """A function the workspace calls for every event; noted, never called."""
    place = caller()

    def decorate(function: QueryFunction) -> QueryFunction:
        note = UnsupportedError(
            "MED256",
            f"The event hook {getattr(function, '__name__', 'here')} runs in the workspace only.",
            place=place,
            help="nothing else in this file is affected",
        )
        current().declarations.notes.append(note)
        return function

    return decorate if hook is None else decorate(hook)


@contextmanager
def declared_at(path: str, line: int) -> Iterator[None]:
    """Name the file and line that declarations in the block come from, such as a contract."""
    context = current()
    before, context.declared_at = context.declared_at, Place(path, line)
    try:
        yield
    finally:
        context.declared_at = before


def declare_with_query(
    kind: DeclaredKind, query_function: QueryFunction | None, arguments: Mapping[str, object]
) -> Decorated:
    """Record a dataset now, or return the decorator that will."""
    place = caller()
    read = read_table_arguments(place, arguments)

    def decorate(function: QueryFunction) -> QueryFunction:
        named = attributable(function)
        name = read.name or name_of(function, place)
        current().declarations.datasets.append(_dataset(name, kind, read, named))
        return named

    return decorate if query_function is None else decorate(query_function)


def caller() -> Place:
    """Where the user declared what is being recorded."""
    return current().declared_at or place_of_caller()


def _dataset(name: str, kind: DeclaredKind, read: TableArguments, function: QueryFunction | None) -> DeclaredDataset:
    return DeclaredDataset(
        name=name,
        kind=kind,
        place=read.place,
        function=function,
        comment=read.comment,
        columns=read.columns,
        expectations=read.expectations,
        properties=read.properties,
        clauses=read.clauses,
        options=read.options,
        private=read.private,
    )
