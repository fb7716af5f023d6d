"""`medallion comment`: one comment a pull request, found again by its mark; GitHub is a server of our own."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app

PLACE = "/repos/acme/shop/issues"


@dataclass
class GitHub:
    """Comments of pull request 7, what was asked, and the status every answer has when it is not None."""

    comments: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    status: int | None = None

    def answer(self, method: str, path: str, body: Any) -> Any:
        self.asked.append(f"{method} {path}")
        if method == "GET":
            page = int(path.rpartition("page=")[2])
            return self.comments[(page - 1) * 100 : page * 100]
        if method == "POST":
            self.comments.append({"id": 1000 + len(self.comments), **body})
            return self.comments[-1]
        found = next(one for one in self.comments if path == f"{PLACE}/comments/{one['id']}")
        found.update(body)
        return found


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[GitHub]:
    fake = GitHub()

    class Handler(BaseHTTPRequestHandler):
        def take(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            fake.tokens.add(self.headers["Authorization"])
            answer = fake.answer(self.command, self.path, body) if fake.status is None else {}
            self.send_response(fake.status or 200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on stderr."""

    for verb in ("GET", "POST", "PATCH"):
        setattr(Handler, f"do_{verb}", Handler.take)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("GITHUB_API_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("GITHUB_REPOSITORY", "acme/shop")
        monkeypatch.setenv("GITHUB_REF", "refs/pull/7/merge")
        monkeypatch.setenv("GITHUB_TOKEN", "t0")
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
        yield fake
        server.shutdown()


def comment(tmp_path: Path, text: str, *more: str) -> Result:
    file = tmp_path / "plan.md"
    file.write_text(text)
    return CliRunner().invoke(app, ["comment", str(file), *more])


def test_the_comment_is_made_once_and_then_rewritten(github: GitHub, tmp_path: Path) -> None:
    github.comments = [{"id": number, "body": f"talk {number}"} for number in range(120)]
    result = comment(tmp_path, "<!-- medallion plan -->\n### one", "--note", "Not checked: all.")
    assert (result.exit_code, result.stderr) == (0, "commented\n")
    assert len(github.comments) == 121
    assert github.comments[-1]["body"] == "<!-- medallion plan -->\n### one\n\nNot checked: all.\n"
    assert comment(tmp_path, "<!-- medallion plan -->\n### two").stderr == "the comment is rewritten\n"
    assert comment(tmp_path, "### two").stderr == "the comment was current\n"
    assert [one["body"] for one in github.comments[120:]] == ["<!-- medallion plan -->\n### two\n"]
    assert [one.split()[0] for one in github.asked] == ["GET", "GET", "POST", "GET", "GET", "PATCH", "GET", "GET"]
    assert github.tokens == {"Bearer t0"}
    assert (tmp_path / "summary.md").read_text().count("### two") == 2


def test_a_fork_may_not_comment_and_the_summary_has_it(github: GitHub, tmp_path: Path) -> None:
    github.status = 403
    result = comment(tmp_path, "### one", "--note", "Not checked: all.")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "may not write here" in result.stderr
    assert (tmp_path / "summary.md").read_text() == "<!-- medallion plan -->\n### one\n\nNot checked: all.\n\n"


def test_a_laptop_prints_it(github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_REF", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name)
    result = comment(tmp_path, "### one")
    assert (result.exit_code, result.stdout) == (0, "<!-- medallion plan -->\n### one\n\n")
    assert github.asked == []


def test_what_does_not_go_is_told(github: GitHub, tmp_path: Path) -> None:
    github.status = 502
    result = comment(tmp_path, "### one")
    assert (result.exit_code, result.stderr.split()[0]) == (3, "MED763")
    assert "502" in result.stderr or "run the job again" in result.stderr
    assert comment(tmp_path, "x" * 65_536).stderr.startswith("MED762")
    missing = CliRunner().invoke(app, ["comment", str(tmp_path / "none.md")])
    assert (missing.exit_code, missing.stderr.split()[0]) == (2, "MED762")
