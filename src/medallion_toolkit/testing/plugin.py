"""The pytest plugin of the toolkit: the fixture `lakehouse`.

pytest finds it by the entry point `pytest11`; nothing of Spark is imported before a test asks for the fixture.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from medallion_toolkit.engine.run import LocalRun
    from medallion_toolkit.testing.lakehouse import Lakehouse


def pytest_addoption(parser: pytest.Parser) -> None:
    """Settings in pytest's own configuration."""
    parser.addini("medallion_project", "folder of the project, relative to pytest's rootdir", default=".")
    parser.addini("medallion_vars", "target of databricks.yml whose variables the tests take", default="")


@pytest.fixture(scope="session")
def medallion_project(pytestconfig: pytest.Config) -> LocalRun:
    """The project, read and checked once, with the one Spark session of the test run."""
    from medallion_toolkit.engine.run import LocalRun
    from medallion_toolkit.engine.session import SessionOnDemand

    folder = pytestconfig.rootpath / Path(str(pytestconfig.getini("medallion_project")))
    target = str(pytestconfig.getini("medallion_vars")) or None
    return LocalRun.open(folder, target, SessionOnDemand(folder / ".medallion"))


@pytest.fixture
def lakehouse(medallion_project: LocalRun, tmp_path: Path) -> Lakehouse:
    """An empty lakehouse of the project, for this test only."""
    from medallion_toolkit.testing.lakehouse import Lakehouse

    return Lakehouse(medallion_project, tmp_path)
