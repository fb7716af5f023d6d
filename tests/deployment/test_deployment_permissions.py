"""The pre-deployment script: what it grants, and above all what it never does."""

from __future__ import annotations

import http.client
import json
import os
import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from medallion_toolkit.cli.permissions import permissions
from medallion_toolkit.deployment.grants import Granted
from medallion_toolkit.deployment.permissions import Access, Reader, permission_script
from medallion_toolkit.scaffold.project import create_project

app = typer.Typer()
app.command()(permissions)

SCHEMAS = ("shop.bronze", "shop.silver", "shop.gold")
PRINCIPAL = "aaaaaaaa-bbbb-4ccc-dddd-eeeeeeeeeeee"


def access(deployer: str = "ada@example.org", run_as: str = PRINCIPAL, readers: tuple[Reader, ...] = ()) -> Access:
    return Access("prod", ("shop",), SCHEMAS, ("shop.bronze.landing",), deployer, run_as, readers)


def statements(script: str) -> list[str]:
    return [line for line in script.splitlines() if line and not line.startswith("--")]


def test_the_catalog_is_made_only_if_it_is_missing() -> None:
    assert statements(permission_script(access()))[0] == "CREATE CATALOG IF NOT EXISTS `shop`;"


def test_deployer_and_run_as_may_use_the_catalog_and_make_schemas() -> None:
    script = statements(permission_script(access()))
    assert script[1:3] == [
        "GRANT USE CATALOG, USE SCHEMA, CREATE SCHEMA ON CATALOG `shop` TO `ada@example.org`;",
        f"GRANT USE CATALOG, USE SCHEMA, CREATE SCHEMA ON CATALOG `shop` TO `{PRINCIPAL}`;",
    ]


@pytest.mark.parametrize("run_as", [PRINCIPAL, "ada@example.org"])
def test_nothing_the_bundle_owns_is_created(run_as: str) -> None:
    script = permission_script(access(run_as=run_as))
    assert not re.search(r"CREATE\s+(SCHEMA|VOLUME)\s+(IF|`)", script)


def test_run_as_manages_the_schemas_it_does_not_own() -> None:
    grants = [line for line in statements(permission_script(access())) if " ON SCHEMA " in line]
    assert [line.partition(" ON SCHEMA ")[2].partition(" TO ")[0] for line in grants] == [
        "`shop`.`bronze`",
        "`shop`.`silver`",
        "`shop`.`gold`",
    ]
    assert all("MANAGE" in line and line.endswith(f"TO `{PRINCIPAL}`;") for line in grants)


def test_who_deploys_and_runs_needs_no_grant_on_its_own_schemas() -> None:
    script = statements(permission_script(access(deployer=PRINCIPAL)))
    assert script == [
        "CREATE CATALOG IF NOT EXISTS `shop`;",
        f"GRANT USE CATALOG, USE SCHEMA, CREATE SCHEMA ON CATALOG `shop` TO `{PRINCIPAL}`;",
    ]


def test_readers_enter_the_catalog_and_get_nothing_else() -> None:
    reader = Reader("analysts", "shop analysts", ("silver.orders",))
    grants = [line for line in statements(permission_script(access(readers=(reader,)))) if "analysts" in line]
    assert grants == ["GRANT USE CATALOG, USE SCHEMA ON CATALOG `shop` TO `shop analysts`;"]


def test_a_blank_group_grants_nothing_and_says_so() -> None:
    script = permission_script(access(readers=(Reader("analysts", None, ("silver.orders",)),)))
    assert [line for line in script.splitlines() if "analysts" in line] == [
        "-- role analysts: the variable group_analysts is blank, so nobody has it"
    ]


def test_seeing_values_unmasked_is_no_grant() -> None:
    script = permission_script(access(readers=(Reader("pii_readers", "hr", ()),)))
    assert [line for line in statements(script) if "hr" in line] == []
    assert "-- role pii_readers (variable group_pii_readers, hr): no table names it in `read`, so no grant" in script


def test_names_are_quoted_whatever_they_hold() -> None:
    reader = Reader("analysts", "a`; DROP CATALOG shop; --", ("silver.orders",))
    assert "TO `a``; DROP CATALOG shop; --`;" in permission_script(access(readers=(reader,)))


