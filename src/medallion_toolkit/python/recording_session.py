"""A session that starts nothing: it notes what a dataset function reads and lets the rest pass."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from medallion_toolkit.model import PythonSource, ReadMode
from medallion_toolkit.python.column_text import property_text
from medallion_toolkit.python.lazy_jvm import lazy_column, lazy_session
from medallion_toolkit.python.places import place_of_caller
from medallion_toolkit.python.read_log import ReadLog, ReadsUnknownError
from medallion_toolkit.python.sql_reads import note_sql_reads

_TRANSFORMATIONS = frozenset(
    re.findall(
        r"\w+",
        """agg alias asTable cache checkpoint coalesce colRegex crossJoin describe distinct drop dropDuplicates
    dropDuplicatesWithinWatermark drop_duplicates dropna exceptAll fillna filter freqItems groupingSets hint
    intersect intersectAll join lateralJoin limit localCheckpoint mapInArrow mapInPandas melt
    observe offset orderBy persist randomSplit repartition repartitionByRange repartitionById replace sample
    sampleBy scalar select selectExpr sort sortWithinPartitions subtract summary to toDF transpose union
    unionAll unionByName unpersist unpivot where withColumn withColumnRenamed withColumns
    withColumnsRenamed withMetadata withWatermark""",
    )
)
_GROUPINGS = frozenset(("groupBy", "groupby", "rollup", "cube", "groupingSets", "na", "stat"))
_VALUES = frozenset(
    re.findall(
        r"\w+",
        """approxQuantile collect columns corr count cov createGlobalTempView createOrReplaceGlobalTempView
    createOrReplaceTempView createTempView dtypes executionInfo exists explain first foreach
    foreachPartition head inputFiles isEmpty isLocal isStreaming mergeInto plot printSchema rdd
    registerTempTable sameSemantics schema semanticHash show sparkSession storageLevel tail take toArrow
    toJSON toLocalIterator toPandas write writeStream writeTo""",
    )
)

Method = Callable[..., object]


class RecordingSession:
    """The parts of a SparkSession whose answer does not depend on data."""

    def __init__(self, log: ReadLog) -> None:
        self._log = log
        self._members: dict[str, object] = {
            "read": RecordingReader(log, "batch"),
            "readStream": RecordingReader(log, "stream"),
            "createDataFrame": self._frame,
            "range": self._frame,
            "_jsparkSession": lazy_session(),
        }

    def table(self, name: str) -> RecordedFrame:
        self._log.note(name, "batch")
        return RecordedFrame(self._log)

    def sql(self, text: str, *_arguments: object, **_named: object) -> RecordedFrame:
        note_sql_reads(self._log, text)
        return RecordedFrame(self._log)

    def _frame(self, *_arguments: object, **_named: object) -> RecordedFrame:
        return RecordedFrame(self._log)

    def __getattr__(self, name: str) -> object:
        members: dict[str, object] = self.__dict__.get("_members", {})
        if name in members:
            return members[name]
        raise ReadsUnknownError(f"spark.{name}")


class RecordingReader:
    """`spark.read` or `spark.readStream`: options pass, `table` is noted, any loading call gives a frame."""

    def __init__(self, log: ReadLog, mode: ReadMode) -> None:
        self._log = log
        self._mode: ReadMode = mode
        self._format = ""
        self._options: dict[str, str] = {}

    def table(self, name: str) -> RecordedFrame:
        self._log.note(name, self._mode)
        return RecordedFrame(self._log)

    def __getattr__(self, name: str) -> Method:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in ("format", "option", "options", "schema"):
            return partial(self._configured, name)
        return partial(self._loaded, name)

    def _configured(self, name: str, *arguments: object, **named: object) -> RecordingReader:
        if name == "format" and arguments:
            self._format = str(arguments[0])
        elif name == "option" and len(arguments) == 2:
            named = {str(arguments[0]): arguments[1]}
        self._options |= {key: property_text(value) for key, value in named.items() if name.startswith("option")}
        return self

    def _loaded(self, name: str, *arguments: object, **named: object) -> RecordedFrame:
        self._log.streams = self._log.streams or self._mode == "stream"
        path = named.pop("path", arguments[0] if arguments else None)
        format_name = str(named.pop("format", self._format)) if name == "load" else name
        options = self._options | {key: property_text(value) for key, value in named.items() if value is not None}
        text = path if isinstance(path, str) else None
        self._log.sources.append(PythonSource(format_name, self._mode, place_of_caller(), text, options))
        return RecordedFrame(self._log)


class RecordedFrame:
    """A DataFrame without data: every transformation gives another, every value is unknown."""

    def __init__(self, log: ReadLog) -> None:
        self._log = log

    def transform(self, function: Method, *arguments: object, **named: object) -> object:
        return function(self, *arguments, **named)

    def __getitem__(self, name: object) -> object:
        return lazy_column(str(name))

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in _VALUES:
            raise ReadsUnknownError(f"DataFrame.{name}")
        if name in _TRANSFORMATIONS:
            return self._transformed
        if name in _GROUPINGS:
            return RecordedGroups(self._log)
        return lazy_column(name)

    def _transformed(self, *_arguments: object, **_named: object) -> RecordedFrame:
        return RecordedFrame(self._log)


class RecordedGroups:
    """Grouped rows: called with columns it stays grouped, any of its methods gives a frame."""

    def __init__(self, log: ReadLog) -> None:
        self._log = log

    def __call__(self, *_arguments: object, **_named: object) -> RecordedGroups:
        return self

    def __getattr__(self, name: str) -> Method:
        if name.startswith("__"):
            raise AttributeError(name)
        return self if name == "pivot" else self._aggregated

    def _aggregated(self, *_arguments: object, **_named: object) -> RecordedFrame:
        return RecordedFrame(self._log)
