"""One Spark session for the whole test run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from medallion_toolkit.engine.session import SessionOnDemand

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


LONGEST_FIRST = ("acceptance", "online_retail")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what starts Spark or the CLI, so that `make test-fast` can leave it out; files that take long go first.

    Files are given to workers in this order, so that no worker ends with a long file while the other has none.
    """
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        if names & {"spark", "session_source"}:
            item.add_marker("spark")
        if names & {"fakeworkspace", "server_url"}:
            item.add_marker("cli")
    heavy = {item.path for item in items if item.get_closest_marker("spark") or item.get_closest_marker("cli")}
    items.sort(key=lambda item: (item.path.parent.name not in LONGEST_FIRST, item.path not in heavy))


@pytest.fixture(scope="session")
def session_source(tmp_path_factory: pytest.TempPathFactory) -> SessionOnDemand:
    """The session, started by the first test that needs it."""
    return SessionOnDemand(tmp_path_factory.mktemp("spark"))


@pytest.fixture
def spark(session_source: SessionOnDemand) -> SparkSession:
    """The shared Spark session."""
    return session_source.spark()


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of this repository."""
    return Path(__file__).resolve().parents[1]
