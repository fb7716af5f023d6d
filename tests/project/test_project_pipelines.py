"""Pipelines: their files, root path, configuration and event log."""

from __future__ import annotations

from pathlib import Path

import pytest
from project_bundles import load, names, pipeline, refusal, write

from medallion_toolkit.errors import ConfigError, MedallionError, UnsupportedError
from medallion_toolkit.project.bundle import load_bundle

SOURCES = {
    "sql/bronze/orders.sql": "",
    "sql/bronze/deep/er/lines.sql": "",
    "sql/bronze/.gitkeep": "",
    "sql/bronze/notes.md": "",
    "sql/silver/a.sql": "",
    "sql/silver/b.sql": "",
    "sql/silver/__pycache__/c.py": "",
    "sql/silver/.hidden/d.sql": "",
    "python/contracts.py": "",
    "python/explore.ipynb": "",
}

REMOTE = "{} is not part of this bundle and exists in the workspace only."


def library_files(root: Path, libraries: str) -> list[str]:
    """The files of a pipeline declared in resources/p.yml."""
    text = f"""
        resources:
          pipelines:
            p:
              name: p
              libraries: {libraries}
        """
    write(
        root, SOURCES | {"databricks.yml": "bundle: {name: s}\ninclude: [resources/*.yml]\n", "resources/p.yml": text}
    )
    bundle = load_bundle(root)
    return names(bundle, pipeline(bundle, "p").files)


@pytest.mark.fidelity(
    "Libraries take file, notebook and glob; a folder's glob reaches into its folders",
    source="dev-tools/bundles/resources, pipelines",
    verdict="same",
)
@pytest.mark.parametrize(
    ("libraries", "files"),
    [
        ("[{glob: {include: ../sql/bronze/**}}]", ["sql/bronze/deep/er/lines.sql", "sql/bronze/orders.sql"]),
        ("[{glob: {include: ../sql/bronze/*}}]", ["sql/bronze/orders.sql"]),
        ("[{glob: {include: ../sql/bronze/**/*.sql}}]", ["sql/bronze/deep/er/lines.sql", "sql/bronze/orders.sql"]),
        ("[{glob: {include: ../sql/silver}}]", ["sql/silver/a.sql", "sql/silver/b.sql"]),
        ("[{glob: {include: ../sql/**/a.sql}}]", ["sql/silver/a.sql"]),
        ("[{glob: {include: '../sql/silver/[!a].sql'}}]", ["sql/silver/b.sql"]),
        ("[{glob: {include: ../sql/silver/?.sql}}]", ["sql/silver/a.sql", "sql/silver/b.sql"]),
        ("[{glob: {include: ../sql/silver/b.sql}}]", ["sql/silver/b.sql"]),
        ("[{glob: {include: ../sql/gold/**}}]", []),
        (
            "[{file: {path: ../sql/silver/b.sql}}, {glob: {include: ../sql/silver/**}}]",
            ["sql/silver/b.sql", "sql/silver/a.sql"],
        ),
        ("[{notebook: {path: ../python/explore.ipynb}}]", ["python/explore.ipynb"]),
        ("[{file: {path: ../sql/silver/*.sql}}]", ["sql/silver/a.sql", "sql/silver/b.sql"]),
        ("[{file: {path: '${workspace.file_path}/sql/silver/a.sql'}}]", ["sql/silver/a.sql"]),
    ],
)
def test_libraries_name_files_from_the_folder_of_their_yaml(tmp_path: Path, libraries: str, files: list[str]) -> None:
    assert library_files(tmp_path, libraries) == files


