"""The lakehouse that commands look at."""

from __future__ import annotations

import pytest
from command_project import lakehouse
from engine.local_project import LocalProject

from medallion_toolkit.engine.session import SessionOnDemand


@pytest.fixture(scope="session")
def looked_at(tmp_path_factory: pytest.TempPathFactory, session_source: SessionOnDemand) -> LocalProject:
    """A lakehouse after two runs; tests leave it as it is."""
    return lakehouse(tmp_path_factory.mktemp("lakehouse"), session_source)
