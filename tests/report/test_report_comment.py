"""The comment of a pull request as a reader sees it: verdict first, details folded, below GitHub's limit."""

from __future__ import annotations

import html
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from medallion_toolkit.deployment.pull_request import MOST_CHARACTERS, comment_text
from medallion_toolkit.errors import Place
from medallion_toolkit.plan.comment import as_markdown
from medallion_toolkit.plan.model import EFFECTS, PAGES, ConsequencePlan, DatasetPlan, Reason, ResourceChange
from medallion_toolkit.plan.verdict import verdict_line

Browse = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.browser

LONG = "the expectation amount_positive <b>changes</b>; rows that are there are not judged again, whoever asks. "
PLAN = ConsequencePlan(
    "origin/main",
    "dev",
    tuple(
        DatasetPlan(
            f"silver.table_{number:03}",
            "streaming_table",
            (Reason(EFFECTS[1 + number % (len(EFFECTS) - 1)], LONG, sorted(PAGES)[number % len(PAGES)]),),
            Place(f"sql/silver/table_{number:03}.sql", 1),
            consumers=tuple(f"gold.reader_{each}" for each in range(number % 6)),
            owner="sales-data",
        )
        for number in range(500)
    ),
    (ResourceChange("jobs.daily", "max_concurrent_runs", "1", "2"),),
    unchanged=33,
    allowed={"silver.table_008": False},
)


def page_of(markdown: str) -> str:
    """The comment as GitHub shows it, as far as comments of ours go: headings, lists, tables, code, bold, HTML."""
    lines = []
    for line in markdown.splitlines():
        if line.startswith("### "):
            lines.append(f"<h3>{html.escape(line[4:])}</h3>")
        elif line.startswith("- "):
            inner = re.sub(r"`([^`]*)`", r"<code>\1</code>", html.escape(line[2:]))
            lines.append("<li>" + re.sub(r"\*\*([^*]*)\*\*", r"<b>\1</b>", inner) + "</li>")
        else:
            lines.append(line if line.startswith("<") else f"<p>{html.escape(line)}</p>" if line else "")
    return "<!doctype html><meta charset=utf-8><title>comment</title><body>" + "\n".join(lines)


# Written into the page's title, which --dump-dom shows: what a reader sees before unfolding anything.
SEEN = """<script>
addEventListener('load', () => {
  const shown = [...document.body.children].filter(one => one.tagName != 'SCRIPT' && one.innerText.trim());
  const folded = [...document.querySelectorAll('details')];
  const hidden = [...document.querySelectorAll('details li')].filter(one => !one.checkVisibility());
  document.title = [shown[0].tagName, folded.length, folded.filter(one => one.open).length,
    document.querySelectorAll('details li').length - hidden.length,
    document.querySelectorAll('details details').length].join(' ');
});
</script>"""


@pytest.fixture
def comment(tmp_path: Path) -> str:
    file = tmp_path / "plan.md"
    file.write_text(as_markdown(PLAN), encoding="utf-8")
    return comment_text(file, "Not checked: no workspace was asked.")


def test_five_hundred_datasets_stay_below_the_limit_and_the_rest_is_counted(comment: str) -> None:
    assert len(comment) <= MOST_CHARACTERS
    shown = comment.count("<details>")
    assert 100 < shown < 501
    assert f"{501 - shown} more: `medallion plan --base origin/main`" in comment
    assert comment.splitlines()[1] == f"### ❗ {verdict_line(PLAN)}"
    assert "1 need a word" in comment.splitlines()[1]
    gravest = re.search(r"<summary>.*?</summary>", comment)
    assert gravest is not None
    assert "dropped with data" in gravest[0]


def test_the_verdict_is_first_and_every_detail_is_folded(comment: str, tmp_path: Path, browse: Browse) -> None:
    page = tmp_path / "comment.html"
    page.write_text(page_of(comment) + SEEN, encoding="utf-8")
    dom = browse(page, "--dump-dom").stdout
    found = re.search(r"<title>(.*?)</title>", dom)
    assert found is not None
    assert found[1] == f"H3 {comment.count('<details>')} 0 0 0"
    assert "Not checked: no workspace was asked." in dom
    assert browse(page, f"--screenshot={tmp_path / 'comment.png'}").returncode == 0
