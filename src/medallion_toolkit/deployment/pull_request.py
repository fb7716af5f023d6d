"""One comment on the pull request of a GitHub job: found again by its mark, and rewritten."""

from __future__ import annotations

import http
import http.client
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from medallion_toolkit.errors import UsageError, WorkspaceError

MARK = "<!-- medallion plan -->"
# GitHub refuses a comment of more characters.
MOST_CHARACTERS = 65_536
SECONDS = 30
PAGE = 100
FORBIDDEN = (401, 403, 404)
Json = Any


class Forbidden(Exception):
    """The token may not do this."""


@dataclass(frozen=True)
class PullRequest:
    """Where the job may comment."""

    api: str
    repository: str
    number: int
    token: str


@dataclass(frozen=True)
class Commented:
    """What became of the comment, and its address; None when there is none."""

    what: str
    where: str | None = None


def here() -> PullRequest | None:
    """The pull request this job runs for, by the variables GitHub sets; None elsewhere."""
    found = re.fullmatch(r"refs/pull/(\d+)/(?:merge|head)", os.environ.get("GITHUB_REF", ""))
    repository, token = os.environ.get("GITHUB_REPOSITORY", ""), os.environ.get("GITHUB_TOKEN", "")
    if found is None or not repository or not token:
        return None
    api = os.environ.get("GITHUB_API_URL") or "https://api.github.com"
    return PullRequest(api.rstrip("/"), repository, int(found[1]), token)


def comment_text(file: Path, note: str) -> str:
    """The file with its mark first and the note last; UsageError when there is no file or it is too long."""
    if not file.is_file():
        raise UsageError(
            "MED762", f"there is no file {file}", next=f"medallion plan --base origin/main --comment {file}"
        )
    body = file.read_text(encoding="utf-8").strip()
    marked = body if body.startswith(MARK) else f"{MARK}\n{body}"
    text = f"{marked}\n" + (f"\n{note.strip()}\n" if note.strip() else "")
    if len(text) > MOST_CHARACTERS:
        raise UsageError(
            "MED762", f"{file} is too long for a comment", found=f"{len(text)} characters", expected="65,536 at most"
        )
    return text


def put_comment(pull_request: PullRequest | None, text: str) -> Commented:
    """Rewrite the comment that has the mark, else add one; WorkspaceError when GitHub fails."""
    if pull_request is None:
        return Commented("not commented: this is no job of a pull request with a token")
    try:
        return _put(pull_request, text)
    except Forbidden:
        return Commented("not commented: the token may not write here (a fork?)")


def _put(pull_request: PullRequest, text: str) -> Commented:
    base = f"{pull_request.api}/repos/{pull_request.repository}/issues"
    for known in _comments(pull_request, base):
        if str(known.get("body") or "").startswith(MARK):
            address = f"{base}/comments/{known['id']}"
            if known["body"] == text:
                return Commented("the comment was current", address)
            _ask(pull_request, "PATCH", address, {"body": text})
            return Commented("the comment is rewritten", address)
    made = _ask(pull_request, "POST", f"{base}/{pull_request.number}/comments", {"body": text})
    return Commented("commented", f"{base}/comments/{made['id']}")


def _comments(pull_request: PullRequest, base: str) -> Iterator[Json]:
    page = 1
    while True:
        address = f"{base}/{pull_request.number}/comments?per_page={PAGE}&page={page}"
        found = _ask(pull_request, "GET", address)
        yield from found
        if len(found) < PAGE:
            return
        page += 1


def _ask(pull_request: PullRequest, method: str, address: str, body: Json = None) -> Json:
    """GitHub's answer; Forbidden where the token may not do this."""
    parts = urlsplit(address)
    connect = http.client.HTTPConnection if parts.scheme == "http" else http.client.HTTPSConnection
    connection = connect(parts.netloc, timeout=SECONDS)
    headers = {
        "Authorization": f"Bearer {pull_request.token}",
        "Accept": "application/vnd.github+json",
        "Content-Type": "application/json",
        "User-Agent": "medallion",
    }
    try:
        sent = None if body is None else json.dumps(body)
        connection.request(method, f"{parts.path}?{parts.query}".rstrip("?"), sent, headers)
        answer = connection.getresponse()
        text = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise _failed(str(error) or type(error).__name__) from error
    finally:
        connection.close()
    if answer.status in FORBIDDEN:
        raise Forbidden
    if answer.status >= http.HTTPStatus.BAD_REQUEST:
        raise _failed(f"{answer.status} {answer.reason}")
    return json.loads(text)


def _failed(what: str) -> WorkspaceError:
    return WorkspaceError("MED763", "GitHub did not take the comment", found=what, next="run the job again")
