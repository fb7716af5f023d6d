"""Spark's own entry points while pipeline code runs: they give the proxy and start nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, SimpleNamespace

from medallion_toolkit.python.context import current, is_active
from medallion_toolkit.python.lazy_jvm import has_real_context, lazy_column, lazy_context, lazy_session
from medallion_toolkit.python.spark_proxy import SPARK

Method = Callable[..., object]


@contextmanager
def replaced_entry_points() -> Iterator[None]:
    """For the block, `SparkSession.builder.getOrCreate()` and its relatives answer with the proxy."""
    from pyspark.errors import utils
    from pyspark.sql import SparkSession
    from pyspark.sql.udf import UserDefinedFunction

    replaced = [
        _replace(SparkSession, "getActiveSession", _session_or_none),
        _replace(SparkSession, "active", _proxy),
        _replace(SparkSession, "_getActiveSessionOrCreate", _internal_session),
        _replace(SparkSession.Builder, "getOrCreate", _proxy),
        _replace(UserDefinedFunction, "__call__", _udf_column),
    ]
    debugging = utils._enable_debugging_cache
    try:
        with lazy_context():
            yield
    finally:
        utils._enable_debugging_cache = debugging
        for undo in reversed(replaced):
            undo()


def _replace(owner: type, name: str, answer: Callable[[Method], Method]) -> Callable[[], None]:
    own = owner.__dict__[name]
    original: Method = getattr(owner, name)

    def replacement(*arguments: object, **named: object) -> object:
        return (answer(original) if is_active() else original)(*arguments, **named)

    setattr(owner, name, staticmethod(replacement) if isinstance(own, classmethod | staticmethod) else replacement)
    return lambda: setattr(owner, name, own)


def _proxy(_original: Method) -> Method:
    return lambda *_arguments, **_named: SPARK


def _session_or_none(original: Method) -> Method:
    def answer() -> object:
        if not _is_called_by_spark():
            return SPARK
        return original() if has_real_context() else None

    return answer


def _internal_session(original: Method) -> Method:
    def answer(**named: object) -> object:
        if has_real_context():
            return original(**named)
        return SimpleNamespace(_jsparkSession=lazy_session())

    return answer


def _udf_column(original: Method) -> Method:
    def answer(*arguments: object, **named: object) -> object:
        if current().reads is not None or not has_real_context():
            return lazy_column("user_defined_function")
        return original(*arguments, **named)

    return answer


def _is_called_by_spark() -> bool:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    return frame is not None and "/pyspark/" in frame.f_code.co_filename.replace("\\", "/")
