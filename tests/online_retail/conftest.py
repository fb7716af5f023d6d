"""The data, and a project that got all of it in one delivery; both once for all tests of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from online_retail_data import OnlineRetail, folder_of_this_run, read_online_retail
from online_retail_project import Shop

from medallion_toolkit.engine.run import RunResult
from medallion_toolkit.engine.session import SessionOnDemand


@dataclass(frozen=True)
class DeliveredAtOnce:
    """A project after one run over all seventy days, and what that run did."""

    shop: Shop
    result: RunResult


@pytest.fixture(scope="session")
def online_retail(repository: Path) -> OnlineRetail:
    """The files as Python reads them."""
    return read_online_retail(folder_of_this_run(repository))


@pytest.fixture(scope="session")
def at_once(
    online_retail: OnlineRetail,
    repository: Path,
    session_source: SessionOnDemand,
    tmp_path_factory: pytest.TempPathFactory,
) -> DeliveredAtOnce:
    """All seventy days in one run."""
    shop = Shop.create(repository, tmp_path_factory.mktemp("at_once"), online_retail.folder, session_source)
    return DeliveredAtOnce(shop, shop.deliver_and_run())
