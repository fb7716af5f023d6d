"""Includes, targets and what they override."""

from __future__ import annotations

from pathlib import Path

import pytest
from project_bundles import load, refusal, write

from medallion_toolkit.errors import ConfigError, UsageError
from medallion_toolkit.project.bundle import load_bundle

THREE_TARGETS = """
    bundle: {name: shop}
    variables:
      catalog: {default: main}
    targets:
      dev: {mode: development, default: true, variables: {catalog: main_dev}}
      staging: {variables: {catalog: {default: main_staging}}}
      prod: {mode: production}
    """


@pytest.mark.fidelity(
    "Without a named target the one with default: true is taken",
    source="dev-tools/bundles/settings, targets",
    verdict="same",
)
def test_the_default_target_is_taken(tmp_path: Path) -> None:
    bundle = load(tmp_path, THREE_TARGETS)

    assert (bundle.name, bundle.target, bundle.mode) == ("shop", "dev", "development")
    assert bundle.targets == ("dev", "staging", "prod")
    assert bundle.root == tmp_path


@pytest.mark.parametrize(
    ("target", "mode", "catalog"),
    [("dev", "development", "main_dev"), ("staging", None, "main_staging"), ("prod", "production", "main")],
)
def test_a_named_target_sets_mode_and_variables(tmp_path: Path, target: str, mode: str | None, catalog: str) -> None:
    bundle = load(tmp_path, THREE_TARGETS, target)

    assert (bundle.target, bundle.mode, bundle.variables) == (target, mode, {"catalog": catalog})


@pytest.mark.fidelity(
    "The only target of a bundle is its default", source="dev-tools/bundles/settings, targets", verdict="same"
)
def test_the_only_target_needs_no_mark(tmp_path: Path) -> None:
    assert load(tmp_path, "bundle: {name: shop}\ntargets: {here: {}}\n").target == "here"


def test_a_bundle_without_targets_has_the_target_default(tmp_path: Path) -> None:
    bundle = load(tmp_path, "bundle: {name: shop}\n")

    assert (bundle.target, bundle.mode) == ("default", None)


@pytest.mark.fidelity(
    "environments: is the old word for targets:", source="dev-tools/bundles/settings, targets", verdict="same"
)
def test_the_old_word_environments_means_targets(tmp_path: Path) -> None:
    assert load(tmp_path, "bundle: {name: shop}\nenvironments: {a: {}, b: {default: true}}\n").target == "b"


def test_an_unknown_target_names_the_nearest(tmp_path: Path) -> None:
    error = refusal(tmp_path, THREE_TARGETS, "stagin")

    assert isinstance(error, UsageError)
    assert (error.code, error.help, error.expected) == ("MED105", "did you mean staging?", "dev, staging, prod")


def test_without_a_default_target_one_has_to_be_named(tmp_path: Path) -> None:
    error = refusal(tmp_path, "bundle: {name: shop}\ntargets:\n  a: {}\n  b: {}\n")

    assert (error.code, error.message, str(error.place)) == (
        "MED105",
        "No target is marked as default.",
        f"{tmp_path / 'databricks.yml'}:3:3",
    )


@pytest.mark.fidelity(
    "Two default targets stop validation",
    source="dev-tools/bundles/settings, targets",
    verdict="refused",
    code="MED105",
)
def test_two_default_targets_are_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, "bundle: {name: shop}\ntargets: {a: {default: true}, b: {default: true}}\n")

    assert (error.code, error.found) == ("MED105", "a, b")


@pytest.mark.fidelity(
    "A target's mode is development or production",
    source="dev-tools/bundles/deployment-modes",
    verdict="refused",
    code="MED131",
)
def test_a_mode_is_development_or_production(tmp_path: Path) -> None:
    error = refusal(tmp_path, "bundle: {name: shop}\ntargets:\n  a:\n    mode: developement\n")

    assert (error.code, error.found, str(error.place)) == (
        "MED131",
        "developement",
        f"{tmp_path / 'databricks.yml'}:4:11",
    )


@pytest.mark.fidelity(
    "Included files are merged in order; a pattern may match nothing",
    source="dev-tools/bundles/settings, include",
    verdict="same",
)
def test_included_files_are_merged_and_a_pattern_may_match_nothing(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "databricks.yml": """
                bundle: {name: shop}
                include:
                  - resources/*.yml
                  - more/**/*.yml
                  - nothing/*.yml
                resources:
                  schemas: {gold: {catalog_name: main, name: gold}}
                """,
            "resources/a.yml": "resources: {schemas: {bronze: {catalog_name: main, name: bronze}}}\n",
            "resources/b.json": '{"resources": {}}',
            "more/b/c.yml": "resources: {volumes: {landing: {catalog_name: main, schema_name: bronze, name: in}}}\n",
            "more/too/deep/d.yml": "resources: {schemas: {deep: {catalog_name: main, name: deep}}}\n",
        },
    )

    bundle = load_bundle(root)

    assert bundle.schemas == {"gold": "main.gold", "bronze": "main.bronze"}
    assert bundle.volumes == {"landing": "/Volumes/main/bronze/in"}


@pytest.mark.fidelity(
    "A file named under include: has to exist",
    source="dev-tools/bundles/settings, include",
    verdict="refused",
    code="MED104",
)
def test_an_included_file_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    error = refusal(tmp_path, "bundle: {name: shop}\ninclude:\n  - resources/a.yml\n")

    assert (error.code, str(error.place)) == ("MED104", f"{tmp_path / 'databricks.yml'}:3:5")


