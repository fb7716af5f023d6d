"""What would leave quarantine: its rows judged by the present contract, read anew from bronze where that is known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from medallion_toolkit.checking.conformed import conformed_rows
from medallion_toolkit.checking.effect import Release
from medallion_toolkit.checking.judging import Side
from medallion_toolkit.checking.lakehouse import Lakehouse, whole
from medallion_toolkit.checking.rows import Rows, plain_type
from medallion_toolkit.errors import MedallionError, RunError, UsageError
from medallion_toolkit.python.helper_package import Package

if TYPE_CHECKING:
    from medallion_toolkit.graph.project import Project


def release_of(project: Project, lakehouse: Lakehouse, now: Side) -> Release:
    """How many of the quarantined rows the contract of `now` lets pass; UsageError where nothing is quarantined."""
    contract = now.contract
    if contract.source is None or contract.is_one_table:
        raise UsageError(
            "MED652",
            f"{contract.table} has no quarantine of its own",
            found="--quarantined",
            help=f"{contract.path} makes no {contract.table}_quarantine",
        )
    quarantine = f"{contract.table}_quarantine"
    columns = lakehouse.columns(quarantine)
    if columns is None:
        raise RunError("MED413", f"{quarantine} has no rows here yet", next="medallion run")
    stored = Rows(f"SELECT * FROM [[{quarantine}]]", {name.lower(): plain_type(one) for name, one in columns.items()})
    package = cast(Package, project.contracts.package)
    if not package.tables.replay.is_replayable(contract):
        return _counted(lakehouse, now, stored.sql, stored, ran_anew=False)
    open_rows = package.repair.replay_sql.open_rows_query(contract)
    ids = f"SELECT _row_id FROM (\n{open_rows}\n)"
    try:
        anew = conformed_rows(project, contract, lambda table: f"(SELECT * FROM {table} WHERE _row_id IN (\n{ids}\n))")
    except MedallionError:
        still_open = replace(stored, sql=f"{stored.sql} WHERE _row_id IN (\n{ids}\n)")
        return _counted(lakehouse, now, open_rows, still_open, ran_anew=False)
    return _counted(lakehouse, now, open_rows, anew, ran_anew=True)


def _counted(lakehouse: Lakehouse, now: Side, quarantined: str, rows: Rows, *, ran_anew: bool) -> Release:
    side = replace(now, rows=rows)
    (found,) = lakehouse.rows(f"""\
SELECT count(*) AS given, count_if({side.kept()}) AS passing,
    (SELECT count(*) FROM (
{quarantined}
    )) AS quarantined
FROM (
{side.judged(rows.as_structs)}
)""")
    total, given = whole(found["quarantined"]), whole(found["given"])
    return Release(total, whole(found["passing"]), max(total - given, 0), ran_anew)
