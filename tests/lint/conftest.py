"""The project that lint judges."""

from __future__ import annotations

import pytest
from lint_project import JudgedProject


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory) -> JudgedProject:
    """A small project with the helper modules."""
    return JudgedProject(tmp_path_factory.mktemp("judged"))
