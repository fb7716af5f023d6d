"""Which contract judged a row: a short hash of what it judges by, behind the contract's own version if it has one.

>>> contract_version(Contract("silver", "orders", "orders.yml", (), ()))
'a683096011db'
"""

from __future__ import annotations

import json
from hashlib import sha256

from ..model.contract import Contract

LENGTH = 12


def contract_version(contract: Contract) -> str:
    """`2.1.0+0f3a…` with `version: 2.1.0`, else the hash alone.

    The hash changes with what decides about a row: names, types, formats and patterns of columns, conditions of
    rules and what follows from them. Descriptions, messages, severities, limits and owners do not change it.
    """
    judged_by = [
        [
            [column.name, column.type.sql, column.date_format, *([column.normalized] if column.normalized else [])]
            for column in contract.columns
        ],
        [[rule.name, rule.condition, rule.on_fail] for rule in contract.rules],
    ]
    digest = sha256(json.dumps(judged_by).encode()).hexdigest()[:LENGTH]
    return f"{contract.version}+{digest}" if contract.version else digest