@pytest.mark.fidelity(
    "A library that names a missing file stops validation", source="bundle validate", verdict="refused", code="MED133"
)
@pytest.mark.parametrize(
    ("libraries", "code"),
    [
        ("[{file: {path: ../sql/gone.sql}}]", "MED133"),
        ("[{notebook: {path: ../sql/silver}}]", "MED133"),
        ("[{file: {path: ../sql/gone/*.sql}}]", "MED133"),
        ("[{folder: {path: x}}]", "MED135"),
    ],
)
def test_a_library_that_names_no_local_file_is_an_error(tmp_path: Path, libraries: str, code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        library_files(tmp_path, libraries)

    assert caught.value.code == code
    assert str(caught.value.place).startswith(f"{tmp_path / 'resources' / 'p.yml'}:5:")


@pytest.mark.fidelity(
    "A file or library outside of the bundle exists in the workspace only",
    source="dev-tools/bundles/resources, pipelines",
    verdict="refused",
    code="MED134",
)
@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("libraries: [{maven: {coordinates: 'a:b:1'}}]", "A maven library runs in the workspace only."),
        ("libraries: [{whl: ../dist/x.whl}]", "A whl library runs in the workspace only."),
        (
            "libraries: [{notebook: {path: /Shared/x}}]",
            REMOTE.format("/Shared/x"),
        ),
        (
            "root_path: /Workspace/Shared/x",
            REMOTE.format("/Workspace/Shared/x"),
        ),
    ],
)
def test_what_only_the_workspace_has_is_refused_for_its_pipeline(tmp_path: Path, field: str, message: str) -> None:
    bundle = load(
        tmp_path, f"bundle: {{name: s}}\nresources:\n  pipelines:\n    p:\n      {field}\n    q: {{name: q}}\n"
    )

    [refused] = pipeline(bundle, "p").refusals
    assert (refused.code, refused.message) == ("MED134", message)
    assert refused.place is not None
    assert refused.place.line == 5
    assert pipeline(bundle, "p").root_path == tmp_path
    assert pipeline(bundle, "q").refusals == ()


@pytest.mark.fidelity(
    "A path in a target's override counts from the file that holds the override",
    source="dev-tools/bundles/settings, paths",
    verdict="same",
)
def test_a_file_in_an_override_counts_from_the_file_of_the_override(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        SOURCES
        | {
            "databricks.yml": """
                bundle: {name: s}
                include: [resources/*.yml]
                targets:
                  dev:
                    resources: {pipelines: {p: {libraries: [{file: {path: sql/silver/b.sql}}]}}}
                """,
            "resources/p.yml": """
                resources: {pipelines: {p: {name: p, root_path: .., libraries: [{file: {path: ../sql/silver/a.sql}}]}}}
                """,
        },
    )

    bundle = load_bundle(root)

    assert names(bundle, pipeline(bundle, "p").files) == ["sql/silver/a.sql", "sql/silver/b.sql"]
    assert pipeline(bundle, "p").root_path == root


def test_everything_a_run_needs_is_text(tmp_path: Path) -> None:
    bundle = load(
        tmp_path,
        """
        bundle: {name: s}
        resources:
          pipelines:
            p:
              name: p
              catalog: main
              target: old_word
              serverless: true
              configuration: {flag: true, number: 3, ratio: 0.5, text: x, blank: }
              parameters: {day: 2026-01-01}
              event_log: {catalog: ops, schema: logs, name: p_log}
            q: {name: q}
        """,
    )

    p, q = pipeline(bundle, "p"), pipeline(bundle, "q")
    assert p.configuration == {"flag": "true", "number": "3", "ratio": "0.5", "text": "x", "blank": ""}
    assert (p.parameters, p.schema, p.event_log) == ({"day": "2026-01-01"}, "old_word", "ops.logs.p_log")
    assert (p.serverless, q.serverless) == (True, False)
    assert (q.event_log, q.root_path, q.files) == (None, tmp_path, ())


def test_paths_of_resources_count_from_the_bundle(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "databricks.yml": "bundle: {name: s}\ninclude: [resources/*.yml]\n",
            "resources/job.yml": """
                resources:
                  jobs:
                    daily:
                      name: daily
                      tasks:
                        - task_key: gate
                          sql_task:
                            warehouse_id: x
                            file: {path: ../jobs/gate.sql}
                            parameters: {catalog: main}
                        - task_key: other
                          notebook_task: {notebook_path: /Workspace/Shared/x}
                """,
        },
    )

    tasks = load_bundle(root).jobs["daily"]["tasks"]

    assert tasks == [
        {
            "task_key": "gate",
            "sql_task": {
                "warehouse_id": "x",
                "file": {"path": "jobs/gate.sql"},
                "parameters": {"catalog": "main"},
            },
        },
        {"task_key": "other", "notebook_task": {"notebook_path": "/Workspace/Shared/x"}},
    ]


