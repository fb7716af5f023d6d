"""Each recording has its own modules, path and opened files; nothing of it stays behind."""

from __future__ import annotations

import py_compile
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from python_projects import dataset, flow, record_project, write

from medallion_toolkit.model import PythonQuery
from medallion_toolkit.python.recording import Recording

PIPELINE = """
    from pyspark import pipelines as dp
    from medallion import declare

    declare(dp)
    """


def helpers(root: Path, table: str) -> Path:
    return write(
        root,
        {
            "medallion/__init__.py": "from .inner import declare\n",
            "medallion/inner.py": f"""
                def declare(dp):
                    @dp.table(name="{table}")
                    def load():
                        from medallion.late import SOURCE
                        return spark_session().readStream.table(SOURCE)

                def spark_session():
                    from pyspark.sql import SparkSession
                    return SparkSession.getActiveSession()
                """,
            "medallion/late.py": f"SOURCE = 'raw.{table}'\n",
            "python/contracts.py": PIPELINE,
        },
    )


def names(recording: Recording) -> list[str]:
    assert [str(error) for error in recording.errors] == []
    return [item.name for item in recording.datasets]


@pytest.mark.fidelity(
    "Each pipeline imports its own modules, also where two share a package's name",
    source="ldp/developer/import-workspace-files",
    verdict="same",
)
def test_two_projects_with_one_package_name_do_not_meet(tmp_path: Path) -> None:
    first = record_project(helpers(tmp_path / "a", "one"), "python/contracts.py")
    second = record_project(helpers(tmp_path / "b", "two"), "python/contracts.py")

    assert (names(first), names(second)) == (["shop.silver.one"], ["shop.silver.two"])
    assert [item.query and item.query.reads for item in (*first.flows, *second.flows)] == [
        (("raw.one", "stream"),),
        (("raw.two", "stream"),),
    ]


def test_a_query_called_later_still_runs_among_its_own_modules(tmp_path: Path) -> None:
    class Reader:
        def table(self, name: str) -> str:
            return f"rows of {name}"

    def open_session() -> object:
        return SimpleNamespace(readStream=Reader())

    first = record_project(helpers(tmp_path / "a", "one"), "python/contracts.py", session=open_session)
    second = record_project(helpers(tmp_path / "b", "two"), "python/contracts.py", session=open_session)

    results = [item.query.function() for item in (*first.flows, *second.flows, *first.flows) if item.query]
    assert results == ["rows of raw.one", "rows of raw.two", "rows of raw.one"]


def test_an_edited_module_is_read_again(tmp_path: Path) -> None:
    root = helpers(tmp_path, "one")
    record_project(root, "python/contracts.py")
    inner = root / "medallion" / "inner.py"
    inner.write_text(inner.read_text().replace('"one"', '"two"'))

    assert names(record_project(root, "python/contracts.py")) == ["shop.silver.two"]


def test_nothing_stays_in_the_process_or_the_project(tmp_path: Path) -> None:
    import pyspark

    root = helpers(tmp_path, "one")
    path = list(sys.path)
    attributes = set(vars(pyspark))

    record_project(root, "python/contracts.py")

    left = [name for name in sys.modules if name.partition(".")[0] in ("medallion", "dlt")]
    assert [name for name in left if str(tmp_path) in str(getattr(sys.modules[name], "__file__", ""))] == []
    assert "pipelines" not in set(vars(pyspark)) - attributes
    assert sys.path == path
    assert list(root.rglob("__pycache__")) == []


def test_a_module_loaded_before_is_back_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = helpers(tmp_path, "one")
    mine = type(sys)("medallion")
    monkeypatch.setitem(sys.modules, "medallion", mine)

    assert names(record_project(root, "python/contracts.py")) == ["shop.silver.one"]
    assert sys.modules["medallion"] is mine


@pytest.mark.fidelity(
    "Modules are found in the pipeline's root path first, then beside the file",
    source="ldp/developer/import-workspace-files",
    verdict="same",
)
def test_the_root_path_comes_first_then_the_folder_of_the_file(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "settings.py": "NAME = 'from_root'\n",
            "python/settings.py": "NAME = 'from_folder'\n",
            "python/beside.py": "TABLE = 'beside'\n",
            "python/a.py": """
                from pyspark import pipelines as dp
                import beside, settings

                dp.create_streaming_table(settings.NAME + "_" + beside.TABLE)
                """,
        },
    )

    assert names(record_project(root, "python/a.py")) == ["shop.silver.from_root_beside"]


