"""Which files a source reads: folders, patterns, times, limits, partitions; with thousands of files too."""

from __future__ import annotations

import os
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from landing import PLACE, Landing

from medallion_toolkit.engine.files.globs import pattern
from medallion_toolkit.engine.files.listing import seen_files, seen_paths
from medallion_toolkit.engine.files.options import read_options
from medallion_toolkit.engine.inputs import folder_version

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.fixture
def landing(spark: SparkSession, tmp_path: Path) -> Landing:
    return Landing(spark, tmp_path)


def names(folder: Path | str, **options: str) -> list[str]:
    found = seen_files(read_options(Path(folder), {"format": "json", **options}, PLACE, infer_types=True))
    return [file.name for file in found]


@pytest.mark.fidelity(
    "Files of nested folders are read; names that begin with a dot or an underscore are not.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
@pytest.mark.fidelity(
    "Paths may hold the patterns ?, *, [a-c], [^a] and {one,two}; none of them crosses a folder.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
@pytest.mark.fidelity(
    "pathGlobFilter and fileNamePattern choose files by name.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
def test_files_are_found_without_spark(tmp_path: Path) -> None:
    for name in ("a.json", "x/b.json", "x/y/c.json", "_tmp/no.json", ".hidden", "x/_SUCCESS", "_d=1/e.json", "z/a.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    assert names(tmp_path) == ["e.json", "a.json", "b.json", "c.json", "a.txt"]
    assert names(tmp_path, pathGlobFilter="{a,c}.json") == ["a.json", "c.json"]
    assert names(tmp_path, fileNamePattern="[^ae].*") == ["b.json", "c.json"]
    assert names(f"{tmp_path}/x*") == ["b.json", "c.json"]
    assert names(f"{tmp_path}/*/?.json") == ["e.json", "b.json"]
    assert names(f"{tmp_path}/{{x/b,a}}.json") == ["a.json", "b.json"]
    assert names(tmp_path / "x" / "b.json") == ["b.json"]


def test_a_pattern_that_is_not_closed_matches_itself() -> None:
    assert pattern("{a").fullmatch("{a")
    assert pattern(r"\*").fullmatch("*")
    assert not pattern(r"\*").fullmatch("a")


def test_new_files_below_a_pattern_are_noticed_without_spark(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    pattern_path = Path(f"{tmp_path}/{{a,b}}/*.json")
    empty = folder_version(pattern_path)
    (tmp_path / "a" / "1.json").write_text("{}")
    assert folder_version(pattern_path) != empty


def test_ten_thousand_files_are_listed_in_a_moment(tmp_path: Path) -> None:
    for folder in range(20):
        (tmp_path / f"day={folder}").mkdir()
        for file in range(500):
            (tmp_path / f"day={folder}" / f"{file}.json").touch()
    source = read_options(tmp_path, {"format": "json"}, PLACE, infer_types=True)
    started = time.perf_counter()
    assert len(seen_paths(source)) == 10_000
    assert time.perf_counter() - started < 2


@pytest.mark.fidelity(
    "Folders named column=value give columns with inferred types, in batch and in streams.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
@pytest.mark.fidelity(
    "partitionColumns chooses among the folders' columns; an empty text takes none.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
@pytest.mark.fidelity(
    "With a stated schema only the folders' columns it names are there, with its types.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
@pytest.mark.fidelity(
    "recursiveFileLookup = true leaves the folders' columns out.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
@pytest.mark.fidelity(
    "A column that stands in the file and in the folder's name has the folder's value.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
@pytest.mark.fidelity(
    "New folder columns are not added to a stream's schema.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
def test_partition_columns(landing: Landing) -> None:
    landing.put("day=2026-01-31/shop=a%20b/x.json", '{"id":1,"shop":"file"}\n')
    landing.put("day=2026-02-01/shop=__HIVE_DEFAULT_PARTITION__/x.json", '{"id":2}\n')
    expected = [
        {"id": 1, "day": date(2026, 1, 31), "shop": "a b", "_rescued_data": None},
        {"id": 2, "day": date(2026, 2, 1), "shop": None, "_rescued_data": None},
    ]
    assert landing.stream(format="json") == expected
    landing.put("day=2026-02-02/shop=c/hour=5/x.json", '{"id":3}\n')
    assert "hour" not in landing.frame(is_stream=True, format="json").columns
    landing.kept.unlink()
    assert landing.frame(format="json", partitionColumns="day").columns[:3] == ["id", "shop", "day"]
    assert landing.frame(format="json", partitionColumns="").columns[:2] == ["id", "shop"]
    assert landing.frame(format="json", recursiveFileLookup="true").columns[:2] == ["id", "shop"]
    text = {"format": "json", "schema": "id INT, shop STRING", "partitionColumns": "day,shop"}
    assert [row["shop"] for row in landing.rows(**text)] == ["a b", None, "c"]


@pytest.mark.fidelity(
    "modifiedAfter and modifiedBefore choose files by their time, in streams too.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
@pytest.mark.fidelity(
    "maxFilesPerTrigger and maxBytesPerTrigger cut a stream into batches without changing its rows.",
    source="ingestion/cloud-object-storage/auto-loader/options",
    verdict="same",
)
@pytest.mark.fidelity(
    "A file that is older than the newest one by weeks is read all the same.",
    source="ingestion/cloud-object-storage/auto-loader/options",
    verdict="same",
)
def test_times_and_limits(landing: Landing) -> None:
    landing.put("new.json", '{"id":1}\n')
    old = landing.put("old.json", '{"id":2}\n')
    os.utime(old, (1_000_000_000, 1_000_000_000))
    options = {"format": "json", "schema": "id INT"}
    assert landing.rows(**options, modifiedBefore="2010-01-01T00:00:00") == [{"id": 2}]
    limited = {**options, "maxFilesPerTrigger": "1", "maxBytesPerTrigger": "10g"}
    assert landing.stream(**limited, modifiedAfter="2010-01-01") == [{"id": 1}]
    other = Landing(landing.spark, landing.folder)
    for number, age in enumerate((0, 90, 30)):
        path = other.put(f"{number}.json", f'{{"id":{number}}}\n')
        os.utime(path, (path.stat().st_mtime - age * 86_400,) * 2)
    assert [row["id"] for row in other.stream(**limited)] == [0, 1, 2]


@pytest.mark.fidelity(
    "includeExistingFiles = false leaves out the files that were there when the stream first started.",
    source="ingestion/cloud-object-storage/auto-loader/options",
    verdict="same",
)
def test_files_that_were_there_first(landing: Landing) -> None:
    options = {"format": "json", "schema": "id INT", "includeExistingFiles": "false"}
    landing.put("old é.json", '{"id":1}\n')
    assert landing.stream(**options) == []
    landing.put("new.json", '{"id":2}\n')
    assert landing.stream(**options) == [{"id": 2}]


@pytest.mark.fidelity(
    "ignoreCorruptFiles passes over files that cannot be read.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
def test_files_that_cannot_be_read(landing: Landing) -> None:
    landing.write("ok", "SELECT 1 AS id", "parquet")
    landing.put("broken.parquet", b"PAR1 no parquet")
    stated = {"format": "parquet", "schema": "id INT"}
    assert landing.rows(**stated, ignoreCorruptFiles="true") == [{"id": 1}]
