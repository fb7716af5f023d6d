"""`medallion deploy` against a fake workspace: how much longer it takes than `databricks bundle deploy` alone."""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench_growth import COMMAND

TIMES, AIM = 5, 2.0
BINARIES = Path(__file__).resolve().parents[1] / "tools" / "databricks" / "bin"
CHANGED = "sql/gold/daily_sales.sql"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, _workspace() as server:
        assert server.stdout is not None
        environment = _environment(server.stdout.readline().strip(), Path(folder))
        subprocess.run(
            [COMMAND, "new", "shop", "--output-dir", folder], env=environment, check=True, capture_output=True
        )
        root = Path(folder) / "shop"
        _git(root, "init", "-q")
        alone = [str(BINARIES / "databricks"), "bundle", "deploy", "-t", "dev"]
        ours = [COMMAND, "deploy", "-t", "dev", "--json"]
        for command in (alone, ours):
            _seconds(root, environment, command, 0)
        cli = statistics.median(_seconds(root, environment, alone, number) for number in range(1, TIMES))
        whole = statistics.median(_seconds(root, environment, ours, -number) for number in range(1, TIMES))
        assert server.stdin is not None
        server.stdin.close()
    added = whole - cli
    found = {"name": "deploy_adds", "value": round(added, 2), "unit": "s", "aim": f"<= {AIM}", "ok": added <= AIM}
    print(json.dumps(found))
    sys.stderr.write(f"databricks bundle deploy {cli:.2f} s, medallion deploy {whole:.2f} s\n")
    return 0 if added <= AIM else 1


def _workspace() -> subprocess.Popen[str]:
    command = [BINARIES / "fakeworkspace", "--exit-with-parent"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _environment(url: str, folder: Path) -> dict[str, str]:
    """Only the fake workspace, with the one catalog that the project needs."""
    body = json.dumps({"name": "shop_dev"}).encode()
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)
    headers = {"Authorization": "Bearer dbapi0bench", "Content-Type": "application/json"}
    connection.request("POST", "/api/2.1/unity-catalog/catalogs", body, headers)
    connection.getresponse().read()
    connection.close()
    (folder / "databrickscfg").touch()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABRICKS_", "BUNDLE_"))}
    return {
        **kept,
        "PATH": f"{BINARIES}{os.pathsep}{os.environ['PATH']}",
        "DATABRICKS_HOST": url,
        "DATABRICKS_TOKEN": "dbapi0bench",
        "DATABRICKS_CONFIG_FILE": str(folder / "databrickscfg"),
        "DATABRICKS_CACHE_ENABLED": "false",
        "DATABRICKS_CLI_DISABLE_TELEMETRY": "1",
        "DATABRICKS_CLI_DISABLE_UPDATE_CHECK": "true",
        "NO_PROXY": "127.0.0.1,localhost",
    }


def _seconds(root: Path, environment: dict[str, str], command: list[str], number: int) -> float:
    """How long a deployment of a changed and committed file takes."""
    with (root / CHANGED).open("a", encoding="utf-8") as file:
        file.write(f"-- {number}\n")
    _git(root, "add", "-A")
    _git(root, "-c", "user.name=bench", "-c", "user.email=bench@example.org", "commit", "-qm", "change")
    started = time.perf_counter()
    subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True)
    return time.perf_counter() - started


def _git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)


if __name__ == "__main__":
    sys.exit(main())
