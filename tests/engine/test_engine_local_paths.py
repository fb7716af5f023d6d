"""Which local folder a path of the workspace means."""

from __future__ import annotations

from pathlib import Path

import pytest

from medallion_toolkit.engine.local_paths import mapped_folder
from medallion_toolkit.errors import Place, UnsupportedError

VOLUMES = {"/Volumes/shop/raw": Path("/here/raw"), "dbfs:/mnt/x": Path("/here/x"), "/Volumes/shop/raw/eu": Path("/eu")}
OWN = {"/Workspace/files": Path("/project"), "/project": Path("/project")}
PLACE = Place("sql/a.sql", 3, 7)


@pytest.mark.parametrize(
    ("path", "local"),
    [
        ("/Volumes/shop/raw", "/here/raw"),
        ("/Volumes/shop/raw/", "/here/raw"),
        ("dbfs:/Volumes/shop/raw/orders/*.json", "/here/raw/orders/*.json"),
        ("/Volumes/shop/raw/eu/orders", "/eu/orders"),
        ("/mnt/x/orders", "/here/x/orders"),
        ("dbfs:/mnt/x/orders", "/here/x/orders"),
        ("/Workspace/files/config/a.csv", "/project/config/a.csv"),
        ("/project/config/a.csv", "/project/config/a.csv"),
    ],
)
def test_a_path_means_the_folder_of_its_longest_known_part(path: str, local: str) -> None:
    assert mapped_folder(path, PLACE, VOLUMES, OWN) == Path(local)


@pytest.mark.parametrize("path", ["/Volumes/shop/rawer/orders", "/mnt/y", "s3://bucket/orders", ""])
def test_a_path_that_nothing_stands_for_is_refused_at_its_place(path: str) -> None:
    with pytest.raises(UnsupportedError) as raised:
        mapped_folder(path, PLACE, VOLUMES, OWN)

    assert (raised.value.code, raised.value.place) == ("MED406", PLACE)
    assert "/Volumes/shop/raw" in (raised.value.expected or "")
    assert "/project" not in (raised.value.expected or "")
