"""Whatever is wrong with a contract, it is refused with a code and a place, in either spelling and with overlays."""

from __future__ import annotations

import random
from collections.abc import Iterator
from copy import deepcopy

import pytest
import yaml
from contract_samples import CUSTOMERS, DAILY_SALES, LINES, ORDERS
from long_samples import ORDERS_LONG, SPECIFIED

from medallion import MedallionContractError, read_contract

OVERLAY = """
targets:
  dev:
    on_fail: warn
    limits: {quarantined: 50 %, freshness: null}
    columns: {status: {rules: [allowed_values: [placed, paid]]}}
    rules: {order_amount_plausible: order_amount < 5, dev_only: {sql: order_id <> 'x', on_fail: tag}}
"""
DOCUMENTS = [yaml.safe_load(one) for one in (ORDERS + OVERLAY, CUSTOMERS, LINES, DAILY_SALES, SPECIFIED, ORDERS_LONG)]
VALUES = [None, [], {}, "x", "", 1, -1.5, True, [1], [[]], [{}], {"a": 1}, ["a", "a"], {"name": None}]
KEYS = ["no_such_key", "type", "name", "columns", "rules", "targets", "sql"]

Path = tuple[str | int, ...]


def paths(node: object, path: Path = ()) -> Iterator[Path]:
    """The way to every value of a document."""
    yield path
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inner:
        yield from paths(value, (*path, key))


def damaged(chance: random.Random) -> str:
    """A sample with one value replaced, added or taken away."""
    document = deepcopy(chance.choice(DOCUMENTS))
    *way, last = chance.choice(list(paths(document))[1:])
    place = document
    for key in way:
        place = place[key]
    kind = chance.choice(["replace", "replace", "add", "remove"])
    if kind == "replace":
        place[last] = deepcopy(chance.choice(VALUES))
    elif kind == "add" and isinstance(place, dict):
        place[chance.choice(KEYS)] = deepcopy(chance.choice(VALUES))
    else:
        del place[last]
    return yaml.safe_dump(document, sort_keys=False)


def refusal(text: str, target: str | None) -> MedallionContractError | None:
    """What the loader says to the text, None when it takes it."""
    try:
        read_contract(text, "c.yml", target)
    except MedallionContractError as error:
        return error
    return None


@pytest.mark.parametrize("seed", range(3))
def test_every_damage_is_harmless_or_refused_with_its_place(seed: int) -> None:
    chance = random.Random(seed)
    texts = [damaged(chance) for _ in range(80)]
    errors = [(text, refusal(text, target)) for text in texts for target in (None, "dev")]
    refused = [(text, error) for text, error in errors if error is not None]
    assert [text for text, error in refused if (error.path, error.code[:4]) != ("c.yml", "MED3")] == []
    assert [text for text, error in refused if not 0 < error.line <= text.count("\n") + 1] == []
    assert 50 < len(refused) < 160
