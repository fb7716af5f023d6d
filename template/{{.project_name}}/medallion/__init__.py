"""Helper modules of this project: contracts in, tables with quarantine and history out.

They are part of the project: read them, step through them, change them. Only the standard library and
PyYAML are imported; pyspark is imported inside the functions that declare datasets.
"""

from __future__ import annotations

from .contract_files import ContractFolder, contract_targets, open_contracts, read_nodes
from .contract_model import Contract
from .contract_values import plain_values
from .contract_version import contract_version
from .contracts import contracts_by_target, load_contract, load_contracts, read_contract
from .declare import declare_table, declare_tables
from .errors import MedallionContractError
from .governance_facts import TableFacts, governance_facts
from .long_form import is_long, short_form
from .monitoring import monitoring_views
from .project_files import project_files
from .render import render_files, render_sql
from .rules.kinds import Example, Row, RowExample
from .rules.own import ColumnName, row_rule, rule
from .sql_words import literal
from .table_plan import TablePlan
from .tables import plan_tables
from .written_rules import written_rules

INTERFACE = 2

__all__ = [
    "INTERFACE",
    "ColumnName",
    "Contract",
    "ContractFolder",
    "Example",
    "MedallionContractError",
    "Row",
    "RowExample",
    "TableFacts",
    "TablePlan",
    "contract_targets",
    "contract_version",
    "contracts_by_target",
    "declare_table",
    "declare_tables",
    "governance_facts",
    "is_long",
    "literal",
    "load_contract",
    "load_contracts",
    "monitoring_views",
    "open_contracts",
    "plain_values",
    "plan_tables",
    "project_files",
    "read_contract",
    "read_nodes",
    "render_files",
    "render_sql",
    "row_rule",
    "rule",
    "short_form",
    "written_rules",
]
