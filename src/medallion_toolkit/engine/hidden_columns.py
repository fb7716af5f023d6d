"""A column that `*` does not show and that can be selected by its name, as `_metadata` of a file source."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_jdf = attrgetter("_jdf")
_PROJECT = "_jvm.org.apache.spark.sql.catalyst.plans.logical.Project$.MODULE$"
_CONVERTERS = "_jvm.scala.jdk.javaapi.CollectionConverters"


def with_hidden_column(frame: DataFrame, column: str, name: str) -> DataFrame:
    """The frame with its `column` hidden under `name`: left out of `*`, distinct and writes, found when named.

    Spark keeps the hidden output of a projection in a tag of its plan; USING joins hide their columns so.
    """
    shown = [f"`{each}`" for each in frame.columns if each != column]
    named = frame.selectExpr(*shown, f"`{column}` AS `{name}`")
    result = named.selectExpr(*shown)
    context = frame.sparkSession.sparkContext
    hidden = attrgetter("_jvm.java.util.ArrayList")(context)()
    hidden.add(_jdf(named).queryExecution().analyzed().output().last())
    tag = attrgetter(_PROJECT)(context).hiddenOutputTag()
    plan = _jdf(result).queryExecution().analyzed()
    plan.setTagValue(tag, attrgetter(_CONVERTERS)(context).asScala(hidden).toSeq())
    return result
