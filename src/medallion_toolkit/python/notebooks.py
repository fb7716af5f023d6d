"""The cells of a notebook, for the SQL that stands in Python files."""

from __future__ import annotations

from medallion_toolkit.python.source_code import NotebookCell, notebook_cells

__all__ = ["NotebookCell", "notebook_cells"]
