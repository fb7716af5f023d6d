"""The options of a file source, checked: what is not known here is refused by name, never ignored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from medallion_toolkit.engine.files.formats import detected_format
from medallion_toolkit.engine.files.option_names import (
    COMMON,
    EVOLUTION_MODES,
    FORMATS,
    HARMLESS,
    OWN,
    PARSE_MODES,
    PASSED_ON,
    REFUSED,
    WITHOUT_EFFECT,
)
from medallion_toolkit.errors import PipelineError, Place, UnsupportedError, nearest

Evolution = Literal["addnewcolumns", "addnewcolumnswithtypewidening", "rescue", "failonnewcolumns", "none"]
TEXT_FORMATS = ("json", "csv", "xml")
CORRUPT_COLUMN = "_corrupt_record"
_UNITS = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}


@dataclass(frozen=True)
class FileSource:
    """One `read_files` call: `folder` is local and may be a pattern, `schema` the stated one as DDL text.

    `passed` goes to Spark's parser. `variant_column` takes whole records. `is_plain` marks Spark's own readers
    (`spark.read.format("json")`), which neither rescue nor evolve. `partitions` None means whatever the folders'
    names give.
    """

    folder: Path
    format: str
    place: Place
    schema: str | None = None
    hints: str | None = None
    infer_types: bool = True
    evolution: Evolution = "none"
    rescued_column: str | None = None
    is_case_sensitive: bool = True
    corrupt_column: str = CORRUPT_COLUMN
    mode: str = "PERMISSIVE"
    variant_column: str | None = None
    header: bool = False
    is_whole: bool = False
    is_plain: bool = False
    is_recursive: bool = True
    partitions: tuple[str, ...] | None = None
    glob: str | None = None
    modified_after: str | None = None
    modified_before: str | None = None
    max_files: int | None = None
    max_bytes: int | None = None
    include_existing: bool = True
    skips_missing: bool = False
    skips_corrupt: bool = False
    passed: Mapping[str, str] = field(default_factory=dict)


def read_options(
    folder: Path, arguments: Mapping[str, str], place: Place, infer_types: bool, is_plain: bool = False
) -> FileSource:
    """A checked FileSource from named arguments; option names match without regard to case or `cloudFiles.`.

    `infer_types` is read_files' own default; it also tells the format from names where none is given.
    """
    given = {_key(name): value for name, value in arguments.items()}
    named = given.get("format") or (detected_format(folder) if infer_types and not is_plain else None)
    format_name = _one_of(named or "", FORMATS, "the file format {} is not read", place)
    _check_known(arguments, format_name, place)
    passed = {name: given[name.lower()] for name in PASSED_ON[format_name] if name.lower() in given}
    if format_name == "xml" and "rowTag" not in passed:
        raise PipelineError("MED274", "an XML source needs the option rowTag", place=place, expected="rowTag => '…'")
    variant = given.get("singlevariantcolumn")
    is_inferred = "schema" not in given and not is_plain and variant is None
    return FileSource(
        folder=folder,
        format=format_name,
        place=place,
        schema=given.get("schema") if variant is None else f"`{variant}` VARIANT",
        variant_column=variant,
        hints=given.get("schemahints"),
        infer_types=_infers_types(given, format_name, infer_types),
        evolution=_evolution(given, is_plain, place),
        rescued_column=given.get("rescueddatacolumn", "_rescued_data" if is_inferred else None) or None,
        is_case_sensitive=_is(given, "readercasesensitive", True, place),
        corrupt_column=given.get("columnnameofcorruptrecord", CORRUPT_COLUMN),
        mode=_one_of(passed.pop("mode", "PERMISSIVE"), PARSE_MODES, "the mode {} does not exist", place),
        header=_is(given, "header", is_inferred, place),
        is_whole=_is(given, "wholetext" if format_name == "text" else "multiline", False, place),
        is_plain=is_plain,
        is_recursive=not is_plain or _is(given, "recursivefilelookup", False, place),
        partitions=_partitions(given, place),
        glob=given.get("pathglobfilter", given.get("filenamepattern")),
        modified_after=given.get("modifiedafter"),
        modified_before=given.get("modifiedbefore"),
        max_files=_number(given, "maxfilespertrigger", place),
        max_bytes=_bytes(given, "maxbytespertrigger", place),
        include_existing=_is(given, "includeexistingfiles", True, place),
        skips_missing=_is(given, "ignoremissingfiles", False, place),
        skips_corrupt=_is(given, "ignorecorruptfiles", False, place),
        passed=passed,
    )


def _key(name: str) -> str:
    return name.lower().removeprefix("cloudfiles.")


def _infers_types(given: Mapping[str, str], format_name: str, default: bool) -> bool:
    if format_name not in TEXT_FORMATS:
        return True
    return given.get("infercolumntypes", given.get("inferschema", str(default))).lower() == "true"


def _evolution(given: Mapping[str, str], is_plain: bool, place: Place) -> Evolution:
    default = "none" if is_plain or "schema" in given or "singlevariantcolumn" in given else "addNewColumns"
    name = given.get("schemaevolutionmode", default)
    found = _one_of(name, EVOLUTION_MODES, "schemaEvolutionMode {} does not exist", place).lower()
    modes: dict[str, Evolution] = {
        "addnewcolumns": "addnewcolumns",
        "addnewcolumnswithtypewidening": "addnewcolumnswithtypewidening",
        "rescue": "rescue",
        "failonnewcolumns": "failonnewcolumns",
        "none": "none",
    }
    mode = modes[found]
    if mode.startswith("addnewcolumns") and "schema" in given:
        raise PipelineError(
            "MED274",
            f"schemaEvolutionMode {name} needs an inferred schema, and this source states one",
            place=place,
            help="give the columns as schemaHints, or leave the mode out",
        )
    return mode


def _partitions(given: Mapping[str, str], place: Place) -> tuple[str, ...] | None:
    """Names of partitionColumns; an empty text and recursiveFileLookup both mean none."""
    named = given.get("partitioncolumns")
    if named is not None:
        return tuple(name.strip() for name in named.split(",") if name.strip())
    return () if _is(given, "recursivefilelookup", False, place) else None


def _is(given: Mapping[str, str], key: str, default: bool, place: Place) -> bool:
    value = given.get(key, str(default)).strip().lower()
    if value not in ("true", "false"):
        raise PipelineError("MED274", f"the option {key} is true or false", place=place, found=value)
    return value == "true"


def _number(given: Mapping[str, str], key: str, place: Place) -> int | None:
    value = given.get(key)
    if value is not None and not re.fullmatch(r"\s*[1-9]\d*\s*", value):
        raise PipelineError("MED274", f"the option {key} is a number above 0", place=place, found=value)
    return int(value) if value is not None else None


def _bytes(given: Mapping[str, str], key: str, place: Place) -> int | None:
    value = given.get(key)
    if value is None:
        return None
    found = re.fullmatch(r"\s*([1-9]\d*)\s*([bkmgt]?)b?\s*", value.lower())
    if found is None:
        raise PipelineError("MED274", f"the option {key} is a size such as 10g", place=place, found=value)
    return int(found[1]) * _UNITS[found[2]]


def _one_of(value: str, known: tuple[str, ...], message: str, place: Place) -> str:
    """`value` as it is spelled in `known`."""
    found = next((name for name in known if name.lower() == value.strip().lower()), None)
    if found is None:
        raise _unknown(message.format(value or "(none)"), value, known, place)
    return found


def _check_known(arguments: Mapping[str, str], format_name: str, place: Place) -> None:
    refused = {name.lower(): name for name in REFUSED}
    spelled = (*COMMON, *WITHOUT_EFFECT, *PASSED_ON[format_name], *OWN[format_name])
    known = {name.lower(): name for name in spelled}
    for name, value in arguments.items():
        key = _key(name)
        if key in refused and value.lower() != HARMLESS.get(refused[key]):
            raise UnsupportedError(
                "MED402",
                f"the option {refused[key]} of a {format_name} source is not supported locally",
                place=place,
                found=value,
                help=REFUSED[refused[key]],
            )
        if key not in known and key not in refused:
            message = f"a {format_name} source has no option {name}, or it is not supported locally"
            raise _unknown(message, key, known.values(), place)


def _unknown(message: str, found: str, known: Iterable[str], place: Place) -> UnsupportedError:
    names = {name.lower(): name for name in known}
    close = nearest(found.lower(), names)
    return UnsupportedError(
        "MED402",
        message,
        place=place,
        help=f"did you mean {names[close]}?" if close else "the workspace runs it; a local run would differ",
    )
