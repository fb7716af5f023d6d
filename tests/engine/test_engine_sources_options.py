"""Options of file sources: old names, wrong values, what is refused by name, what has no effect on a disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from medallion_toolkit.engine.files.metadata import metadata_use
from medallion_toolkit.engine.files.options import FileSource, read_options
from medallion_toolkit.errors import MedallionError, PipelineError, Place, UnsupportedError
from medallion_toolkit.sql.relations import find_relations
from medallion_toolkit.sql.rewriting import rewrite

PLACE = Place("sql/bronze/orders.sql", 7, 13)


def source(**options: str) -> FileSource:
    return read_options(Path("/landing"), {"format": "json", **options}, PLACE, infer_types=True)


@pytest.mark.fidelity(
    "Options of Auto Loader are taken under their old names, cloudFiles.name, in any case.",
    source="ingestion/cloud-object-storage/auto-loader/options",
    verdict="same",
)
def test_old_names() -> None:
    old = {
        "cloudFiles.format": "CSV",
        "cloudFiles.schemaHints": "id INT",
        "CLOUDFILES.inferColumnTypes": "false",
        "cloudFiles.schemaEvolutionMode": "RESCUE",
        "cloudFiles.maxFilesPerTrigger": "5",
        "cloudFiles.maxBytesPerTrigger": "2kb",
        "header": "true",
    }
    found = read_options(Path("/landing"), old, PLACE, infer_types=True)
    assert (found.format, found.hints, found.infer_types, found.evolution) == ("csv", "id INT", False, "rescue")
    assert (found.max_files, found.max_bytes, found.header) == (5, 2048, True)


@pytest.mark.fidelity(
    "The rescued data column is _rescued_data where the schema is inferred, and absent where it is stated.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
@pytest.mark.fidelity(
    "The evolution mode is addNewColumns where the schema is inferred, none where it is stated.",
    source="ingestion/cloud-object-storage/auto-loader/schema",
    verdict="same",
)
def test_defaults_follow_the_schema() -> None:
    inferred, stated = source(), source(schema="id INT")
    assert (inferred.rescued_column, inferred.evolution) == ("_rescued_data", "addnewcolumns")
    assert (stated.rescued_column, stated.evolution) == (None, "none")
    assert source(schema="id INT", rescuedDataColumn="rest").rescued_column == "rest"


@pytest.mark.fidelity(
    "Options about notifications, queues and credentials of cloud storage change no row.",
    source="ingestion/cloud-object-storage/auto-loader/options",
    verdict="not shown",
)
def test_options_of_cloud_storage_have_no_effect() -> None:
    cloud = {"cloudFiles.useNotifications": "true", "cloudFiles.backfillInterval": "1 day", "schemaLocation": "/s"}
    assert source(**cloud) == source()


@pytest.mark.fidelity(
    "allowOverwrites reads a file again when it changes.",
    source="ingestion/cloud-object-storage/auto-loader/options",
    verdict="refused",
    code="MED402",
)
@pytest.mark.fidelity(
    "cleanSource deletes or moves files that were read.",
    source="ingestion/cloud-object-storage/auto-loader/options",
    verdict="refused",
    code="MED402",
)
@pytest.mark.fidelity(
    "badRecordsPath collects broken records in a folder.",
    source="sql/language-manual/functions/read_files",
    verdict="refused",
    code="MED402",
)
@pytest.mark.parametrize(
    "options",
    [
        {"allowOverwrites": "true"},
        {"cloudFiles.cleanSource": "MOVE"},
        {"badRecordsPath": "/bad"},
        {"useStrictGlobber": "false"},
    ],
)
def test_known_options_that_would_differ_are_refused_by_name(options: dict[str, str]) -> None:
    with pytest.raises(UnsupportedError) as caught:
        source(**options)
    (name,) = options
    assert (caught.value.code, caught.value.place) == ("MED402", PLACE)
    assert name.removeprefix("cloudFiles.") in caught.value.message
    assert caught.value.help


def test_refused_options_are_taken_with_their_default() -> None:
    assert source(allowOverwrites="false", cleanSource="OFF", useStrictGlobber="true") == source()


@pytest.mark.parametrize(
    ("options", "close"),
    [
        ({"schemaHint": "id INT"}, "schemaHints"),
        ({"format": "jsn"}, "json"),
        ({"schemaEvolutionMode": "addNewColumn"}, "addNewColumns"),
        ({"mode": "PERMISIVE"}, "PERMISSIVE"),
    ],
)
def test_misspelt_names_bring_the_nearest(options: dict[str, str], close: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        source(**options)
    assert caught.value.help == f"did you mean {close}?"


@pytest.mark.parametrize(
    "options",
    [
        {"maxFilesPerTrigger": "0"},
        {"maxBytesPerTrigger": "ten"},
        {"multiLine": "yes"},
        {"includeExistingFiles": "1"},
    ],
)
def test_wrong_values_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(PipelineError) as caught:
        source(**options)
    assert caught.value.code == "MED274"


def test_delta_and_other_formats_are_refused() -> None:
    with pytest.raises(MedallionError, match="the file format delta is not read"):
        source(format="delta")


@pytest.mark.fidelity(
    "_metadata is there when it is named and no part of *, in a common table expression as well.",
    source="ingestion/file-metadata-column",
    verdict="same",
)
@pytest.mark.parametrize(
    ("query", "bound"),
    [
        ("SELECT * FROM read_files('x')", None),
        (
            "WITH a AS (SELECT *, _metadata.x p FROM read_files('x')) SELECT * FROM a",
            "WITH a AS (SELECT * EXCEPT (__file_metadata), __file_metadata.x p FROM read_files('x')) SELECT * FROM a",
        ),
        (
            "SELECT f.* EXCEPT (b), f._metadata.x FROM read_files('x') f, t UNION TABLE u",
            "SELECT f.* EXCEPT (`f`.__file_metadata, b), f.__file_metadata.x FROM read_files('x') f, t UNION TABLE u",
        ),
        (
            "SELECT struct(*) s, 2 * n, _metadata FROM read_files('x')",
            "SELECT struct(* EXCEPT (__file_metadata)) s, 2 * n, __file_metadata AS `_metadata` FROM read_files('x')",
        ),
        (
            "SELECT n FROM read_files('x') WHERE n > (SELECT max(n) FROM t WHERE t.file = _metadata.file_path)",
            "SELECT n FROM read_files('x') WHERE n > (SELECT max(n) FROM t WHERE t.file = __file_metadata.file_path)",
        ),
    ],
)
def test_metadata_is_hidden_from_stars(query: str, bound: str | None) -> None:
    use = metadata_use(query, find_relations(query))
    assert rewrite(query, use.edits) == (bound or query)
    assert use.exposed == (frozenset({0}) if bound else frozenset())


@pytest.mark.fidelity(
    "read_files tells the format of its files where none is given.",
    source="sql/language-manual/functions/read_files",
    verdict="same",
)
def test_the_format_is_told_from_names(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").touch()
    (tmp_path / "_SUCCESS").touch()
    assert read_options(tmp_path, {}, PLACE, infer_types=True).format == "csv"
    assert read_options(tmp_path / "a.csv.gz", {}, PLACE, infer_types=True).format == "csv"
    with pytest.raises(UnsupportedError):
        read_options(tmp_path, {}, PLACE, infer_types=False)
    (tmp_path / "b.json").touch()
    with pytest.raises(UnsupportedError, match=r"the file format \(none\) is not read"):
        read_options(tmp_path, {}, PLACE, infer_types=True)
