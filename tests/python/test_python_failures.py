"""Errors of pipeline files: the user's file and line, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from python_projects import flow, record_project, write

from medallion_toolkit.errors import ContractError, MedallionError, PipelineError, UnsupportedError

ERROR_TYPE = """
    class OurError(Exception):
        def __init__(self):
            super().__init__("text")
            self.code, self.message, self.path = "MED301", "A rule is unknown.", "contracts/silver/orders.yml"
            self.line, self.column, self.found, self.expected = 7, 3, "reqex", "regex"
            self.help = "did you mean regex?"
    """


def only_error(root: Path, text: str) -> MedallionError:
    recording = record_project(write(root, {"a.py": text}), "a.py", configuration={"silver": "s"})
    [error] = recording.errors
    return error


@pytest.mark.parametrize(
    ("text", "code", "message", "line"),
    [
        ("x = 1\ny = x / 0\n", "MED257", "ZeroDivisionError: division by zero", 2),
        ("import not_there\n", "MED257", "ModuleNotFoundError: No module named 'not_there'", 1),
        ("import json\n\njson.loads('{')\n", "MED257", "JSONDecodeError: Expecting property name", 3),
        ("x = 1\ndef f(:\n", "MED258", "invalid syntax.", 2),
        ("import sys\nsys.exit(3)\n", "MED257", "SystemExit: 3", 2),
        ("spark.conf.get('silvr')\n", "MED251", "The configuration of pipeline ingest has no key silvr.", 1),
        ("x = 1\nspark.table('x')\n", "MED252", "spark.table needs a Spark session, and this command starts none.", 2),
        ("x = 1\ndbutils.widgets.get('x')\n", "MED255", "dbutils.widgets exists in the workspace only.", 2),
    ],
)
def test_an_error_names_the_users_line(tmp_path: Path, text: str, code: str, message: str, line: int) -> None:
    error = only_error(tmp_path, text)

    assert (error.code, error.message[: len(message)]) == (code, message)
    assert error.place is not None
    assert (error.place.path, error.place.line) == (str(tmp_path / "a.py"), line)


def test_a_failure_in_a_helper_module_names_the_helper(tmp_path: Path) -> None:
    write(tmp_path, {"helper.py": "def fail():\n    raise ValueError('no')\n"})

    error = only_error(tmp_path, "import helper\nhelper.fail()\n")

    assert str(error.place) == f"{tmp_path / 'helper.py'}:2"


def test_what_was_declared_before_the_failure_stays(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "a.py": "from pyspark import pipelines as dp\ndp.create_streaming_table('a')\n1 / 0\n",
            "b.py": "from pyspark import pipelines as dp\ndp.create_streaming_table('b')\n",
        },
    )

    recording = record_project(root, "a.py", "b.py")

    assert [item.name for item in recording.datasets] == ["shop.silver.a", "shop.silver.b"]
    assert [error.code for error in recording.errors] == ["MED257"]


def test_dbutils_is_refused_as_unsupported(tmp_path: Path) -> None:
    assert isinstance(only_error(tmp_path, "dbutils.fs.ls('/')\n"), UnsupportedError)


def test_errors_of_the_projects_helpers_become_contract_errors(tmp_path: Path) -> None:
    write(tmp_path, {"helper.py": ERROR_TYPE})

    error = only_error(tmp_path, "import helper\nraise helper.OurError()\n")

    assert isinstance(error, ContractError)
    assert error.as_dict() == {
        "code": "MED301",
        "message": "A rule is unknown.",
        "path": "contracts/silver/orders.yml",
        "line": 7,
        "column": 3,
        "found": "reqex",
        "expected": "regex",
        "help": "did you mean regex?",
        "next": None,
    }


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    [error] = record_project(tmp_path, "gone.py").errors

    assert (error.code, str(error.place)) == ("MED259", str(tmp_path / "gone.py"))


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"x = '\xff\xfe'\n")

    [error] = record_project(tmp_path, "a.py").errors

    assert (error.code, str(error.place)) == ("MED258", str(tmp_path / "a.py"))


def test_a_query_that_fails_while_it_runs_names_its_line(tmp_path: Path) -> None:
    text = """
        from pyspark import pipelines as dp

        @dp.table
        def t():
            rows = spark.table("x")
            raise KeyError("amount")
        """
    recording = record_project(write(tmp_path, {"a.py": text}), "a.py", session=TableSession)

    query = flow(recording, "shop.silver.t").query
    assert query is not None
    with pytest.raises(PipelineError) as caught:
        query.function()
    assert (caught.value.code, str(caught.value.place)) == ("MED257", f"{tmp_path / 'a.py'}:6")


def test_an_error_of_the_toolkit_passes_through_a_query_without_becoming_its_own_cause(tmp_path: Path) -> None:
    text = """
        from pyspark import pipelines as dp

        @dp.table
        def t():
            spark.table("x")
            return spark.conf.get("no_such_key")
        """
    recording = record_project(write(tmp_path, {"a.py": text}), "a.py", session=TableSession)

    query = flow(recording, "shop.silver.t").query
    assert query is not None
    with pytest.raises(PipelineError) as caught:
        query.function()
    assert (caught.value.code, caught.value.__cause__) == ("MED251", None)


class TableSession:
    """A session with tables only."""

    def table(self, name: str) -> str:
        return name
