"""What 1,000 decorated functions cost: their import, and in a pipeline also contracts and plans; best of three.

Each function has four decorators and three rules. The source is compiled anew each time, as in a fresh workspace.
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
import time
from pathlib import Path

AIM = 1.0
MAKING_AIM = 4.0
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


def make_seconds() -> float:
    """How long contracts and plans of everything registered take to be made, as at discovery in a pipeline."""
    started = time.perf_counter()
    importlib.import_module("medallion.decorators").registry().check()
    return time.perf_counter() - started


def main() -> int:
    sys.path.insert(0, str(PACKAGE))
    sys.dont_write_bytecode = True
    decorators = importlib.import_module("medallion.decorators")
    imports, makings = [], []
    for attempt in range(3):
        with tempfile.TemporaryDirectory() as folder:
            write_module(Path(folder), f"decorated_{attempt}", FUNCTIONS)
            sys.path.insert(0, folder)
            decorators.registry().clear()
            imports.append(import_seconds(f"decorated_{attempt}"))
            makings.append(make_seconds())
            sys.path.remove(folder)
    met = [_told("decorators_import", min(imports), AIM), _told("decorators_made", min(makings), MAKING_AIM)]
    return 0 if all(met) else 1


def _told(name: str, seconds: float, aim: float) -> bool:
    ok = seconds <= aim
    print(json.dumps({"name": name, "value": round(seconds, 3), "unit": "s", "aim": f"<= {aim}", "ok": ok}))
    return ok


if __name__ == "__main__":
    sys.exit(main())
