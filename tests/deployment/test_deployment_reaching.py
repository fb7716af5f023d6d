"""A workspace that nobody reaches is told within seconds, with its address, whoever stated it."""

from __future__ import annotations

from pathlib import Path

import pytest

from medallion_toolkit.deployment.reaching import stated_host
from medallion_toolkit.deployment.workspace import connect
from medallion_toolkit.errors import EnvironmentProblem

PROFILES = "[DEFAULT]\nhost = https://default.invalid\n[other]\nhost = https://other.invalid\ntoken = x%y\n"


@pytest.fixture(autouse=True)
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "databrickscfg").write_text(PROFILES)
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", str(tmp_path / "databrickscfg"))
    for name in ("DATABRICKS_HOST", "DATABRICKS_TOKEN", "DATABRICKS_CONFIG_PROFILE"):
        monkeypatch.delenv(name, raising=False)


def test_the_address_is_the_one_that_the_sdk_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert stated_host(None, None) == "https://default.invalid"
    assert stated_host(None, "other") == "https://other.invalid"
    monkeypatch.setenv("DATABRICKS_HOST", "https://environment.invalid")
    assert stated_host(None, None) == "https://environment.invalid"
    assert stated_host("https://given.invalid", None) == "https://given.invalid"
    assert stated_host(None, "other") == "https://environment.invalid"
    monkeypatch.delenv("DATABRICKS_HOST")
    monkeypatch.setenv("DATABRICKS_CONFIG_PROFILE", "other")
    assert stated_host(None, None) == "https://other.invalid"


def test_an_address_that_nobody_has_is_told_and_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("urllib.request.getproxies", dict)
    with pytest.raises(EnvironmentProblem) as told:
        connect(profile="other")
    assert (told.value.code, told.value.next) == ("MED705", "databricks auth describe")
    assert "https://other.invalid" in told.value.message
