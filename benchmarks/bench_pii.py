"""How much personal data is found in tables where it is known: precision and recall for each kind, in columns."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
AIM = 0.9


def main() -> int:
    sys.path[:0] = [str(ROOT / "tests" / "helpers"), str(ROOT / "template" / "{{.project_name}}")]
    from pii_figures import measure

    from medallion_toolkit.engine.session import SessionOnDemand

    with tempfile.TemporaryDirectory() as folder:
        figures, mistakes = measure(SessionOnDemand(Path(folder)).spark())
    for one in figures:
        is_total = one.kind == "all kinds"
        for name, value in (("precision", one.precision), ("recall", one.recall)):
            measured = {"name": f"pii_{one.kind.replace(' ', '_')}_{name}", "value": round(value, 2), "unit": "share"}
            print(json.dumps({**measured, "aim": AIM if is_total else None, "ok": not is_total or value >= AIM}))
    print("\n".join(mistakes), file=sys.stderr)
    return 0 if min(figures[-1].precision, figures[-1].recall) >= AIM else 1


if __name__ == "__main__":
    sys.exit(main())
