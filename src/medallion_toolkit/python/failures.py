"""Errors of user code as errors of ours: file and line, no framework frames."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from medallion_toolkit.errors import ContractError, MedallionError, PipelineError, Place
from medallion_toolkit.python.places import place_of_failure
from medallion_toolkit.python.read_log import ReadsUnknownError


class Trap:
    """A block whose failure is kept in `error` instead of being raised; Ctrl-C still gets through."""

    def __init__(self) -> None:
        self.error: BaseException | None = None

    def __enter__(self) -> Trap:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        self.error = error
        return isinstance(error, Exception | SystemExit | ReadsUnknownError)


def as_medallion_error(error: BaseException) -> MedallionError:
    """The error with the user's place: our own, a contract's, or whatever Python raised."""
    place = place_of_failure(error.__traceback__)
    if isinstance(error, MedallionError):
        error.place = error.place or place
        return error
    if is_project_error(error):
        return contract_error(error)
    if isinstance(error, SyntaxError):
        return _syntax_error(error)
    if isinstance(error, ModuleNotFoundError):
        return _missing_module(error, place)
    text = next((line for line in str(error).splitlines() if line.strip()), "")
    headline = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return PipelineError("MED257", headline, place=place)


def is_project_error(error: BaseException) -> bool:
    """Whether the project's helper package raised it: it has a code, a message and a path."""
    code = getattr(error, "code", None)
    return isinstance(code, str) and isinstance(getattr(error, "message", None), str) and hasattr(error, "path")


def contract_error(error: BaseException) -> ContractError:
    """The helper package's error with all it says."""
    path = getattr(error, "path", None)
    place = Place(str(path), _number(error, "line"), _number(error, "column")) if path else None
    return ContractError(
        str(getattr(error, "code", "")),
        str(getattr(error, "message", "")),
        place=place,
        found=_text(error, "found"),
        expected=_text(error, "expected"),
        help=_text(error, "help"),
        next=_text(error, "next"),
    )


@contextmanager
def translated() -> Iterator[None]:
    """Turn errors of the project's helper package into ContractError."""
    try:
        yield
    except MedallionError:
        raise
    except Exception as error:
        if not is_project_error(error):
            raise
        raise contract_error(error) from error


def _syntax_error(error: SyntaxError) -> PipelineError:
    place = Place(str(error.filename), error.lineno or 0, error.offset or 0)
    return PipelineError("MED258", f"{error.msg}.", place=place, found=(error.text or "").strip() or None)


def _missing_module(error: ModuleNotFoundError, place: Place | None) -> PipelineError:
    name = (error.name or "").partition(".")[0]
    return PipelineError(
        "MED257",
        f"ModuleNotFoundError: {error}",
        place=place,
        found=error.name,
        help=f"a package the pipeline installs in the workspace is installed here by you: pip install {name}",
    )


def _number(error: BaseException, name: str) -> int:
    value = getattr(error, name, None)
    return value if isinstance(value, int) else 0


def _text(error: BaseException, name: str) -> str | None:
    value = getattr(error, name, None)
    return None if value is None else str(value)
