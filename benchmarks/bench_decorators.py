"""What 1,000 decorated functions cost at import: the time a pipeline needs to discover them, best of three."""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
import time
from pathlib import Path

AIM = 1.0
FUNCTIONS = 1_000
PACKAGE = Path(__file__).resolve().parents[1] / "template" / "{{.project_name}}"
HEAD = """from medallion.decorators import governance, silver, slowly_changing_dimension, validate

"""
FUNCTION = '''
@silver(columns={{"amount": "decimal(12,2)", "changed_at": "timestamp"}})
@validate(
    rules=[
        {{"name": "amount_is_positive", "column": "amount", "min_value": 0}},
        {{"name": "email_is_one", "column": "email", "type": "email"}},
        {{"name": "dates_in_order", "condition": "started_at <= ended_at"}},
    ]
)
@slowly_changing_dimension(keys=["customer_id"], effective_from="changed_at")
@governance(classification="internal", owner="crm")
def customers_{number}(spark):
    """Customers of shop {number}."""
    return spark.readStream.table("bronze.customers_{number}")

'''


def write_module(folder: Path, name: str, functions: int) -> None:
    """A module of so many functions, four decorators and three rules each."""
    text = HEAD + "".join(FUNCTION.format(number=number) for number in range(functions))
    (folder / f"{name}.py").write_text(text, encoding="utf-8")


def import_seconds(name: str) -> float:
    """How long the module takes to import once `medallion` is there."""
    started = time.perf_counter()
    importlib.import_module(name)
    return time.perf_counter() - started


def main() -> int:
    sys.path.insert(0, str(PACKAGE))
    importlib.import_module("medallion.decorators")
    times = []
    for attempt in range(3):
        with tempfile.TemporaryDirectory() as folder:
            name = f"decorated_{attempt}"
            write_module(Path(folder), name, FUNCTIONS)
            sys.path.insert(0, folder)
            importlib.import_module("medallion.decorators").registry().clear()
            times.append(import_seconds(name))
            sys.path.remove(folder)
    value = round(min(times), 3)
    print(json.dumps({"name": "decorators", "value": value, "unit": "s", "aim": f"<= {AIM}", "ok": value <= AIM}))
    return 0 if value <= AIM else 1


if __name__ == "__main__":
    sys.exit(main())
