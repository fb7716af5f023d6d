"""Where in the user's code a call was made."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import FrameType, TracebackType

from medallion_toolkit.errors import Place

_OWN_FOLDER = f"{Path(__file__).parent.parent}{os.sep}"
_LIBRARY_MARKS = ("site-packages", "dist-packages", f"{Path(sys.base_prefix)}/lib/python", "<frozen ")


def is_user_file(filename: str) -> bool:
    """Whether a code file belongs to a project rather than to Python, a library or the toolkit."""
    if filename.startswith((_OWN_FOLDER, "<")):
        return False
    return not any(mark in filename for mark in _LIBRARY_MARKS)


def place_of_caller() -> Place:
    """The innermost line of user code that led here."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if is_user_file(frame.f_code.co_filename):
            return Place(frame.f_code.co_filename, frame.f_lineno)
        frame = frame.f_back
    return Place("<unknown>")


def place_of_failure(traceback: TracebackType | None) -> Place | None:
    """The innermost line of user code in a traceback."""
    place = None
    while traceback is not None:
        filename = traceback.tb_frame.f_code.co_filename
        if is_user_file(filename):
            place = Place(filename, traceback.tb_lineno)
        traceback = traceback.tb_next
    return place
