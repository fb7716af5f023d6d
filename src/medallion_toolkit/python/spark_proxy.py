"""The `spark` of pipeline files: configuration without a session, everything else from one opened late."""

from __future__ import annotations

from contextlib import nullcontext
from operator import attrgetter
from typing import Final

from medallion_toolkit.errors import PipelineError, did_you_mean
from medallion_toolkit.python.context import PipelineContext, current, suspended
from medallion_toolkit.python.lazy_jvm import lazy_session, without_lazy_context
from medallion_toolkit.python.places import place_of_caller
from medallion_toolkit.python.pyspark_presence import is_pyspark_installed
from medallion_toolkit.python.recording_session import RecordingSession
from medallion_toolkit.python.registered_functions import UdfProxy

_ABSENT: Final = object()


class ConfProxy:
    """`spark.conf`: what the code has set, the pipeline's configuration, then a session's settings."""

    def get(self, key: str, default: object = _ABSENT) -> object:
        """The value of a configuration key; unknown keys are an error that names the nearest."""
        context = current()
        for values in (context.settings, context.configuration):
            if key in values:
                return values[key]
        if key.startswith("spark.") and context.open_session is not None:
            arguments = (key,) if default is _ABSENT else (key, default)
            return _session_conf(context, "get", *arguments)
        if default is _ABSENT:
            raise _missing_key(key, context)
        return default

    def set(self, key: str, value: object) -> None:
        """Set a value for this pipeline's code, and in the session when there is one."""
        context = current()
        context.settings[key] = str(value)
        if key.startswith("spark.") and context.open_session is not None:
            _session_conf(context, "set", key, value)

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(session_attribute("conf"), name)


class SparkProxy:
    """Stands for the SparkSession of whichever pipeline runs now."""

    conf: Final = ConfProxy()

    @property
    def udf(self) -> UdfProxy:
        """Registers Python functions for SQL."""
        return UdfProxy(lambda: session_attribute("udf"))

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return session_attribute(name)


SPARK: Final = SparkProxy()


def session_attribute(name: str) -> object:
    """An attribute of the session, or of the recording session while reads are noted."""
    context = current()
    if context.reads is not None:
        return getattr(RecordingSession(context.reads), name)
    if name == "_jsparkSession" and context.open_session is None:
        return lazy_session()
    return getattr(open_session(context, name), name)


def open_session(context: PipelineContext, wanted: str) -> object:
    """The real session behind the proxy; an error where there is none."""
    if context.open_session is None:
        raise PipelineError(
            "MED252",
            f"spark.{wanted} needs a Spark session, and this command starts none.",
            place=place_of_caller(),
            found=f"spark.{wanted} while the file is loaded",
            expected="spark used inside dataset functions only",
            next="medallion run --validate-only",
        )
    with suspended(), without_lazy_context() if is_pyspark_installed() else nullcontext():
        return context.open_session()


def _session_conf(context: PipelineContext, method: str, *arguments: object) -> object:
    conf = attrgetter(f"conf.{method}")(open_session(context, f"conf.{method}"))
    result: object = conf(*arguments)
    return result


def _missing_key(key: str, context: PipelineContext) -> PipelineError:
    return PipelineError(
        "MED251",
        f"The configuration of pipeline {context.pipeline} has no key {key}.",
        place=place_of_caller(),
        found=key,
        expected=", ".join(sorted(context.configuration)) or "a configuration, it is empty",
        help=did_you_mean(key, context.configuration) or "add it under configuration: of the pipeline",
    )
