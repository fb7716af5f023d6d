"""Options of table reads, as SQL, Python and the documentation spell them, turned into Delta's own."""

from __future__ import annotations

import re
from collections.abc import Mapping

from medallion_toolkit.errors import PipelineError, Place, UnsupportedError, did_you_mean
from medallion_toolkit.graph.model import Node
from medallion_toolkit.model import ReadMode

CHANGE_FEED = "readChangeFeed"
_BOTH = {
    "readchangefeed": CHANGE_FEED,
    "readchangedata": CHANGE_FEED,
    "startingversion": "startingVersion",
    "startingtimestamp": "startingTimestamp",
}
_STREAM = {
    **_BOTH,
    "skipchangecommits": "skipChangeCommits",
    "ignoredeletes": "ignoreDeletes",
    "ignorechanges": "ignoreChanges",
    "maxfilespertrigger": "maxFilesPerTrigger",
    "maxbytespertrigger": "maxBytesPerTrigger",
    "witheventtimeorder": "withEventTimeOrder",
    "failondataloss": "failOnDataLoss",
    "excluderegex": "excludeRegex",
}
_BATCH = {
    **_BOTH,
    "endingversion": "endingVersion",
    "endingtimestamp": "endingTimestamp",
    "versionasof": "versionAsOf",
    "timestampasof": "timestampAsOf",
    "version as of": "versionAsOf",
    "timestamp as of": "timestampAsOf",
    "version": "versionAsOf",
}
_KNOWN: Mapping[ReadMode, Mapping[str, str]] = {"stream": _STREAM, "batch": _BATCH}
_OTHER: Mapping[ReadMode, ReadMode] = {"stream": "batch", "batch": "stream"}
_LITERAL = re.compile(r"\s*'([^']*)'\s*\Z|\s*([\w.:+\-]+)\s*\Z")


def table_options(mode: ReadMode, written: Mapping[str, str], place: Place) -> dict[str, str]:
    """The options of one read as Delta spells them; UnsupportedError for one that would not have its effect here."""
    return {_known(name, mode, place): _value(name, value, place) for name, value in written.items()}


def stream_options(written: Mapping[str, str], place: Place) -> dict[str, str]:
    """`table_options` of a stream."""
    return table_options("stream", written, place)


def _known(name: str, mode: ReadMode, place: Place) -> str:
    known = _KNOWN[mode].get(name.lower())
    if known is not None:
        return known
    if name.lower() in _KNOWN[_OTHER[mode]]:
        raise PipelineError(
            "MED280",
            f"{name} belongs to a {_OTHER[mode]} read, and this is a {mode} read",
            place=place,
            help="read the table with STREAM" if mode == "batch" else "read the table without STREAM",
        )
    raise UnsupportedError(
        "MED402",
        f"the {mode} option {name} is not supported locally",
        place=place,
        help=did_you_mean(name, _KNOWN[mode].values())
        or f"known here: {', '.join(dict.fromkeys(_KNOWN[mode].values()))}",
    )


def _value(name: str, value: str, place: Place) -> str:
    found = _LITERAL.match(value or "true")
    if found is None and "as of" not in name:
        return value
    if found is None:
        raise UnsupportedError(
            "MED402",
            f"{name.upper()} with an expression is not supported locally",
            place=place,
            found=value,
            expected="a version number or a timestamp in quotes",
        )
    text = found.group(1) if found.group(1) is not None else found.group(2)
    if name == "version":
        text = text.lower().removeprefix("v")
    return text.lower() if text.upper() in ("TRUE", "FALSE") else text


def check_readable(node: Node, shown: str, options: Mapping[str, str], place: Place) -> None:
    """Refuse what the workspace refuses of this dataset, and change feeds whose rows would differ from its own."""
    kind = node.dataset.kind
    if kind == "materialized_view" and options.keys() & {"versionAsOf", "timestampAsOf"}:
        raise PipelineError(
            "MED281",
            f"{shown} is a materialized view and has no past versions to read",
            place=place,
            help="read it without VERSION AS OF, or make it a streaming table",
        )
    if kind in ("temporary_view", "view") and options:
        raise UnsupportedError(
            "MED402",
            f"the option {next(iter(options))} does not reach through the view {shown}",
            place=place,
            help="give it to the table that the view reads",
        )
    if options.get(CHANGE_FEED) == "true" and not _has_own_feed(node):
        what = "materialized view" if kind == "materialized_view" else "table that its flow rewrites"
        raise UnsupportedError(
            "MED402",
            f"the change feed of {shown}, a {what}, is not supported locally",
            place=place,
            help="the workspace rewrites fewer rows than a local run and would report other changes",
        )


def _has_own_feed(node: Node) -> bool:
    """Whether every commit to the dataset appends, so that its change feed is the same here and there."""
    return node.dataset.kind == "streaming_table" and all(flow.kind == "append" for flow in node.flows)
