"""A folder of files and the source that reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.engine.files.options import FileSource, read_options
from medallion_toolkit.engine.files.reading import read_source
from medallion_toolkit.engine.files.rescue import METADATA
from medallion_toolkit.errors import Place

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

PLACE = Place("sql/bronze/orders.sql", 7, 13)


class Landing:
    """`put` files, then `rows` of a batch read, or `stream` them into a table run by run."""

    def __init__(self, spark: SparkSession, folder: Path) -> None:
        self.spark, self.root, self.folder, self.kept = spark, folder, folder / "landing", folder / "schema.json"
        self.folder.mkdir()

    def put(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def write(self, name: str, query: str, format_name: str) -> None:
        """One file in the folder `name` with the query's rows."""
        self.spark.sql(query).coalesce(1).write.format(format_name).save(str(self.folder / name))

    def source(self, pattern: str = "", **options: str) -> FileSource:
        return read_options(Path(f"{self.folder}{pattern}"), options, PLACE, infer_types=True)

    def frame(self, pattern: str = "", is_stream: bool = False, **options: str) -> DataFrame:
        return read_source(self.spark, self.source(pattern, **options), is_stream, self.kept)

    def rows(self, pattern: str = "", **options: str) -> list[dict[str, object]]:
        found = self.frame(pattern, **options).drop(METADATA).collect()
        return _readable([row.asDict(recursive=True) for row in found])

    def stream(self, **options: str) -> list[dict[str, object]]:
        """The table's rows after one more run of the stream."""
        rows, table = self.frame(is_stream=True, **options).drop(METADATA), str(self.root / "table")
        writer = rows.writeStream.format("delta").option("mergeSchema", "true").trigger(availableNow=True)
        writer.option("checkpointLocation", str(self.root / "checkpoint")).start(table).awaitTermination()
        found = self.spark.read.format("delta").load(table).collect()
        return _readable([row.asDict(recursive=True) for row in found])


def _readable(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Sorted; rescued data as a mapping without the file's path."""
    for row in rows:
        if row.get("_rescued_data"):
            loaded = json.loads(str(row["_rescued_data"]))
            assert loaded.pop("_file_path").startswith("file:")
            row["_rescued_data"] = loaded
    return sorted(rows, key=str)
