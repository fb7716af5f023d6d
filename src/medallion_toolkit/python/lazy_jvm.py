"""Spark columns before there is a JVM: calls are kept, shown as SQL text, and made when a JVM needs them.

`pyspark.sql.functions` works only with an active Spark context. While pipeline files load there is
none, so a `LazyContext` takes its place. A Column built with it holds a `LazyJava`; passed to a real
session later it becomes the real Java column, because py4j asks every argument for its object id.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from operator import attrgetter
from typing import Final

from medallion_toolkit.python.column_sql import JavaCall, call_as_sql
from medallion_toolkit.python.ddl_types import parse_ddl

_NOT_JAVA: Final = frozenset(("Java", "keys", "items", "implements"))
_CONTEXT: Final = "_active_spark_context"
_NEVER: Final = object()


class LazyJava:
    """Stands for a py4j object: further calls on it are kept, and made when py4j asks for its id."""

    def __init__(self, call: JavaCall) -> None:
        self._call = call
        self._made: tuple[object, object] | None = None

    def __getattr__(self, name: str) -> LazyJava:
        if name.startswith("__") or name in _NOT_JAVA:
            raise AttributeError(name)
        return LazyJava(JavaCall(self._call.find_root, self._call, name))

    def __call__(self, *arguments: object) -> LazyJava:
        return LazyJava(replace(self._call, arguments=tuple(_kept(argument) for argument in arguments)))

    def toString(self) -> str:
        """The SQL text of a column."""
        return call_as_sql(self._call)

    def _get_object_id(self) -> object:
        return attrgetter("_get_object_id")(self._java())()

    def _java(self) -> object:
        root = self._call.find_root()
        if self._made is None or self._made[0] is not root:
            self._made = (root, _make(self._call, {}))
        return self._made[1]


class LazyContext:
    """Stands for a SparkContext; false, so that a real one may still be started."""

    def __init__(self) -> None:
        self._jvm = LazyJava(JavaCall(_active_jvm))

    def __bool__(self) -> bool:
        return False

    def _parse_ddl(self, text: str) -> object:
        return parse_ddl(text)


@contextmanager
def lazy_context() -> Iterator[None]:
    """For the block, columns can be built although no session runs."""
    with _context_in_place_of(None, LazyContext()):
        yield


@contextmanager
def without_lazy_context() -> Iterator[None]:
    """For the block, Spark sees that no context is active, so that one can be started."""
    context = active_context()
    with _context_in_place_of(context if isinstance(context, LazyContext) else _NEVER, None):
        yield


def active_context() -> object:
    """Spark's own context, the lazy one, or None."""
    from pyspark import SparkContext

    context: object = getattr(SparkContext, _CONTEXT)
    return context


def has_real_context() -> bool:
    """Whether a Spark context runs in this process."""
    context = active_context()
    return context is not None and not isinstance(context, LazyContext)


def function_name(java: LazyJava) -> str | None:
    """The name of a function; None for a method of a column."""
    parent = java._call.parent
    return java._call.name if parent is None or parent.arguments is None else None


def lazy_session() -> LazyJava:
    """The `_jsparkSession` of the session that will be active, for parsing data types."""
    return LazyJava(JavaCall(_active_java_session))


def lazy_column(name: str) -> object:
    """A column of a DataFrame that is not there yet."""
    from medallion_toolkit.python.pyspark_presence import is_pyspark_installed

    if is_pyspark_installed():
        from pyspark.sql import functions

        return functions.col(name)
    from medallion_toolkit.python.pyspark_stub import stub_column

    return stub_column(name)


def _kept(argument: object) -> object:
    if isinstance(argument, LazyJava):
        return argument._call
    return [_kept(item) for item in argument] if isinstance(argument, list | tuple) else argument


def _make(value: object, made: dict[int, object]) -> object:
    if isinstance(value, list):
        return [_make(item, made) for item in value]
    if not isinstance(value, JavaCall):
        return value
    if id(value) not in made:
        made[id(value)] = _call(value, made)
    return made[id(value)]


def _call(call: JavaCall, made: dict[int, object]) -> object:
    if call.parent is None:
        return call.find_root()
    member: object = getattr(_make(call.parent, made), call.name)
    if call.arguments is None or not callable(member):
        return member
    return member(*(_make(argument, made) for argument in call.arguments))


@contextmanager
def _context_in_place_of(before: object, context: object) -> Iterator[None]:
    from pyspark import SparkContext

    if active_context() is not before:
        yield
        return
    setattr(SparkContext, _CONTEXT, context)
    try:
        yield
    finally:
        if active_context() is context:
            setattr(SparkContext, _CONTEXT, before)


def _active_jvm() -> object:
    if not has_real_context():
        raise RuntimeError("A Spark column was used before a session was started.")
    return attrgetter("_jvm")(active_context())


def _active_java_session() -> object:
    from pyspark.sql import SparkSession

    session = SparkSession._instantiatedSession
    if session is None:
        raise RuntimeError("A Spark data type was used before a session was started.")
    return session._jsparkSession
