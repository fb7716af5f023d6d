"""Decorators for dataset functions: what a contract file says of a table, said at the function that gives its rows.

>>> from medallion.decorators import silver, validate
>>> @silver()
... @validate(rules=[{"name": "email_is_one", "column": "email", "type": "email"}])
... def customers(spark):
...     return spark.readStream.table("bronze.customers")
>>> registry().find("customers").contract.rules[0].name
'email_is_one'
"""

from __future__ import annotations

from .annotating import compliance, documentation, governance, metric, performance, test
from .judging import reference_check, slowly_changing_dimension, statistical_validate, validate
from .layers import bronze, gold, medallion, silver
from .registry import REGISTRY, Declared, Registry
from .settings import Decorator, Settings, Use, decorator
from .stack import decorate

__all__ = [
    "Declared",
    "Decorator",
    "Registry",
    "Settings",
    "Use",
    "bronze",
    "compliance",
    "decorate",
    "decorator",
    "documentation",
    "gold",
    "governance",
    "medallion",
    "metric",
    "performance",
    "reference_check",
    "registry",
    "silver",
    "slowly_changing_dimension",
    "statistical_validate",
    "test",
    "validate",
]


def registry() -> Registry:
    """Every decorated function of the running program, with its settings, datasets and contract."""
    return REGISTRY
