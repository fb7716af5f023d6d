"""Names after deployment: prefixes of development, schemas named by reference, names on the screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from project_bundles import load, pipeline

from medallion_toolkit.project.bundle import display_name
from medallion_toolkit.project.naming import identifier_prefix

RESOURCES = """
    bundle: {name: shop}
    targets:
      dev: {mode: development, default: true}
      prod: {mode: production}
      team: {presets: {name_prefix: "${bundle.name} Team-1: "}}
    resources:
      schemas: {silver: {catalog_name: main, name: silver}}
      volumes: {landing: {catalog_name: main, schema_name: "${resources.schemas.silver.name}", name: landing}}
      jobs: {daily: {name: daily}}
      dashboards: {sales: {display_name: Sales}}
      pipelines:
        ingest:
          name: ingest
          catalog: main
          schema: ${resources.schemas.silver.name}
          event_log: {name: log}
          configuration: {landing: "${resources.volumes.landing.volume_path}"}
    """


@pytest.mark.fidelity(
    "In development mode the names of schemas and pipelines get the user's prefix, presets can change it",
    source="dev-tools/bundles/deployment-modes",
    verdict="same",
)
@pytest.mark.parametrize(
    ("target", "display", "schema"),
    [
        ("dev", "[dev local] ", "dev_local_silver"),
        ("prod", "", "silver"),
        ("team", "shop Team-1: ", "shop_team_1silver"),
    ],
)
def test_names_have_the_prefix_of_their_target(tmp_path: Path, target: str, display: str, schema: str) -> None:
    bundle = load(tmp_path, RESOURCES, target)

    ingest = pipeline(bundle, "ingest")
    assert (ingest.name, bundle.jobs["daily"]["name"]) == (f"{display}ingest", f"{display}daily")
    assert bundle.resources["dashboards"]["sales"]["display_name"] == f"{display}Sales"
    assert bundle.schemas == {"silver": f"main.{schema}"}
    assert bundle.volumes == {"landing": f"/Volumes/main/{schema}/landing"}
    assert (ingest.schema, ingest.event_log) == (schema, f"main.{schema}.log")
    assert ingest.configuration == {"landing": f"/Volumes/main/{schema}/landing"}


@pytest.mark.fidelity(
    "experimental.skip_name_prefix_for_schema keeps the names of schemas",
    source="dev-tools/bundles/settings",
    verdict="same",
)
def test_schemas_can_be_left_without_prefix(tmp_path: Path) -> None:
    bundle = load(tmp_path, RESOURCES + "experimental: {skip_name_prefix_for_schema: true}\n")

    assert bundle.schemas == {"silver": "main.silver"}
    assert pipeline(bundle, "ingest").name == "[dev local] ingest"


@pytest.mark.fidelity(
    "A pipeline that names a schema of its bundle by plain text means the deployed one, prefix included",
    source="dev-tools/bundles/deployment-modes",
    verdict="same",
)
def test_a_schema_written_by_its_plain_name_means_the_bundles_schema(tmp_path: Path) -> None:
    bundle = load(
        tmp_path,
        """
        bundle: {name: shop}
        variables: {catalog: {default: main}}
        targets: {dev: {mode: development}}
        resources:
          schemas: {silver: {catalog_name: "${var.catalog}", name: refined}}
          volumes: {landing: {catalog_name: main, schema_name: refined, name: landing}}
          pipelines:
            a: {name: a, catalog: main, schema: refined}
            b: {name: b, catalog: other, schema: refined}
        """,
    )

    assert bundle.volumes == {"landing": "/Volumes/main/dev_local_refined/landing"}
    assert (pipeline(bundle, "a").schema, pipeline(bundle, "b").schema) == ("dev_local_refined", "refined")


@pytest.mark.parametrize(
    ("prefix", "identifier"),
    [("[dev ann] ", "dev_ann_"), ("[dev ann.b-c] ", "dev_ann_b_c_"), ("Team A ", "team_a"), ("", ""), ("[x]", "x_")],
)
def test_a_prefix_as_part_of_an_identifier(prefix: str, identifier: str) -> None:
    assert identifier_prefix(prefix) == identifier


@pytest.mark.parametrize(
    ("full_name", "shown"),
    [
        ("main.dev_local_silver.orders", "silver.orders"),
        ("MAIN.`dev_local_silver`.orders", "silver.orders"),
        ("main.other.orders", "main.other.orders"),
        ("orders_valid", "orders_valid"),
    ],
)
def test_tables_are_shown_by_the_key_of_their_schema(tmp_path: Path, full_name: str, shown: str) -> None:
    assert display_name(load(tmp_path, RESOURCES), full_name) == shown
