"""Flows: CREATE FLOW, flows inside CREATE, and APPLY CHANGES INTO."""

from __future__ import annotations

from collections.abc import Collection

from medallion_toolkit.sql.auto_cdc import read_auto_cdc
from medallion_toolkit.sql.cursor import Cursor
from medallion_toolkit.sql.draft import Draft
from medallion_toolkit.sql.relation_words import QUERY_STARTS


def read_create_flow(cursor: Cursor, draft: Draft) -> None:
    """What follows CREATE FLOW: name, comment, AS and the flow."""
    draft.kind = "flow_insert"
    draft.flow_name, draft.name_span = cursor.name("the flow's name")
    draft.name = draft.flow_name
    if cursor.take("COMMENT"):
        draft.comment = cursor.string("the comment in quotes")
    cursor.expect("AS")
    if cursor.take("INSERT"):
        _read_insert_into(cursor, draft)
    elif cursor.take("AUTO"):
        cursor.expect("CDC")
        _read_cdc_into(cursor, draft)
    elif cursor.take("APPLY", "CHANGES"):
        _read_cdc_into(cursor, draft)
    else:
        raise cursor.unexpected("INSERT INTO or AUTO CDC INTO", ("INSERT", "AUTO"))


def read_apply_changes(cursor: Cursor, draft: Draft) -> None:
    """The old statement APPLY CHANGES INTO, a flow without a name."""
    cursor.expect("APPLY", "CHANGES")
    _read_cdc_into(cursor, draft)
    draft.name = draft.target


def _read_cdc_into(cursor: Cursor, draft: Draft) -> None:
    draft.kind = "flow_auto_cdc"
    _note_once(cursor, draft)
    cursor.expect("INTO")
    _note_once(cursor, draft)
    draft.target, _ = cursor.name("the target table")
    read_auto_cdc(cursor, draft)


def _read_insert_into(cursor: Cursor, draft: Draft) -> None:
    """INSERT [ONCE] INTO and INSERT INTO [ONCE], REPLACE before or behind BY NAME: the documentation shows both."""
    _note_once(cursor, draft)
    cursor.expect("INTO")
    _note_once(cursor, draft)
    draft.target, _ = cursor.name("the target table")
    _read_replaced_rows(cursor, draft)
    if cursor.take("BY", "NAME"):
        draft.flags.add("by_name")
        if draft.flow is None:
            _read_replaced_rows(cursor, draft, QUERY_STARTS - {"FROM"})
    draft.read_query(cursor)


def read_inline_flow(cursor: Cursor, draft: Draft) -> None:
    """What follows FLOW inside CREATE STREAMING TABLE."""
    if cursor.take("AUTO"):
        cursor.expect("CDC")
        draft.flow = "auto_cdc"
        _note_once(cursor, draft)
        read_auto_cdc(cursor, draft)
        return
    if cursor.take("INSERT"):
        draft.flow = "insert"
        _note_once(cursor, draft)
    elif cursor.key() != "REPLACE":
        raise cursor.unexpected("INSERT, AUTO CDC or REPLACE", ("INSERT", "AUTO", "REPLACE"))
    _read_replaced_rows(cursor, draft)
    cursor.expect("BY", "NAME")
    draft.flags.add("by_name")
    draft.read_query(cursor)


def _read_replaced_rows(cursor: Cursor, draft: Draft, stops: Collection[str] = ("BY",)) -> None:
    """REPLACE WHERE condition, REPLACE USING (columns) [SEQUENCE BY column]."""
    at = cursor.at
    if cursor.take("REPLACE", "WHERE"):
        draft.flow = "replace_where"
        draft.add_clause(cursor, "replace_where", cursor.text(*cursor.until(stops)), at)
    elif cursor.take("REPLACE", "USING"):
        draft.flow = "replace_using"
        draft.add_clause(cursor, "replace_using", cursor.text(*cursor.group("the columns in parentheses")), at)
        if cursor.take("SEQUENCE", "BY"):
            draft.add_clause(cursor, "sequence_by", cursor.text(*cursor.until(stops)), at)


def _note_once(cursor: Cursor, draft: Draft) -> None:
    if cursor.take("ONCE"):
        draft.flags.add("once")
