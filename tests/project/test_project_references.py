"""Variables and `${…}`: values, nesting, cycles, what stays symbolic."""

from __future__ import annotations

from pathlib import Path

import pytest
from project_bundles import load, refusal, write

from medallion_toolkit.project.bundle import load_bundle


def values(root: Path, text: str, **variables: str) -> dict[str, object]:
    return dict(load(root, text, **variables).variables)


@pytest.mark.fidelity(
    "A substitution may name another one, through several steps",
    source="dev-tools/bundles/settings, substitutions",
    verdict="same",
)
def test_references_are_replaced_through_several_steps(tmp_path: Path) -> None:
    found = values(
        tmp_path,
        """
        bundle: {name: shop}
        variables:
          a: {default: "${var.b}-${var.c}"}
          b: {default: "${bundle.name}/${bundle.target}"}
          c: {default: "${var.d}"}
          d: {default: 7}
          user: {default: "${workspace.current_user.short_name} ${workspace.current_user.userName}"}
          root: {default: "${workspace.root_path}"}
          files: {default: "${workspace.file_path}"}
        """,
    )

    assert found == {
        "a": "shop/default-7",
        "b": "shop/default",
        "c": 7,
        "d": 7,
        "user": "local local@localhost",
        "root": "/Workspace/Users/local@localhost/.bundle/shop/default",
        "files": "/Workspace/Users/local@localhost/.bundle/shop/default/files",
    }


@pytest.mark.fidelity(
    "A complex variable stands for a whole list or mapping",
    source="dev-tools/bundles/variables, complex",
    verdict="same",
)
def test_complex_variables_are_whole_values_and_can_be_looked_into(tmp_path: Path) -> None:
    bundle = load(
        tmp_path,
        """
        bundle: {name: shop}
        variables:
          settings:
            type: complex
            default:
              tags: {team: "${var.team}"}
              levels: [{name: low}, {name: high}]
          team: {default: sales}
        resources:
          pipelines:
            p:
              name: ${var.settings.tags.team}
              tags: ${var.settings.tags}
              configuration: {level: "${var.settings.levels[1].name}!"}
        """,
    )

    resource = bundle.resources["pipelines"]["p"]
    assert resource["name"] == "sales"
    assert resource["tags"] == {"team": "sales"}
    assert resource["configuration"] == {"level": "high!"}


@pytest.mark.fidelity(
    "A target replaces the default of a complex variable as a whole, without merging",
    source="dev-tools/bundles/variables, complex",
    verdict="same",
)
def test_a_target_replaces_a_complex_default_as_a_whole(tmp_path: Path) -> None:
    bundle = load(
        tmp_path,
        """
        bundle: {name: shop}
        variables:
          tags: {type: complex, default: {a: 1, b: 2}}
        targets:
          prod: {variables: {tags: {default: {c: 3}}}}
        """,
    )

    assert bundle.variables == {"tags": {"c": 3}}


