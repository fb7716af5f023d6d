"""The options of a file source, checked: what is not known here is refused by name, never ignored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from medallion_toolkit.errors import Place, UnsupportedError, nearest

FORMATS = ("json", "csv", "parquet", "text")
COMMON = {
    "format",
    "schema",
    "schemahints",
    "infercolumntypes",
    "schemaevolutionmode",
    "rescueddatacolumn",
    "pathglobfilter",
    "filenamepattern",
    "maxfilespertrigger",
    "recursivefilelookup",
    "includeexistingfiles",
    "schemalocation",
    "ignoremissingfiles",
}
PASSED_ON = {
    "json": (),
    "csv": ("sep", "delimiter", "quote", "escape", "encoding", "charset", "nullValue", "multiLine", "comment"),
    "parquet": (),
    "text": (),
}
OWN = {"csv": ("header",)}
EVOLUTION_MODES = ("addnewcolumns", "rescue", "failonnewcolumns", "none")


@dataclass(frozen=True)
class FileSource:
    """One `read_files` call: `folder` is local, `schema` the stated one as DDL text, `passed` goes to Spark."""

    folder: Path
    format: str
    place: Place
    schema: str | None = None
    hints: str | None = None
    infer_types: bool = True
    evolution: str = "none"
    rescued_column: str | None = None
    header: bool = False
    glob: str | None = None
    max_files: str | None = None
    passed: Mapping[str, str] = field(default_factory=dict)


def read_options(folder: Path, arguments: Mapping[str, str], place: Place, infer_types: bool) -> FileSource:
    """A checked FileSource from named arguments; option names match without regard to case or `cloudFiles.`."""
    given = {_key(name): value for name, value in arguments.items()}
    format_name = given.get("format", "").lower()
    if format_name not in FORMATS:
        raise _refused(f"the file format {format_name or '(none)'} is not read locally", format_name, FORMATS, place)
    _check_known(arguments, format_name, place)
    evolution = given.get("schemaevolutionmode", "none" if "schema" in given else "addnewcolumns").lower()
    if evolution not in EVOLUTION_MODES:
        raise _refused(f"schemaEvolutionMode {evolution} does not exist", evolution, EVOLUTION_MODES, place)
    if evolution == "failonnewcolumns":
        raise _refused("schemaEvolutionMode failOnNewColumns is not supported locally yet", evolution, (), place)
    default_rescue = None if "schema" in given else "_rescued_data"
    passed = {name: given[name.lower()] for name in PASSED_ON[format_name] if name.lower() in given}
    return FileSource(
        folder=folder,
        format=format_name,
        place=place,
        schema=given.get("schema"),
        hints=given.get("schemahints"),
        infer_types=given.get("infercolumntypes", str(infer_types)).lower() == "true",
        evolution=evolution,
        rescued_column=given.get("rescueddatacolumn", default_rescue),
        header=given.get("header", "false").lower() == "true",
        glob=given.get("pathglobfilter", given.get("filenamepattern")),
        max_files=given.get("maxfilespertrigger"),
        passed=passed,
    )


def _key(name: str) -> str:
    return name.lower().removeprefix("cloudfiles.")


def _check_known(arguments: Mapping[str, str], format_name: str, place: Place) -> None:
    spelled = [*PASSED_ON[format_name], *OWN.get(format_name, ())]
    known = COMMON | {name.lower() for name in spelled}
    for name in arguments:
        if _key(name) not in known:
            raise _refused(f"the option {name} of a {format_name} source is not supported locally", name, known, place)


def _refused(message: str, found: str, known: tuple[str, ...] | set[str], place: Place) -> UnsupportedError:
    close = nearest(found.lower(), known)
    return UnsupportedError(
        "MED402",
        message,
        place=place,
        help=f"did you mean {close}?" if close else "the workspace runs it; a local run would differ",
    )
