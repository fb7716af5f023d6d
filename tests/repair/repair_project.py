"""A shop whose rows go one way into three tables: appended, newest per key, every version."""

from __future__ import annotations

import random
import shutil
from collections.abc import Mapping
from pathlib import Path

from engine.local_project import LocalProject

from medallion_toolkit.engine.session import SessionOnDemand

BRONZE = """CREATE OR REFRESH STREAMING TABLE ${bronze}.orders
AS SELECT *, uuid() AS _row_id, _metadata.file_name AS _source_file, current_timestamp() AS _ingestion_timestamp
FROM STREAM read_files('${landing}/orders', format => 'json',
    schema => 'id STRING, amount STRING, status STRING, email STRING, op STRING, seq STRING');
"""
CONFORMED = """-- Names and spelling only.
CREATE TEMPORARY VIEW orders_conformed
AS SELECT id AS order_id, {amount} AS amount, lower(status) AS status, email, op, seq,
    _row_id, _source_file, _ingestion_timestamp
FROM STREAM(${{bronze}}.orders);
"""
CONTRACT = """table: silver.{name}
from: orders_conformed
keys: [order_id]
carry: [_row_id, _source_file, _ingestion_timestamp]
{history}columns:
  order_id: {{type: string}}
  amount:   {{type: "decimal(12,2)", rules: [range: {{min: 0, max: 100}}]}}
  status:   {{type: string, rules: [allowed_values: [{allowed}], length: {{max: 7, on_fail: drop}}]}}
  email:    {{type: string, rules: [email], class: pii}}
  op:       {{type: string}}
  seq:      {{type: int}}
"""
HISTORIES = {
    "lines": "",
    "newest": "history: {type: 1, sequence_by: seq, delete_when: op = 'delete'}\n",
    "versions": "history: {type: 2, sequence_by: seq, delete_when: op = 'delete'}\n",
}
AS_IT_CAME, WITH_POINT = "amount", "replace(amount, ',', '.')"
FEW, MORE = "placed, paid", "placed, paid, refused"
VALUES: Mapping[str, tuple[str | None, ...]] = {
    "id": ("A", "B", "C", "D", None),
    "amount": ("1", "2.50", "12,50", "7,5", "much", "-1", None),
    "status": ("placed", "PAID", "refused", "unknown", "far too long", None),
    "email": ("a@x.org", None, "nobody"),
    "op": ("insert", "insert", "update", "delete"),
}


def contracts(allowed: str) -> dict[str, str]:
    """The three contracts with these values of status."""
    texts = {name: CONTRACT.format(name=name, history=HISTORIES[name], allowed=allowed) for name in HISTORIES}
    return {f"contracts/silver/{name}.yml": text for name, text in texts.items()}


def make_shop(
    root: Path, source: SessionOnDemand, repository: Path, amount: str = AS_IT_CAME, allowed: str = FEW
) -> LocalProject:
    """The project with the helper modules of the template."""
    files = {
        "sql/bronze/orders.sql": BRONZE,
        "sql/silver/orders_conformed.sql": CONFORMED.format(amount=amount),
        "python/contracts.py": "from medallion import declare_tables\n\ndeclare_tables('silver')\n",
        **contracts(allowed),
    }
    project = LocalProject(root, source, files)
    shutil.copytree(repository / "template" / "{{.project_name}}" / "medallion", root / "medallion")
    return project


def random_events(seed: int, count: int) -> list[dict[str, str | None]]:
    """Events out of order, each with a sequence of its own; a few without one."""
    chance = random.Random(seed)
    rows = [{name: chance.choice(values) for name, values in VALUES.items()} for _ in range(count)]
    numbers = [str(number) for number in range(count)]
    chance.shuffle(numbers)
    return [{**row, "seq": None if index % 17 == 0 else numbers[index]} for index, row in enumerate(rows)]