@pytest.mark.fidelity(
    "A variable takes its value from --var, BUNDLE_VAR_, the target, the override file or the default, in that order",
    source="dev-tools/bundles/variables",
    verdict="same",
)
@pytest.mark.parametrize(
    ("given", "environment", "file", "expected"),
    [
        ({"x": "from line"}, {"BUNDLE_VAR_x": "from env"}, {"x": "from file"}, "from line"),
        ({}, {"BUNDLE_VAR_x": "from env"}, {"x": "from file"}, "from env"),
        ({}, {}, {"x": "from file"}, "from file"),
        ({}, {}, {}, "from target"),
    ],
)
def test_the_nearest_source_of_a_value_wins(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    given: dict[str, str],
    environment: dict[str, str],
    file: dict[str, str],
    expected: str,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    overrides = str(file).replace("'", '"')
    write(tmp_path, {".databricks/bundle/dev/variable-overrides.json": overrides})
    text = "bundle: {name: s}\nvariables: {x: {default: d}}\ntargets: {dev: {variables: {x: from target}}}\n"

    assert values(tmp_path, text, **given) == {"x": expected}


@pytest.mark.fidelity(
    "The value of a lookup is not known without a workspace and stays written as it is",
    source="dev-tools/bundles/variables, lookup",
    verdict="not shown",
)
def test_lookups_stay_symbolic_until_there_is_a_workspace(tmp_path: Path) -> None:
    found = values(
        tmp_path,
        """
        bundle: {name: shop}
        variables:
          warehouse_id: {lookup: {warehouse: Serverless Starter Warehouse}}
          copy: {default: "${var.warehouse_id}"}
        """,
    )

    assert found == dict.fromkeys(("warehouse_id", "copy"), "${lookup.warehouse.Serverless Starter Warehouse}")


@pytest.mark.fidelity(
    "Ids of resources are given by the deployment and stay written as they are",
    source="dev-tools/bundles/settings, substitutions",
    verdict="not shown",
)
def test_what_only_a_deployment_knows_stays_symbolic(tmp_path: Path) -> None:
    bundle = load(
        tmp_path,
        """
        bundle: {name: shop}
        resources:
          pipelines: {ingest: {name: ingest}}
          jobs:
            daily:
              name: daily
              tasks: [{task_key: a, pipeline_task: {pipeline_id: "${resources.pipelines.ingest.id}"}}]
              tags: {branch: "${bundle.git.branch}", other: "${not.ours} {{job.id}} ${bronze}"}
        """,
    )

    daily = bundle.jobs["daily"]
    assert daily["tasks"] == [{"task_key": "a", "pipeline_task": {"pipeline_id": "${resources.pipelines.ingest.id}"}}]
    assert daily["tags"] == {"branch": "${bundle.git.branch}", "other": "${not.ours} {{job.id}} ${bronze}"}


@pytest.mark.fidelity(
    "${resources.kind.key.field} takes the field of another resource",
    source="dev-tools/bundles/settings, substitutions",
    verdict="same",
)
def test_resources_refer_to_each_other(tmp_path: Path) -> None:
    bundle = load(
        tmp_path,
        """
        bundle: {name: shop}
        resources:
          schemas: {bronze: {catalog_name: main, name: raw}}
          volumes: {landing: {catalog_name: main, schema_name: "${resources.schemas.bronze.name}", name: in}}
          pipelines:
            ingest:
              name: ingest
              configuration:
                landing: ${resources.volumes.landing.volume_path}/orders
                schema: ${resources.schemas.bronze.name}
        """,
    )

    assert bundle.resources["pipelines"]["ingest"]["configuration"] == {
        "landing": "/Volumes/main/raw/in/orders",
        "schema": "raw",
    }


@pytest.mark.fidelity(
    "A reference to a variable or resource that does not exist stops validation",
    source="bundle validate",
    verdict="refused",
    code="MED107",
)
@pytest.mark.parametrize(
    ("written", "message", "advice"),
    [
        ("${var.catalgo}", "There is no variable catalgo for ${var.catalgo}.", "did you mean catalog?"),
        ("a ${bundle.nam} b", "There is no value nam for ${bundle.nam}.", "did you mean name?"),
        (
            "${workspace.current_user.shortname}",
            "There is no value shortname for ${workspace.current_user.shortname}.",
            "did you mean short_name?",
        ),
        (
            "${resources.schemas.silvr.name}",
            "There is no resource silvr for ${resources.schemas.silvr.name}.",
            "did you mean silver?",
        ),
        (
            "${resources.schema.silver.name}",
            "There is no resource schema for ${resources.schema.silver.name}.",
            "did you mean schemas?",
        ),
    ],
)
def test_an_unknown_reference_names_the_nearest(tmp_path: Path, written: str, message: str, advice: str) -> None:
    error = refusal(
        tmp_path,
        f"""
        bundle: {{name: shop}}
        variables: {{catalog: {{default: main}}}}
        resources:
          schemas:
            silver: {{catalog_name: main, name: silver}}
          pipelines:
            p:
              name: "{written}"
        """,
    )

    assert (error.code, error.message, error.help) == ("MED107", message, advice)
    column = 14 + written.index("$")
    assert str(error.place) == f"{tmp_path / 'databricks.yml'}:8:{column}"


@pytest.mark.fidelity(
    "References that go round in a circle stop validation", source="bundle validate", verdict="refused", code="MED109"
)
def test_a_circle_of_references_names_every_place(tmp_path: Path) -> None:
    error = refusal(
        tmp_path,
        """
        bundle: {name: shop}
        variables:
          a: {default: "x${var.b}"}
          b: {default: "${var.a}"}
        """,
    )

    assert (error.code, error.found) == ("MED109", "${var.b} → ${var.a} → ${var.b}")
    places = {str(place) for place in (error.place, *error.notes)}
    assert places == {f"{tmp_path / 'databricks.yml'}:{spot}" for spot in ("3:18", "4:17")}


def test_resources_that_name_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    error = refusal(
        tmp_path,
        """
        bundle: {name: shop}
        resources:
          schemas:
            a: {catalog_name: main, name: "${resources.schemas.b.name}"}
            b: {catalog_name: main, name: "${resources.schemas.a.name}"}
        """,
    )

    assert error.code == "MED109"
    assert len(error.notes) == 1


@pytest.mark.fidelity(
    "A list or mapping cannot stand inside text",
    source="dev-tools/bundles/variables, complex",
    verdict="refused",
    code="MED108",
)
def test_a_list_inside_text_is_refused(tmp_path: Path) -> None:
    error = refusal(
        tmp_path,
        """
        bundle: {name: shop}
        variables:
          tags: {type: complex, default: [a]}
          text: {default: "tags ${var.tags}"}
        """,
    )

    assert (error.code, str(error.place)) == ("MED108", f"{tmp_path / 'databricks.yml'}:4:25")


@pytest.mark.fidelity(
    "A variable without a value in the target stops validation",
    source="dev-tools/bundles/variables",
    verdict="refused",
    code="MED130",
)
@pytest.mark.parametrize("field", ["description: no default", "default:"])
def test_a_variable_without_a_value_is_an_error(tmp_path: Path, field: str) -> None:
    error = refusal(tmp_path, f"bundle: {{name: s}}\nvariables:\n  x:\n    {field}\n")

    assert (error.code, error.message) == ("MED130", "The variable x has no value in this target.")
    assert error.expected is not None
    assert error.expected.endswith("BUNDLE_VAR_x")


def test_an_unknown_variable_on_the_command_line_names_the_nearest(tmp_path: Path) -> None:
    text = "bundle: {name: s}\nvariables: {catalog: {default: main}}\n"

    error = refusal(tmp_path, text, catalogue="x")

    assert (error.code, error.exit_code, error.help) == ("MED106", 2, "did you mean catalog?")


@pytest.mark.fidelity(
    "A target sets declared variables only", source="dev-tools/bundles/variables", verdict="refused", code="MED106"
)
def test_a_target_cannot_set_a_variable_that_is_not_declared(tmp_path: Path) -> None:
    error = refusal(
        tmp_path,
        "bundle: {name: s}\nvariables: {catalog: {default: m}}\ntargets:\n  dev:\n    variables:\n      catlog: x\n",
    )

    assert (error.code, error.help, str(error.place)) == (
        "MED106",
        "did you mean catalog?",
        f"{tmp_path / 'databricks.yml'}:6:15",
    )


@pytest.mark.fidelity(
    "${workspace.current_user.…} is the user of the workspace; without one it is local@localhost",
    source="dev-tools/bundles/settings, substitutions",
    verdict="same",
)
def test_the_identity_of_a_workspace_replaces_the_local_one(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {"databricks.yml": "bundle: {name: s}\nvariables: {u: {default: '${workspace.current_user.userName}'}}\n"},
    )

    bundle = load_bundle(root, user_name="ann@example.com", short_name="ann")

    assert bundle.variables == {"u": "ann@example.com"}
    assert bundle.workspace["root_path"] == "/Workspace/Users/ann@example.com/.bundle/s/default"


def test_long_texts_that_are_no_references_are_read_quickly(tmp_path: Path) -> None:
    text = "${lookup.warehouse." + "a" * 2000 + " !}"

    assert values(tmp_path, f"bundle: {{name: s}}\nvariables: {{x: {{default: '{text}'}}}}\n") == {"x": text}
