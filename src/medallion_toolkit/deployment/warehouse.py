"""Queries through a target's SQL warehouse, which only read, and the few statements that prepare a target."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from medallion_toolkit.deployment.workspace import asked
from medallion_toolkit.engine.question import read_question
from medallion_toolkit.errors import ConfigError, WorkspaceError

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.sql import ResultData, StatementResponse

    from medallion_toolkit.project.bundle import Bundle

VARIABLE = "warehouse_id"
_LOOKUP = re.compile(r"\$\{lookup\.warehouse\.(.+)\}")
_WAIT = "50s"
_POLL_SECONDS = 2.0

Row = Mapping[str, str | None]


@dataclass(frozen=True)
class Warehouse:
    """One SQL warehouse; `sleep` waits between polls of a statement that takes long."""

    client: WorkspaceClient
    id: str
    sleep: Callable[[float], None] = time.sleep

    def rows(self, sql: str, catalog: str | None = None, schema: str | None = None) -> Sequence[Row]:
        """All rows that answer the query. MED452 when it would write, MED703 when the workspace refuses it.

        Names without a catalog or schema belong to those given.
        """
        read_question(sql)
        with asked("answer a query"):
            return self._collected(self._answered(sql, catalog, schema))

    def execute(self, statement: str) -> None:
        """Run a statement that changes something. MED703 when the workspace refuses it."""
        with asked("run a statement"):
            self._answered(statement)

    def _answered(self, sql: str, catalog: str | None = None, schema: str | None = None) -> StatementResponse:
        from databricks.sdk.service.sql import ExecuteStatementRequestOnWaitTimeout as OnTimeout

        response = self.client.statement_execution.execute_statement(
            sql, self.id, catalog=catalog, schema=schema, wait_timeout=_WAIT, on_wait_timeout=OnTimeout.CONTINUE
        )
        return self._finished(response)

    def _finished(self, response: StatementResponse) -> StatementResponse:
        from databricks.sdk.service.sql import StatementState

        running = (StatementState.PENDING, StatementState.RUNNING)
        while response.status and response.status.state in running and response.statement_id:
            self.sleep(_POLL_SECONDS)
            response = self.client.statement_execution.get_statement(response.statement_id)
        status = response.status
        if status is None or status.state != StatementState.SUCCEEDED:
            reason = status.error.message if status and status.error else "no reason given"
            raise WorkspaceError("MED703", "the workspace refused to answer a query", found=reason)
        return response

    def _collected(self, response: StatementResponse) -> Sequence[Row]:
        schema = response.manifest.schema if response.manifest else None
        names = [column.name or "" for column in (schema.columns if schema else None) or ()]
        values: list[list[str]] = []
        chunk: ResultData | None = response.result
        while chunk is not None:
            values += chunk.data_array or []
            following = chunk.next_chunk_index
            if following is None or response.statement_id is None:
                break
            chunk = self.client.statement_execution.get_statement_result_chunk_n(response.statement_id, following)
        return [dict(zip(names, row, strict=True)) for row in values]


def open_warehouse(client: WorkspaceClient, bundle: Bundle) -> Warehouse:
    """The warehouse that the bundle's variable `warehouse_id` names, by id or by a lookup of its name."""
    value = bundle.variables.get(VARIABLE)
    text = "" if value is None else str(value)
    if not text:
        raise ConfigError(
            "MED651",
            "the bundle names no SQL warehouse",
            expected=f"variables: {VARIABLE}: {{lookup: {{warehouse: NAME}}}}",
            next=f"BUNDLE_VAR_{VARIABLE}=… medallion check -t {bundle.target}",
        )
    lookup = _LOOKUP.fullmatch(text)
    return Warehouse(client, _id_of(client, lookup[1]) if lookup else text)


def _id_of(client: WorkspaceClient, name: str) -> str:
    with asked("list its SQL warehouses"):
        known = {one.name: one.id for one in client.warehouses.list()}
    found = known.get(name)
    if found is None:
        raise ConfigError(
            "MED651",
            f"the workspace has no SQL warehouse {name}",
            found=name,
            expected=", ".join(str(one) for one in known) or "a SQL warehouse",
        )
    return found
