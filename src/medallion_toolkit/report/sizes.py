"""Sizes as a person says them."""

from __future__ import annotations

UNITS = ("bytes", "kB", "MB", "GB")


def size_text(size: int) -> str:
    """`12.3 kB` for 12,345 bytes."""
    amount, unit = float(size), UNITS[0]
    for unit in UNITS:
        if amount < 1000 or unit == UNITS[-1]:
            break
        amount /= 1000
    return f"{amount:.0f} {unit}" if unit == UNITS[0] else f"{amount:.1f} {unit}"
