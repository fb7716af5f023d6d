"""The files of a project that follow from its contracts: the job's SQL and the schema for editors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .access import prepare_sql
from .contract_model import Contract
from .contract_schema import contract_schema_text
from .gates import gate_sql
from .governance import governance_sql


def project_files(contracts: Sequence[Contract], kinds: Mapping[str, str]) -> Mapping[str, str]:
    """Path below the project folder to text; `medallion generate` writes them.

    `kinds` maps tables that SQL files make (`gold.daily_sales`) to `materialized view`, `streaming table` or `view`.
    """
    return {
        "jobs/prepare.sql": prepare_sql(contracts),
        "jobs/gate_silver.sql": gate_sql(contracts, "silver"),
        "jobs/gate_gold.sql": gate_sql(contracts, "gold"),
        "jobs/governance.sql": governance_sql(contracts, kinds),
        ".vscode/contract.schema.json": contract_schema_text(),
    }
