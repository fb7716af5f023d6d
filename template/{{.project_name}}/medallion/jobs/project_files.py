"""The files of a project that follow from its contracts: the job's SQL and the schema for editors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..contracts.schema import contract_schema_text
from ..model.contract import Contract
from ..repair.replay_job import Replays, replay_done_file, replay_sql_file
from .access import prepare_sql
from .gates import NO_TARGETS, TargetContracts, gate_sql
from .governance import governance_sql

NOTHING_KNOWN = Replays()


def project_files(
    contracts: Sequence[Contract],
    kinds: Mapping[str, str],
    replays: Replays = NOTHING_KNOWN,
    targets: TargetContracts = NO_TARGETS,
) -> Mapping[str, str]:
    """Path below the project folder to text; `medallion generate` writes them.

    `kinds` maps tables that SQL files make (`gold.daily_sales`) to `materialized view`, `streaming table` or `view`;
    `replays` has the conformed queries and the corrections, `targets` the contracts as they hold in each target.
    """
    return {
        "jobs/prepare.sql": prepare_sql(contracts),
        "jobs/gate_silver.sql": gate_sql(contracts, "silver", targets),
        "jobs/gate_gold.sql": gate_sql(contracts, "gold", targets),
        "jobs/governance.sql": governance_sql(contracts, kinds),
        "jobs/replay.sql": replay_sql_file(contracts, replays),
        "jobs/replay_done.sql": replay_done_file(contracts, replays),
        ".vscode/contract.schema.json": contract_schema_text(),
    }
