"""The parts of the loop without a session: files, keys, state, screen, and what becomes a request."""

from __future__ import annotations

import io
import json
import os
import queue
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event as Flag

import pytest

from medallion_toolkit.development.files import INTERVAL, SETTLING, WatchedFiles, purpose_of
from medallion_toolkit.development.keys import Command, KeyReader, LineReader, typed_on
from medallion_toolkit.development.loop import Loop
from medallion_toolkit.development.screen import JsonScreen, LineScreen, TerminalScreen, screen_lines
from medallion_toolkit.development.state import (
    Began,
    Broken,
    CasesRun,
    Ended,
    Event,
    Figures,
    Finished,
    Judged,
    Planned,
    State,
)
from medallion_toolkit.development.work import Request


@dataclass
class Hands:
    """A clock that only tests move."""

    now: float = 0.0

    def read(self) -> float:
        return self.now


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_changes_are_told_once_they_have_settled(tmp_path: Path) -> None:
    project, landing = tmp_path / "shop", tmp_path / "landing"
    write(project / "sql" / "a.sql", "SELECT 1")
    write(landing / "day1.json", "{}")
    clock = Hands()
    files = WatchedFiles(project, clock=clock.read)

    def look(seconds: float) -> set[str]:
        clock.now += seconds
        return {path.name for path in files.changes()}

    assert look(0) == set()
    files.watch([landing])
    assert look(INTERVAL) == set()
    write(project / "sql" / "a.sql", "SELECT 2, 3")
    write(project / "sql" / ".a.sql.swp", "")
    write(project / "sql" / "a.sql~", "")
    write(project / ".medallion" / "tables" / "x.parquet", "")
    assert look(INTERVAL) == set()
    write(project / "sql" / "b.sql", "half")
    assert look(SETTLING) == set()
    assert look(SETTLING / 2) == set()
    assert look(SETTLING) == {"a.sql", "b.sql"}
    assert look(INTERVAL) == set()
    write(landing / "day2.json", "{}")
    (project / "sql" / "b.sql").unlink()
    look(INTERVAL)
    assert look(SETTLING) == {"day2.json", "b.sql"}


@pytest.mark.parametrize(
    ("path", "purpose"),
    [
        ("/p/sql/silver/orders.sql", "project"),
        ("/p/contracts/silver/orders.yml", "project"),
        ("/p/medallion/rules/email.py", "project"),
        ("/p/tests/silver/orders.yml", "tests"),
        ("/p/landing/orders/1.csv", "data"),
        ("/p/landing/orders/1.sql", "data"),
        ("/elsewhere/orders/1.bin", "data"),
        ("/p/README.md", None),
        ("/q/a.sql", None),
    ],
)
def test_what_a_file_is_for(path: str, purpose: str | None) -> None:
    assert purpose_of(Path(path), Path("/p"), (Path("/p/landing"), Path("/elsewhere"))) == purpose


def test_keys_act_at_once_and_names_are_collected() -> None:
    keys = KeyReader()
    assert keys.feed("rxt") == [Command("run"), Command("tests")]
    assert keys.feed("ssilver.oq") == []
    assert keys.prompt == "show which dataset? silver.oq"
    assert keys.feed("\x7frders\r") == [Command("show", "silver.orders")]
    assert keys.feed("f\x1bs\n") == [Command("show")]
    assert (keys.prompt, keys.feed("\x04")) == ("", [Command("quit")])


def test_lines_are_commands_where_there_is_no_terminal() -> None:
    lines = LineReader()
    assert lines.feed("s silver.or") == []
    assert lines.feed("ders\n\nR\nwhat\nf") == [Command("show", "silver.orders"), Command("run"), Command("help")]
    assert lines.ended() == [Command("refresh"), Command("end")]
    assert lines.feed("q\n") == [Command("end")]


def test_typing_is_never_waited_for_and_ends_with_the_input() -> None:
    reading, writing = os.pipe()
    with typed_on(reading) as keys:
        assert keys.read() == []
        os.write(writing, b"t\n")
        assert keys.read() == [Command("tests")]
        os.close(writing)
        assert [keys.read(), keys.read()] == [[Command("end")], []]
    os.close(reading)


def state_after(*events: Event) -> State:
    state = State()
    for event in events:
        state = state.after(event)
    return state


PLANNED = Planned("shop", (Figures("bronze.orders", "ok", 1.0, 3, 3), Figures("gold.totals", "not run yet")))
RAN = (Began("running", "start"), PLANNED, Finished(Figures("gold.totals", "ok", 0.5, 3, 1)), Ended(2.0))


def test_the_last_good_results_stay_beside_an_error() -> None:
    state = state_after(
        *RAN, Began("running", "change of a.sql"), Broken("MED220 no\n   3 | SELEC\n     | ^"), Ended(0.1)
    )
    lines = screen_lines(state, "", 100, 40)
    assert "MED220 no" in lines
    assert any("gold.totals" in line and " 1 " in line for line in lines)
    mended = state_after(*RAN).after(Broken("MED220 no")).after(Began("running", "change of a.sql"))
    assert not any("MED220" in line for line in screen_lines(mended, "", 100, 40))


