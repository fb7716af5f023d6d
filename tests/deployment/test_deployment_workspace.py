"""Names of the signed-in identity."""

from __future__ import annotations

import pytest

from medallion_toolkit.deployment.workspace import short_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ada@example.org", "ada"),
        ("Ada.van_den Brook@example.org", "ada_van_den_brook"),
        ("ada--b+c@example.org", "ada_b_c"),
        ("_ada_@example.org", "ada"),
        ("Zoë.Łoś@example.org", "zoë_łoś"),
        ("release robot (prod)", "release_robot_prod"),
    ],
)
def test_short_names_are_those_of_the_cli(name: str, expected: str) -> None:
    assert short_name(name) == expected
