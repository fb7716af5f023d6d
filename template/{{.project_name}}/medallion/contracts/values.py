"""A contract as plain values: to compare two, to print one."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from decimal import Decimal

from ..errors import Position


def plain_values(value: object) -> object:
    """Dataclasses as mappings, tuples as lists, decimals as text; places in files and the file itself are left out.

    >>> plain_values((Decimal("0.10"), None))
    ['0.10', None]
    """
    if is_dataclass(value) and not isinstance(value, type):
        named = ((field.name, getattr(value, field.name)) for field in fields(value))
        return {name: plain_values(one) for name, one in named if not isinstance(one, Position) and name != "path"}
    if isinstance(value, list | tuple):
        return [plain_values(one) for one in value]
    return str(value) if isinstance(value, Decimal) else value
