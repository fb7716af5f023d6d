"""A pipeline without a bundle: files and configuration named on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from style_project import StyleProject, lines
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app
from medallion_toolkit.engine.session import SessionOnDemand
from medallion_toolkit.errors import ConfigError, UsageError
from medallion_toolkit.project.without_bundle import CATALOG, SCHEMA, chosen_files, local_bundle

GLOBS = ("sql/**/*.sql", "python/*.py")
SETTINGS = ("landing=./landing", "bronze=b", "smallest = 2")
FILES = {
    "sql/bronze/orders.sql": """
        CREATE OR REFRESH STREAMING TABLE ${bronze}.orders
        AS SELECT * FROM STREAM read_files('${landing}/orders', format => 'json', schema => 'id INT, amount INT')
        """,
    "sql/gold/totals.sql": """
        CREATE OR REFRESH MATERIALIZED VIEW totals AS SELECT sum(amount) AS amount FROM bought
        """,
    "python/bought.py": """
        from pathlib import Path
        from pyspark import pipelines as dp

        folder = Path(spark.conf.get("landing"))
        names = sorted(path.name for path in folder.iterdir())

        @dp.table(comment=", ".join(names))
        def bought():
            orders = spark.readStream.table(f"{spark.conf.get('bronze')}.orders")
            return orders.where(f"amount >= {spark.conf.get('smallest')}")
        """,
    "landing/orders/1.json": lines([{"id": 1, "amount": 1}, {"id": 2, "amount": 2}, {"id": 3, "amount": 3}]),
}


@pytest.mark.fidelity(
    "A pipeline is a set of source files and a configuration: it runs without a bundle around it",
    source="ldp/configure-pipeline",
    verdict="same",
)
@pytest.mark.fidelity(
    "Names without catalog or schema belong to the pipeline's defaults",
    source="ldp/target-schema, default publishing mode",
    verdict="same",
)
def test_named_files_are_run_and_remembered(tmp_path: Path, session_source: SessionOnDemand) -> None:
    project = StyleProject(tmp_path, session_source, FILES)
    named = chosen_files(tmp_path, GLOBS, SETTINGS)

    outcomes = project.outcomes()

    assert outcomes == {
        f"{CATALOG}.b.orders": "ok",
        f"{CATALOG}.{SCHEMA}.bought": "ok",
        f"{CATALOG}.{SCHEMA}.totals": "ok",
    }
    assert project.rows("totals") == [(5,)]
    assert project.rows("b.orders", "id") == [(1,), (2,), (3,)]
    opened = project.open().project
    assert sorted(opened.display.values()) == ["b.orders", "default.bought", "default.totals"]
    assert opened.graph.nodes["local.default.bought"].dataset.comment == "orders"
    assert named is not None
    assert chosen_files(tmp_path, (), ()) == named
    assert "local.default" in named.headline


def test_commands_that_follow_mean_the_same_pipeline(tmp_path: Path, session_source: SessionOnDemand) -> None:
    StyleProject(tmp_path, session_source, FILES)
    arguments = [part for glob in GLOBS for part in ("--files", glob)]
    arguments += [part for text in SETTINGS for part in ("--conf", text)]

    first = CliRunner().invoke(app, ["run", "--project", str(tmp_path), *arguments, "--validate-only"])
    then = CliRunner().invoke(app, ["describe", "b.orders", "--project", str(tmp_path)])

    assert (first.exit_code, then.exit_code) == (0, 0)
    assert "names without catalog or schema: local.default" in first.stderr
    assert "sql/bronze/orders.sql" in then.stdout
    assert "default.bought" in then.stdout


@pytest.mark.parametrize(
    ("files", "settings", "code", "found"),
    [
        (("sqll/*.sql",), (), "MED133", "sqll/*.sql"),
        (GLOBS, ("landing",), "MED111", "landing"),
        ((), ("landing=./landing",), "MED110", "--conf without --files"),
    ],
)
def test_a_wrong_call_is_told_and_not_remembered(
    tmp_path: Path,
    session_source: SessionOnDemand,
    files: tuple[str, ...],
    settings: tuple[str, ...],
    code: str,
    found: str,
) -> None:
    StyleProject(tmp_path, session_source, FILES)

    with pytest.raises(UsageError) as raised:
        chosen_files(tmp_path, files, settings)

    assert (raised.value.code, (raised.value.found or "").endswith(found)) == (code, True)
    with pytest.raises(ConfigError, match="MED101"):
        local_bundle(tmp_path)


def test_a_folder_with_a_bundle_is_run_by_its_bundle(tmp_path: Path, session_source: SessionOnDemand) -> None:
    StyleProject(tmp_path, session_source, FILES)
    chosen_files(tmp_path, GLOBS, SETTINGS)
    (tmp_path / "databricks.yml").write_text("bundle: {name: shop}\n", encoding="utf-8")

    with pytest.raises(UsageError, match="MED110"):
        chosen_files(tmp_path, GLOBS, SETTINGS)

    assert local_bundle(tmp_path).name == "shop"


def test_there_are_no_targets_without_a_bundle(tmp_path: Path, session_source: SessionOnDemand) -> None:
    StyleProject(tmp_path, session_source, FILES)
    chosen_files(tmp_path, GLOBS, SETTINGS)

    with pytest.raises(UsageError, match="MED105"):
        local_bundle(tmp_path, "prod")


def test_a_broken_memory_is_named(tmp_path: Path) -> None:
    (tmp_path / ".medallion").mkdir()
    (tmp_path / ".medallion" / "files.json").write_text("{", encoding="utf-8")

    with pytest.raises(ConfigError) as raised:
        local_bundle(tmp_path)

    assert (raised.value.code, str(raised.value.place)) == ("MED102", str(tmp_path / ".medallion" / "files.json"))
