"""One small project for all tests of the room."""

from __future__ import annotations

import pytest
from case_project import CaseProject

from medallion_toolkit.engine.session import SessionOnDemand


@pytest.fixture(scope="session")
def shop(session_source: SessionOnDemand, tmp_path_factory: pytest.TempPathFactory) -> CaseProject:
    """The project; tests write their test files into it."""
    return CaseProject(tmp_path_factory.mktemp("tested"), session_source)