def test_files_that_the_code_reads_are_named(tmp_path: Path) -> None:
    root = helpers(tmp_path, "one")
    write(
        root,
        {
            "rules/orders.json": "{}",
            "rules/unread.json": "{}",
            "python/rules.py": """
                from pathlib import Path
                text = (Path(__file__).parents[1] / "rules" / "orders.json").read_text()
                """,
        },
    )

    recording = record_project(root, "python/contracts.py", "python/rules.py")

    assert names(recording) == ["shop.silver.one"]
    assert [path.relative_to(root).as_posix() for path in recording.opened_files] == [
        "medallion/__init__.py",
        "medallion/inner.py",
        "medallion/late.py",
        "python/contracts.py",
        "python/rules.py",
        "rules/orders.json",
    ]


def test_files_outside_of_the_project_and_modules_from_bytecode_are_named_too(tmp_path: Path) -> None:
    root = write(
        tmp_path / "bundle",
        {
            "src/a.py": """
                import json, os, sys
                sys.path.append(os.path.abspath("../../shared"))
                import conversions
                from pyspark import pipelines as dp

                with open("../../shared/tables.json") as file:
                    dp.create_streaming_table(json.load(file)["name"] + conversions.ENDING)
                """
        },
    )
    shared = write(tmp_path / "shared", {"conversions.py": "ENDING = '_eur'", "tables.json": '{"name": "prices"}'})
    py_compile.compile(str(shared / "conversions.py"))

    recordings = [record_project(root, "src/a.py") for _ in range(2)]

    assert [names(recording) for recording in recordings] == [["shop.silver.prices_eur"]] * 2
    expected = (root / "src" / "a.py", shared / "conversions.py", shared / "tables.json")
    assert [recording.opened_files for recording in recordings] == [expected] * 2
    assert "conversions" not in sys.modules


def test_what_is_put_on_the_path_in_one_file_is_found_in_the_next_and_in_functions(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "one/a.py": "import sys\nsys.path.insert(0, '../lib')\nimport first",
            "two/b.py": """
                from pyspark import pipelines as dp
                from second import NAME

                @dp.temporary_view(name=NAME)
                def view():
                    from third import TABLE
                    return spark.read.table(TABLE)
                """,
            "lib/first.py": "",
            "lib/second.py": "NAME = 'found'",
            "lib/third.py": "TABLE = 'later'",
        },
    )
    before = list(sys.path)

    recording = record_project(root, "one/a.py", "two/b.py")

    assert names(recording) == ["found"]
    query = flow(recording, "found").query
    assert isinstance(query, PythonQuery)
    assert query.reads == (("later", "batch"),)
    assert sys.path == before
    assert {"first", "second", "third"} & set(sys.modules) == set()


def test_what_a_file_prints_does_not_reach_stdout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record_project(write(tmp_path, {"a.py": "print('loading')\n"}), "a.py")

    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "loading\n")


def test_other_threads_keep_their_stdout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = """
        from threading import Thread
        import builtins

        other = Thread(target=builtins.print, args=("from another thread",))
        other.start()
        other.join()
        """

    recording = record_project(write(tmp_path, {"a.py": text}), "a.py")

    assert recording.errors == ()
    assert capsys.readouterr().out == "from another thread\n"


def test_dataclasses_with_postponed_annotations_work_in_a_pipeline_file(tmp_path: Path) -> None:
    text = """
        from __future__ import annotations
        from dataclasses import dataclass, field
        from typing import ClassVar
        from pyspark import pipelines as dp

        @dataclass
        class Source:
            known: ClassVar[int] = 1
            name: str = "orders"

        dp.create_streaming_table(Source().name)
        """

    assert names(record_project(write(tmp_path, {"a.py": text}), "a.py")) == ["shop.silver.orders"]


@pytest.mark.fidelity(
    "spark.conf.get of a key with a default gives the default where the pipeline has none",
    source="ldp/parameters",
    verdict="same",
)
def test_configuration_is_answered_without_a_session(tmp_path: Path) -> None:
    text = """
        from pyspark import pipelines as dp
        from pyspark.sql import SparkSession

        name = spark.conf.get("table", "unused") + SparkSession.getActiveSession().conf.get("missing", "_x")
        spark.conf.set("spark.sql.shuffle.partitions", 2)
        dp.create_streaming_table(name, comment=spark.conf.get("spark.sql.shuffle.partitions"))
        """

    recording = record_project(write(tmp_path, {"a.py": text}), "a.py", configuration={"table": "orders"})

    assert names(recording) == ["shop.silver.orders_x"]
    assert dataset(recording, "shop.silver.orders_x").comment == "2"


def test_a_session_starts_only_when_the_code_touches_it(tmp_path: Path) -> None:
    started: list[str] = []

    class Session:
        def table(self, name: str) -> str:
            started.append(name)
            return name

    root = write(
        tmp_path,
        {
            "a.py": """
                from pyspark import pipelines as dp

                @dp.materialized_view
                def t():
                    return spark.table("raw")
                """
        },
    )
    recording = record_project(root, "a.py", session=Session)
    assert started == []

    query = flow(recording, "shop.silver.t").query
    assert query is not None
    assert query.function() == "raw"
    assert started == ["raw"]
