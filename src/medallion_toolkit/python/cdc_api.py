"""AUTO CDC from Python: `create_auto_cdc_flow`, the form from snapshots, and their old names."""

from __future__ import annotations

from medallion_toolkit.errors import PipelineError, Place, UnsupportedError
from medallion_toolkit.model import Cdc
from medallion_toolkit.python.column_text import optional_sql_text, sql_text, sql_texts
from medallion_toolkit.python.context import current
from medallion_toolkit.python.declarations import DeclaredFlow, QueryFunction
from medallion_toolkit.python.pipelines_api import caller


def create_auto_cdc_flow(
    target: str,
    source: str,
    keys: object,
    sequence_by: object,
    where: object = None,
    ignore_null_updates: bool = False,
    apply_as_deletes: object = None,
    apply_as_truncates: object = None,
    column_list: object = None,
    except_column_list: object = None,
    stored_as_scd_type: object = 1,
    track_history_column_list: object = None,
    track_history_except_column_list: object = None,
    flow_name: str | None = None,
    *,
    name: str | None = None,
    once: bool = False,
    ignore_null_updates_column_list: object = None,
    ignore_null_updates_except_column_list: object = None,
    system_sequence_by: object = None,
    columns_to_update: object = None,
) -> None:
    """A flow that applies change events of `source` to `target`."""
    place = caller()
    ignored, kept = ignore_null_updates_column_list, ignore_null_updates_except_column_list
    _one_of(place, column_list=column_list, except_column_list=except_column_list)
    _one_history(place, track_history_column_list, track_history_except_column_list)
    _one_way_to_ignore(place, ignore_null_updates, ignored, kept)
    cdc = Cdc(
        source=source,
        keys=_keys(keys, place),
        sequence_by=sql_text(sequence_by, place),
        scd_type=_scd_type(stored_as_scd_type, place),
        delete_when=optional_sql_text(apply_as_deletes, place),
        truncate_when=optional_sql_text(apply_as_truncates, place),
        columns=_columns(column_list, place),
        except_columns=sql_texts(except_column_list, place),
        track_history=_columns(track_history_column_list, place),
        track_history_except=sql_texts(track_history_except_column_list, place),
        ignore_null_updates=ignore_null_updates or ignored is not None or kept is not None,
        ignore_null_columns=_columns(ignored, place),
        ignore_null_except=sql_texts(kept, place),
    )
    given = {"where": where, "system_sequence_by": system_sequence_by, "columns_to_update": columns_to_update}
    options = _options(place, **given)
    _declare(name or flow_name or target, target, cdc, place, once=once, options=options)


def _one_history(place: Place, columns: object, without: object) -> None:
    _one_of(place, track_history_column_list=columns, track_history_except_column_list=without)


def _one_way_to_ignore(place: Place, every: bool, columns: object, without: object) -> None:
    _one_of(
        place,
        ignore_null_updates=every or None,
        ignore_null_updates_column_list=columns,
        ignore_null_updates_except_column_list=without,
    )


def create_auto_cdc_from_snapshot_flow(
    target: str,
    source: str | QueryFunction | None = None,
    keys: object = None,
    stored_as_scd_type: object = 1,
    track_history_column_list: object = None,
    track_history_except_column_list: object = None,
    *,
    name: str | None = None,
    snapshot_and_version: str | QueryFunction | None = None,
) -> None:
    """A flow that compares snapshots with `target`; `source` is a table or a function of the last version."""
    place = caller()
    given = source or snapshot_and_version
    if given is None:
        raise PipelineError("MED253", "AUTO CDC from snapshots needs a source.", place=place, expected="source=…")
    cdc = Cdc(
        source="" if callable(given) else given,
        keys=_keys(keys, place),
        sequence_by="",
        scd_type=_scd_type(stored_as_scd_type, place),
        track_history=_columns(track_history_column_list, place),
        track_history_except=sql_texts(track_history_except_column_list, place),
    )
    function = given if callable(given) else None
    flow = DeclaredFlow(name or target, target, "auto_cdc_from_snapshot", place, function, cdc)
    current().declarations.flows.append(flow)


def _declare(name: str, target: str, cdc: Cdc, place: Place, *, once: bool, options: dict[str, str]) -> None:
    flow = DeclaredFlow(name, target, "auto_cdc", place, cdc=cdc, once=once, options=options)
    current().declarations.flows.append(flow)


def _options(place: Place, **given: object) -> dict[str, str]:
    """What the model has no field for, as text; an engine that does not know an option refuses it."""
    texts = {name: ", ".join(sql_texts(value, place)) for name, value in given.items()}
    return {name: text for name, text in texts.items() if text}


def _one_of(place: Place, **given: object) -> None:
    """PipelineError where more than one of the arguments is given."""
    found = [name for name, value in given.items() if value is not None]
    if len(found) > 1:
        raise PipelineError(
            "MED253",
            f"{found[0]} and {found[1]} exclude each other.",
            place=place,
            found=" and ".join(found),
            expected=f"one of {', '.join(given)}",
        )


def _keys(keys: object, place: Place) -> tuple[str, ...]:
    texts = sql_texts(keys, place)
    if not texts:
        raise PipelineError("MED253", "AUTO CDC needs at least one key.", place=place, expected="keys=['…']")
    return texts


def _columns(columns: object, place: Place) -> tuple[str, ...] | None:
    return None if columns is None else sql_texts(columns, place)


def _scd_type(value: object, place: Place) -> int:
    text = str(value).upper().removeprefix("SCD TYPE ").strip()
    if text in ("1", "2"):
        return int(text)
    if text == "BITEMPORAL":
        raise UnsupportedError("MED255", "BITEMPORAL history runs in the workspace only.", place=place)
    raise PipelineError("MED253", "stored_as_scd_type is 1 or 2.", place=place, found=repr(value), expected="1 or 2")
