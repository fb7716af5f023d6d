"""Helper modules of this project: contracts in, tables with quarantine and history out.

They are part of the project: read them, step through them, change them. Only the standard library and
PyYAML are imported; pyspark is imported inside the functions that declare datasets.

    contracts/    the files in contracts/ become a `Contract`, its rules SQL; begin with reader.py
    tables/       a `Contract` becomes its tables: judged, quarantined, typed; begin with from_contract.py
    jobs/         the SQL of the jobs around the pipelines: gates, masks, grants, tags, monitoring
    repair/       how rows come back from quarantine
    decorators/   the same contract said above a Python function
    rules/        every kind of rule; normalize/ patterns for text, pii/ how personal data is found
    model/        what a contract states, as frozen values
    sql/          names, values, types and statements as SQL text
    yaml_files/   files read with the line of every value, and what may stand in them

A folder imports only from those below it: jobs, repair, tables, contracts, rules, model, sql.
"""

from __future__ import annotations

from .contracts.files import ContractFolder, contract_targets, open_contracts, read_nodes
from .contracts.loading import contracts_by_target, load_contract, load_contracts, read_contract
from .contracts.long_form import is_long, short_form
from .contracts.values import plain_values
from .contracts.version import contract_version
from .contracts.written_rules import written_rules
from .errors import MedallionContractError
from .jobs.governance_facts import TableFacts, governance_facts
from .jobs.monitoring import monitoring_views
from .jobs.project_files import project_files
from .model.contract import Contract
from .rules.kinds import Example, Row, RowExample
from .rules.own import ColumnName, row_rule, rule
from .sql.words import literal
from .tables.declare import declare_table, declare_tables
from .tables.from_contract import plan_tables
from .tables.plan import TablePlan
from .tables.render import render_files, render_sql

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
