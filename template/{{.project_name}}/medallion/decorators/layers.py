"""The decorators that say which layer a dataset is in, and anything else of its contract."""

from __future__ import annotations

from collections.abc import Mapping

from ..contracts.shape import CONTRACT
from .settings import Settings, decorator, given, refuse_unknown

_PLACE = ("name", "schema", "streaming")
_OWN_KEYS = ("table", "from", "kind", "backfill")
_CONTRACT = tuple(key.name for key in CONTRACT.keys if key.name not in _OWN_KEYS)


@decorator
def medallion(layer: str | None = None, config_path: str | None = None, **options: object) -> Settings:
    """A dataset of a layer, with the contract in `config_path`.

    Options: `name` of the dataset, `schema` it lies in (default: the pipeline's), `streaming` (default: as the
    dataset decorator above makes it, else as the function reads), and every key of a contract's short form:
    `columns`, `keys`, `rules`, `history`, `on_fail`, `quarantine`, `limits`, `governance`, ….
    """
    return _layer(layer, config_path, options)


@decorator
def bronze(config_path: str | None = None, **options: object) -> Settings:
    """A dataset of the bronze layer; arguments as in `medallion`."""
    return _layer("bronze", config_path, options)


@decorator
def silver(config_path: str | None = None, **options: object) -> Settings:
    """A dataset of the silver layer; arguments as in `medallion`."""
    return _layer("silver", config_path, options)


@decorator
def gold(config_path: str | None = None, **options: object) -> Settings:
    """A dataset of the gold layer; arguments as in `medallion`."""
    return _layer("gold", config_path, options)


def _layer(layer: str | None, config_path: str | None, options: Mapping[str, object]) -> Settings:
    refuse_unknown(options, (*_PLACE, *_CONTRACT))
    place = {name: options[name] for name in _PLACE if options.get(name) is not None}
    return Settings(
        contract={name: value for name, value in options.items() if name in _CONTRACT},
        dataset={**place, **given(layer=layer, config_path=config_path)},
    )
