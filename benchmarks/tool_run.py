"""One `medallion run` of a project in this process: `benchmarks/tool_run.py PROJECT`.

Prints wall seconds, peak memory of the JVM in megabytes, the written rows and the plan of the judged rows.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path


def main() -> int:
    started = time.perf_counter()
    from hand_written import peak_memory

    from medallion_toolkit.engine.run import LocalRun, RunOptions, run_project
    from medallion_toolkit.engine.session import SessionOnDemand
    from medallion_toolkit.scaffold.warm_up import Silent

    project = Path(sys.argv[1])
    run = LocalRun.open(project, None, SessionOnDemand(project / ".medallion"))
    result = run_project(run, RunOptions(), Silent())
    seconds = time.perf_counter() - started
    if not result.ok:
        raise SystemExit([str(one.error) for update in result.updates for one in update.datasets if one.error])
    written = {one.key: one.counts.written for update in result.updates for one in update.datasets}
    key = next(name for name in written if name.endswith(".orders_checked"))
    node = run.project.graph.nodes[key]
    frame = run.binder(node.dataset.pipeline).frame(node.flows[0])
    text = frame._jdf.queryExecution().analyzed().toString()
    print(
        json.dumps(
            {"seconds": seconds, "peak_mb": peak_memory(run.spark_source.spark()), "counts": written, "plan": text}
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