WITH_VOLUME = """
    bundle: {name: s}
    resources: {volumes: {landing: {catalog_name: main, schema_name: bronze, name: landing}}}
    """


def test_local_folders_stand_for_volumes(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": '[tool.medallion.local]\nvolumes.landing = "fixtures/landing"\n'})

    assert load(tmp_path, WITH_VOLUME).local.volumes == {"landing": tmp_path / "fixtures" / "landing"}


def test_local_folders_stand_for_paths(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "databricks.yml": "bundle: {name: s}\n",
            "pyproject.toml": '[tool.medallion.local.paths]\n"/mnt/raw/" = "fixtures/raw"\n"s3://b" = "fixtures/b"\n',
        },
    )

    bundle = load_bundle(root)

    assert bundle.local_folders == {"/mnt/raw": root / "fixtures/raw", "s3://b": root / "fixtures/b"}
    assert bundle.local_text("/Workspace/Users/local@localhost/.bundle/s/default/files/src") == f"{root}/src"
    assert bundle.local_text("bronze") == "bronze"


def test_without_pyproject_nothing_is_mapped(tmp_path: Path) -> None:
    assert load(tmp_path, WITH_VOLUME).local.volumes == {}


@pytest.mark.parametrize(
    ("settings", "code", "line", "advice"),
    [
        ('[tool.medallion.local]\nvolume.landing = "x"\n', "MED132", 2, "did you mean volumes?"),
        ('[tool.medallion.local]\nvolumes = {landin = "x"}\n', "MED132", 2, "did you mean landing?"),
        ("[tool.medallion.local]\nvolumes.landing = 3\n", "MED132", 2, None),
        ("[tool.medallion.local]\nvolumes = 3\n", "MED132", 2, None),
        ("[tool.medallion.local\n", "MED102", 1, None),
    ],
)
def test_a_wrong_local_setting_is_an_error_at_its_line(
    tmp_path: Path, settings: str, code: str, line: int, advice: str | None
) -> None:
    write(tmp_path, {"pyproject.toml": settings})

    error: MedallionError = refusal(tmp_path, WITH_VOLUME)

    assert (error.code, error.help) == (code, advice)
    assert error.place is not None
    assert (error.place.path, error.place.line) == (str(tmp_path / "pyproject.toml"), line)


@pytest.mark.fidelity(
    "A pipeline without a catalog publishes to hive_metastore, without a schema to default",
    source="ldp/hive-metastore",
    verdict="same",
)
def test_a_pipeline_without_unity_catalog_has_names_of_three_parts(tmp_path: Path) -> None:
    bundle = load(tmp_path, "bundle: {name: s}\nresources: {pipelines: {p: {target: sales}, q: {name: q}}}\n")

    names = [(one.catalog, one.schema) for one in bundle.pipelines]
    assert names == [("hive_metastore", "sales"), ("hive_metastore", "default")]


@pytest.mark.fidelity(
    "Resources of a bundle that Python code makes or changes",
    source="dev-tools/bundles/python",
    verdict="refused",
    code="MED134",
)
@pytest.mark.parametrize("block", ["python:\n  ", "experimental:\n  python:\n    "])
def test_resources_made_by_python_code_are_refused(tmp_path: Path, block: str) -> None:
    with pytest.raises(UnsupportedError) as raised:
        load(tmp_path, f"bundle: {{name: s}}\n{block}resources: ['resources:load_resources']\n")

    assert (raised.value.code, (raised.value.found or "").endswith("python.resources")) == ("MED134", True)
    assert raised.value.place is not None
    assert raised.value.place.line == 2 + block.count("\n")
