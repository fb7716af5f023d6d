"""How long a user waits for `medallion --help`: wall time of a whole process, median of nine."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

AIM = 0.3
COMMAND = Path(sys.executable).with_name("medallion")


def main() -> int:
    times = []
    for _ in range(9):
        started = time.perf_counter()
        subprocess.run([str(COMMAND), "--help"], check=True, capture_output=True)
        times.append(time.perf_counter() - started)
    value = statistics.median(times)
    print(json.dumps({"name": "help", "value": round(value, 3), "unit": "s", "aim": f"<= {AIM}", "ok": value <= AIM}))
    return 0 if value <= AIM else 1


if __name__ == "__main__":
    sys.exit(main())
