"""The project that is checked."""

from __future__ import annotations

import pytest
from checked_project import CheckedProject

from medallion_toolkit.engine.session import SessionOnDemand


@pytest.fixture(scope="session")
def checked(tmp_path_factory: pytest.TempPathFactory, session_source: SessionOnDemand) -> CheckedProject:
    """The shop after one run; tests put back what they change."""
    project = CheckedProject(tmp_path_factory.mktemp("checked"), session_source)
    project.local.run()
    return project