def test_a_failed_dataset_is_told_until_it_is_good_again() -> None:
    failed = Finished(Figures("gold.totals", "failed"), "MED410 broken")
    state = state_after(*RAN, failed, Judged("gate missed: x", ok=False), Ended(1.0))
    assert {"gold.totals failed", "MED410 broken", "gate missed: x"} <= set(screen_lines(state, "", 100, 40))
    again = state.after(Finished(Figures("gold.totals", "ok", 0.1, 3, 2)))
    assert again.failures == {}
    unchanged = again.after(Finished(Figures("gold.totals", "unchanged")))
    assert unchanged.figures["gold.totals"].written == 2


def test_a_dataset_that_is_gone_leaves_the_table() -> None:
    state = state_after(*RAN, Planned("shop", PLANNED.earlier[:1]))
    assert list(state.figures) == ["bronze.orders"]


def test_a_screen_is_never_larger_than_the_terminal() -> None:
    many = Planned("shop", tuple(Figures(f"silver.table_{number}", "ok", 1.0, 1, 1) for number in range(100)))
    tested = CasesRun(("FAILED silver.a: b", "    " + "x" * 200), (), 4, 1)
    state = state_after(many, Finished(Figures("silver.table_42", "ok", 1.0, 7, 7)), tested, Ended(3.0))
    lines = screen_lines(state, "", 60, 20)
    assert len(lines) <= 20
    assert max(len(line.replace("\x1b[32m", "").replace("\x1b[0m", "")) for line in lines) <= 60
    text = "\n".join(lines)
    assert "silver.table_42" in text
    assert "… and 99 more" in text
    assert "tests: 4 passed, 1 failed" in text
    assert lines[-1] == "r run all   f make anew   s show   t tests   q quit"


class AtOnce(Executor):
    """Runs where it is asked."""

    def submit(self, call: Callable[..., None], /, *arguments: object, **options: object) -> Future[None]:
        done: Future[None] = Future()
        call(*arguments, **options)
        done.set_result(None)
        return done


@dataclass
class Typist:
    """Types prepared commands, one list at each look."""

    prepared: list[list[Command]]
    prompt: str = ""

    def read(self) -> list[Command]:
        return self.prepared.pop(0) if self.prepared else []


@dataclass
class Editor:
    """Changes prepared files, one set at each look."""

    prepared: list[set[str]]
    root: Path = Path("/p")
    data: tuple[Path, ...] = (Path("/p/landing"),)

    def changes(self) -> frozenset[Path]:
        return frozenset(self.root / name for name in self.prepared.pop(0)) if self.prepared else frozenset()


@dataclass
class Notebook:
    """Writes down what it is asked to do."""

    asked: list[Request] = field(default_factory=list)
    stop: Flag = field(default_factory=Flag)

    def do(self, request: Request) -> None:
        self.asked.append(request)


def requests(keys: list[list[Command]], files: list[set[str]]) -> list[tuple[str, str, tuple[str, ...]]]:
    notebook = Notebook()
    screen = LineScreen(io.StringIO())
    loop = Loop(notebook, Editor(files), Typist(keys), screen, AtOnce(), queue.SimpleQueue(), lambda: None)
    loop.run()
    return [(each.kind, each.why, each.names) for each in notebook.asked]


END = [Command("end")]


def test_changed_files_become_one_run_and_their_tests() -> None:
    changed = [{"sql/a.sql", "landing/1.json", "README.md"}, {"tests/silver/a.yml", "sql/b.sql"}, {"notes.txt"}]
    assert requests([[], [], [], END], changed) == [
        ("start", "start", ()),
        ("run", "change of sql/a.sql, landing/1.json", ()),
        ("tests", "change of tests/silver/a.yml", ("tests/silver/a.yml",)),
    ]


def test_keys_become_requests_and_quitting_leaves_out_what_waits() -> None:
    keys = [Command("show", "a"), Command("run"), Command("tests"), Command("refresh", "b"), Command("end")]
    assert [kind for kind, *_ in requests([keys], [])] == ["start", "show", "everything", "tests", "refresh"]
    assert requests([[Command("run"), Command("quit")]], []) == []


def test_tests_that_follow_a_run_leave_its_seconds() -> None:
    testing = state_after(*RAN, Began("testing", "start"))
    assert screen_lines(testing, "", 100, 40)[-2] == "2.0 s after start; testing …"
    assert screen_lines(testing.after(Ended()), "", 100, 40)[-2] == "2.0 s after start; watching"
    assert screen_lines(state_after(*RAN, Began("testing", "key t")), "", 100, 40)[-2] == "testing … (key t)"


def test_events_as_lines_and_as_json() -> None:
    happened = (*RAN, Finished(Figures("gold.totals", "unchanged")), Broken("MED220 no"), Judged("gate", ok=True))
    text, objects = io.StringIO(), io.StringIO()
    for event in happened:
        LineScreen(text).happened(event)
        JsonScreen(objects).happened(event)
    lines = text.getvalue().splitlines()
    assert (lines[0], lines[1], lines[-2:]) == ("running (start)", "shop", ["done in 2.0 s", "MED220 no"])
    assert lines[2].split()[:4] == ["gold.totals", "ok", "3", "1"]
    found = [json.loads(line) for line in objects.getvalue().splitlines()]
    assert [each["event"] for each in found][:3] == ["Began", "Planned", "Finished"]
    assert found[2]["figures"]["written"] == 1


def test_a_terminal_is_drawn_in_place() -> None:
    stream = io.StringIO()
    TerminalScreen(stream).draw(state_after(*RAN), "show which dataset? x")
    assert stream.getvalue().startswith("\x1b[Hshop")
    assert "show which dataset? x" in stream.getvalue()
