"""What is typed: single keys on a terminal, lines anywhere else; never waited for."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, Protocol

Action = Literal["run", "refresh", "show", "tests", "help", "quit", "end"]
ACTIONS: dict[str, Action] = {"r": "run", "f": "refresh", "s": "show", "t": "tests", "?": "help", "q": "quit"}
NAMED: dict[str, str] = {"s": "show which dataset? ", "f": "make which dataset anew? "}
ENTER = "\r\n"
ERASE = "\x7f\b"
ESCAPE = "\x1b"
END_OF_INPUT = "\x04"


@dataclass(frozen=True)
class Command:
    """What the user wants; `name` is a dataset, empty for the last one shown."""

    action: Action
    name: str = ""


class Keys(Protocol):
    """Gives the commands typed since it was last asked; `prompt` is what is being typed."""

    @property
    def prompt(self) -> str: ...
    def read(self) -> list[Command]: ...


@dataclass
class KeyReader:
    """Single keys; those that need a name collect it until Enter, Escape takes it back."""

    _key: str = ""
    _name: str = ""

    @property
    def prompt(self) -> str:
        return f"{NAMED[self._key]}{self._name}" if self._key else ""

    def feed(self, text: str) -> list[Command]:
        commands = (self._one(letter) for letter in text)
        return [command for command in commands if command is not None]

    def _one(self, letter: str) -> Command | None:
        if self._key:
            return self._letter_of_name(letter)
        if letter == END_OF_INPUT:
            return Command("quit")
        if letter in NAMED:
            self._key, self._name = letter, ""
            return None
        return Command(ACTIONS[letter]) if letter in ACTIONS else None

    def _letter_of_name(self, letter: str) -> Command | None:
        if letter in ENTER:
            command = Command(ACTIONS[self._key], self._name.strip())
            self._key = ""
            return command
        if letter == ESCAPE:
            self._key = ""
        elif letter in ERASE:
            self._name = self._name[:-1]
        elif letter.isprintable():
            self._name += letter
        return None


@dataclass
class LineReader:
    """Lines as `s silver.orders`; `q` and the end of the input end when all before them is done."""

    _rest: str = ""

    prompt = ""

    def feed(self, text: str) -> list[Command]:
        *lines, self._rest = (self._rest + text).split("\n")
        return [self._one(line.split()) for line in lines if line.strip()]

    def ended(self) -> list[Command]:
        return [*self.feed("\n"), Command("end")]

    def _one(self, words: list[str]) -> Command:
        word = words[0].lower()
        action: Action = "end" if word == "q" else ACTIONS.get(word, "help")
        return Command(action, words[1] if len(words) > 1 else "")


@dataclass
class Typed:
    """Commands from a file descriptor."""

    descriptor: int
    reader: KeyReader | LineReader
    is_open: bool = True

    @property
    def prompt(self) -> str:
        return self.reader.prompt

    def read(self) -> list[Command]:
        if not self.is_open or not select.select([self.descriptor], [], [], 0)[0]:
            return []
        data = os.read(self.descriptor, 4096)
        if data:
            return self.reader.feed(data.decode("utf-8", errors="ignore"))
        self.is_open = False
        return self.reader.ended() if isinstance(self.reader, LineReader) else [Command("quit")]


@contextmanager
def typed_on(descriptor: int) -> Iterator[Typed]:
    """Commands from `descriptor`; a terminal gives keys at once and is put back as it was at the end."""
    if not os.isatty(descriptor):
        yield Typed(descriptor, LineReader())
        return
    import termios
    import tty

    before = termios.tcgetattr(descriptor)
    try:
        tty.setcbreak(descriptor)
        yield Typed(descriptor, KeyReader())
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
