"""Helper modules of this project: contracts in, tables with quarantine and history out.

They are part of the project: read them, step through them, change them. Only the standard library and
PyYAML are imported; pyspark is imported inside the functions that declare datasets.
"""

from __future__ import annotations

from .contract_model import Contract
from .contracts import load_contract, load_contracts, read_contract
from .declare import declare_table, declare_tables
from .errors import MedallionContractError
from .project_files import project_files
from .render import render_files, render_sql
from .table_plan import TablePlan
from .tables import plan_tables

INTERFACE = 1

__all__ = [
    "INTERFACE",
    "Contract",
    "MedallionContractError",
    "TablePlan",
    "declare_table",
    "declare_tables",
    "load_contract",
    "load_contracts",
    "plan_tables",
    "project_files",
    "read_contract",
    "render_files",
    "render_sql",
]
