"""`medallion permissions --federation`: the commands fit the CLI and name exactly the environments that may sign in."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app
from medallion_toolkit.scaffold.project import create_project

PRINCIPAL = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    create_project(tmp_path, {"project_name": "shop", "sample_data": "no", "service_principal": PRINCIPAL})
    return tmp_path / "shop"


def script(shop: Path, *arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["permissions", "--project", str(shop), *arguments])
    return result.exit_code, result.stdout, result.stderr


def policies(text: str) -> list[dict[str, Any]]:
    words = [shlex.split(line) for line in text.splitlines() if " create " in line]
    command = ["databricks", "account", "service-principal-federation-policy", "create", "$SP_ID"]
    assert all(one[:5] == command for one in words)
    return [json.loads(one[6]) for one in words]


def test_prod_has_a_policy_for_planning_and_one_for_deploying(shop: Path) -> None:
    code, text, _ = script(shop, "-t", "prod", "--federation", "acme/shop")
    assert code == 0
    assert policies(text) == [
        {
            "oidc_policy": {
                "issuer": "https://token.actions.githubusercontent.com",
                "audiences": ["https://github.com/acme"],
                "subject": f"repo:acme/shop:environment:{environment}",
            }
        }
        for environment in ("prod-plan", "prod")
    ]
    assert f"--filter 'applicationId eq \"{PRINCIPAL}\"'" in text
    assert f"gh variable set DATABRICKS_CLIENT_ID --env prod --repo acme/shop --body '{PRINCIPAL}'" in text
    assert "gh variable set DATABRICKS_HOST --env prod-plan --repo acme/shop --body 'https://YOUR-WORKSPACE'" in text
    assert "gh variable set MEDALLION_DELIVERY --repo acme/shop --body on" in text


def test_a_target_with_a_host_names_it(shop: Path) -> None:
    bundle = shop / "databricks.yml"
    bundle.write_text(bundle.read_text().replace("    workspace:\n", "    workspace:\n      host: https://a.example\n"))
    _, text, _ = script(shop, "-t", "staging", "--federation", "acme/shop")
    assert "gh variable set DATABRICKS_HOST --env staging --repo acme/shop --body 'https://a.example'" in text
    assert [one["oidc_policy"]["subject"] for one in policies(text)] == ["repo:acme/shop:environment:staging"]


def test_dev_is_deployed_by_the_principal_of_the_others(shop: Path) -> None:
    _, text, _ = script(shop, "-t", "dev", "--federation", "acme/shop")
    assert PRINCIPAL in text
    assert [one["oidc_policy"]["subject"] for one in policies(text)] == ["repo:acme/shop:environment:dev"]


def test_pull_requests_sign_in_as_somebody_else(shop: Path) -> None:
    other = PRINCIPAL.replace("a", "f")
    _, text, _ = script(shop, "-t", "dev", "--federation", "acme/shop:pull-request", "--deployer", other)
    assert [one["oidc_policy"]["subject"] for one in policies(text)] == ["repo:acme/shop:environment:pull-request"]
    assert PRINCIPAL not in text
    assert "may change nothing" in text


def test_a_project_without_a_principal_wants_one_named(tmp_path: Path) -> None:
    create_project(tmp_path, {"project_name": "shop", "sample_data": "no"})
    code, _, said = script(tmp_path / "shop", "-t", "prod", "--federation", "acme/shop")
    assert (code, said.split()[0]) == (1, "MED764")
    assert "--deployer APPLICATION-ID" in said


@pytest.mark.parametrize("repository", ["shop", "acme/shop/x", "acme/sh op", "acme/'x'", "-acme/shop", "acme/shop:a b"])
def test_what_is_no_repository_is_refused(shop: Path, repository: str) -> None:
    code, text, said = script(shop, "-t", "prod", "--federation", repository)
    assert (code, text, said.split()[0]) == (2, "", "MED764")


def test_json_has_the_same(shop: Path) -> None:
    told = json.loads(script(shop, "-t", "prod", "--federation", "acme/shop", "--json")[1])
    assert list(told["policies"].values()) == policies(told["script"])