def script_of(project: Path, target: str, *arguments: str) -> str:
    result = CliRunner().invoke(app, ["--project", str(project), "-t", target, *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def with_principal(tmp_path: Path) -> Path:
    create_project(tmp_path, {"project_name": "shop", "service_principal": PRINCIPAL})
    return tmp_path / "shop"


def test_the_sample_in_prod_needs_a_catalog_and_one_principal(tmp_path: Path) -> None:
    assert statements(script_of(with_principal(tmp_path), "prod")) == [
        "CREATE CATALOG IF NOT EXISTS `shop`;",
        f"GRANT USE CATALOG, USE SCHEMA, CREATE SCHEMA ON CATALOG `shop` TO `{PRINCIPAL}`;",
    ]


def test_another_deployer_leaves_the_schemas_to_the_principal(tmp_path: Path) -> None:
    script = script_of(with_principal(tmp_path), "staging", "--deployer", "ci@example.org")
    assert [line.partition(" ON ")[2] for line in statements(script) if "MANAGE" in line] == [
        f"SCHEMA `shop_staging`.`{layer}` TO `{PRINCIPAL}`;" for layer in ("bronze", "gold", "silver")
    ]
    assert f"GRANT READ VOLUME ON VOLUME `shop_staging`.`bronze`.`landing` TO `{PRINCIPAL}`;" in script


def test_roles_of_the_contracts_become_the_groups_of_the_variables(tmp_path: Path) -> None:
    project = with_principal(tmp_path)
    path = project / "databricks.yml"
    head, tail = path.read_text().split("  group_analysts:", 1)
    path.write_text(head + "  group_analysts:" + tail.replace('default: ""', "default: shop-analysts", 1))
    assert "GRANT USE CATALOG, USE SCHEMA ON CATALOG `shop` TO `shop-analysts`;" in script_of(project, "prod")


def test_a_role_without_a_variable_is_an_error(tmp_path: Path) -> None:
    project = with_principal(tmp_path)
    path = project / "contracts/silver/orders.yml"
    path.write_text(path.read_text().replace("read: [analysts]", "read: [analyst]"))
    result = CliRunner().invoke(app, ["--project", str(project), "-t", "prod", "--json"])
    assert result.exit_code == 1
    (error,) = json.loads(result.stdout)["errors"]
    assert (error["code"], error["help"]) == ("MED121", "did you mean group_analysts?")
    assert error["found"] == "read: [analyst] in silver.orders"


def test_the_empty_project_grants_no_reader(tmp_path: Path) -> None:
    create_project(tmp_path, {"project_name": "shop", "sample_data": "no"})
    script = script_of(tmp_path / "shop", "dev", "--deployer", "ada@example.org")
    assert statements(script) == [
        "CREATE CATALOG IF NOT EXISTS `shop_dev`;",
        "GRANT USE CATALOG, USE SCHEMA, CREATE SCHEMA ON CATALOG `shop_dev` TO `ada@example.org`;",
    ]
    assert "-- Readers" not in script


@pytest.mark.cli
def test_in_dev_whoever_is_signed_in_deploys(project: Path, workspace: str) -> None:
    assert workspace
    assert "TO `tester@databricks.com`;" in script_of(project, "dev")


def test_json_has_the_script_and_its_parts(tmp_path: Path) -> None:
    project = with_principal(tmp_path)
    result = CliRunner().invoke(app, ["--project", str(project), "-t", "prod", "--json"])
    answer = json.loads(result.stdout)
    assert answer["script"] == script_of(project, "prod")
    assert answer["readers"] == {"analysts": None, "pii_readers": None}


@pytest.mark.cli
def test_the_script_is_run_and_a_refused_statement_does_not_stop_the_others(workspace: str, project: Path) -> None:
    refusal = {"match": "GRANT READ VOLUME|GRANT USE CATALOG", "error": "User does not have MANAGE", "times": 1}
    connection = http.client.HTTPConnection(os.environ["DATABRICKS_HOST"].removeprefix("http://"), timeout=30)
    headers = {"Authorization": f"Bearer dbapi0{workspace}"}
    connection.request("POST", "/__fake/statements", json.dumps(refusal), headers)
    assert connection.getresponse().status == 200
    connection.close()
    arguments = ["-t", "dev", "--apply", "--json", "--project", str(project)]
    first = CliRunner().invoke(app, arguments)
    statements = json.loads(first.stdout)["statements"]
    assert (first.exit_code, statements[0]["statement"]) == (1, "CREATE CATALOG IF NOT EXISTS `shop_dev`")
    assert [one["refused"] for one in statements if one["refused"]] == ["User does not have MANAGE"]
    second = CliRunner().invoke(app, arguments)
    assert (second.exit_code, {one["refused"] for one in json.loads(second.stdout)["statements"]}) == (0, {None})


def test_what_waits_for_the_first_deployment_is_no_refusal() -> None:
    grant = "GRANT USE SCHEMA ON SCHEMA `shop`.`silver` TO `run`"
    there = "[SCHEMA_NOT_FOUND] The schema `shop`.`silver` cannot be found."
    assert Granted(grant, there).is_later
    assert not Granted(grant, "User does not have MANAGE on Schema 'shop.silver'").is_later
    assert not Granted("GRANT USE CATALOG ON CATALOG `shop` TO `run`", "Catalog 'shop' does not exist.").is_later
    assert not Granted(grant).is_later
