"""The project that is scanned."""

from __future__ import annotations

from scanned_project import scanned

__all__ = ["scanned"]