@pytest.mark.fidelity(
    "A resource key stands once in a bundle", source="bundle validate", verdict="refused", code="MED103"
)
def test_a_resource_key_is_used_once_whatever_the_kind(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "databricks.yml": "bundle: {name: shop}\ninclude: [resources/*.yml]\n",
            "resources/a.yml": "resources:\n  schemas:\n    gold: {catalog_name: main, name: gold}\n",
            "resources/b.yml": "resources:\n  pipelines:\n    gold: {name: gold}\n",
        },
    )

    with pytest.raises(ConfigError) as caught:
        load_bundle(root)

    error = caught.value
    assert (error.code, error.message) == ("MED103", "Two resources have the key gold: schemas and pipelines.")
    assert str(error.place) == f"{root / 'resources' / 'b.yml'}:3:11"
    assert [str(note) for note in error.notes] == [f"{root / 'resources' / 'a.yml'}:3:11"]


@pytest.mark.fidelity(
    "A target's resources are laid over the common ones: mappings merged, tasks and clusters by their key",
    source="dev-tools/bundles/settings, targets",
    verdict="same",
)
def test_a_target_lays_its_resources_over_the_common_ones(tmp_path: Path) -> None:
    bundle = load(
        tmp_path,
        """
        bundle: {name: shop}
        resources:
          schemas:
            silver: {catalog_name: main, name: silver, comment: common}
          jobs:
            daily:
              name: daily
              parameters: [{name: day, default: "1"}]
              tasks:
                - task_key: a
                  max_retries: 1
                - task_key: b
        targets:
          prod:
            resources:
              schemas:
                silver: {name: silver_prod}
                extra: {catalog_name: main, name: extra}
              jobs:
                daily:
                  parameters: [{name: day, default: "2"}]
                  tasks:
                    - task_key: a
                      max_retries: 3
                      timeout_seconds: 60
                    - task_key: c
        """,
    )

    assert bundle.resources["schemas"]["silver"] == {"catalog_name": "main", "name": "silver_prod", "comment": "common"}
    assert bundle.schemas == {"silver": "main.silver_prod", "extra": "main.extra"}
    daily = bundle.jobs["daily"]
    assert daily["tasks"] == [
        {"task_key": "a", "max_retries": 3, "timeout_seconds": 60},
        {"task_key": "b"},
        {"task_key": "c"},
    ]
    assert daily["parameters"] == [{"name": "day", "default": "2"}]


def test_run_as_of_a_target_replaces_the_common_one(tmp_path: Path) -> None:
    text = """
        bundle: {name: shop}
        run_as: {user_name: ann@example.com}
        targets:
          dev: {default: true}
          prod: {run_as: {service_principal_name: "11-22"}}
        """

    assert load(tmp_path, text).run_as == "ann@example.com"
    assert load(tmp_path, text, "prod").run_as == "11-22"


@pytest.mark.fidelity(
    "YAML anchors and merge keys work in bundle files", source="dev-tools/bundles/settings", verdict="same"
)
def test_anchors_and_merge_keys_are_followed(tmp_path: Path) -> None:
    bundle = load(
        tmp_path,
        """
        bundle: {name: shop}
        common: &common {catalog_name: main, comment: "from the anchor"}
        resources:
          schemas:
            silver:
              <<: *common
              name: silver
              comment: its own
        """,
    )

    assert bundle.resources["schemas"]["silver"] == {"catalog_name": "main", "comment": "its own", "name": "silver"}


@pytest.mark.fidelity(
    "Unquoted YAML scalars have the types that the CLI gives them", source="dev-tools/bundles/settings", verdict="same"
)
def test_scalars_have_the_types_that_the_cli_gives_them(tmp_path: Path) -> None:
    bundle = load(
        tmp_path,
        """
        bundle: {name: shop}
        variables:
          word: {default: yes}
          flag: {default: true}
          count: {default: 12}
          ratio: {default: 1.5}
          quoted: {default: "true"}
          day: {default: 2026-01-02}
          nothing: {default: ""}
        """,
    )

    assert bundle.variables == {
        "word": "yes",
        "flag": True,
        "count": 12,
        "ratio": 1.5,
        "quoted": "true",
        "day": "2026-01-02",
        "nothing": "",
    }


def test_a_folder_without_databricks_yml_gives_advice(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_bundle(tmp_path)

    assert (caught.value.code, caught.value.next) == ("MED101", "medallion new")
    assert caught.value.help == (
        "run the command in a project folder, name one with --project, or name files: medallion run --files"
    )


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("bundle:\n  name: [shop\n", "MED102", 3, 1),
        ("bundle:\n  name: shop\n name: x\n", "MED102", 3, 2),
        ("- a list\n", "MED102", 1, 1),
        ("bundle: {name: shop}\ninclude: [notes.txt]\n", "MED104", 2, 11),
        ("targets: {dev: {}}\n", "MED136", 1, 1),
    ],
)
def test_wrong_yaml_is_an_error_at_its_place(tmp_path: Path, text: str, code: str, line: int, column: int) -> None:
    write(tmp_path, {"notes.txt": ""})

    error = refusal(tmp_path, text)

    assert (error.code, str(error.place)) == (code, f"{tmp_path / 'databricks.yml'}:{line}:{column}")


@pytest.mark.fidelity("Of a YAML key given twice the last one counts", source="bundle validate", verdict="same")
def test_of_a_key_given_twice_the_last_wins_as_for_the_cli(tmp_path: Path) -> None:
    assert load(tmp_path, "bundle: {name: first}\nbundle: {name: last}\n").name == "last"


def test_a_file_that_is_not_utf8_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "databricks.yml").write_bytes(b"bundle: {name: \xff}\n")

    with pytest.raises(ConfigError) as caught:
        load_bundle(tmp_path)

    assert (caught.value.code, str(caught.value.place)) == ("MED102", str(tmp_path / "databricks.yml"))
