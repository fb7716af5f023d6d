"""Rows on their way back into a checked table: inserted into `<table>_replay`, judged by a run, removed again.

The table is there only from the insert until every row of it has been judged. A crash in between loses nothing and
doubles nothing: rows that were inserted wait for the next run, rows that were judged are known by their attempt.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

from medallion_toolkit.engine.books import read_book, write_book
from medallion_toolkit.engine.definitions import Definition
from medallion_toolkit.engine.fingerprint import fingerprints
from medallion_toolkit.engine.inputs import TABLE
from medallion_toolkit.graph.replays import FLOW, replay_table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from medallion_toolkit.engine.run import LocalRun
    from medallion_toolkit.engine.store import Store


def is_waiting(store: Store, checked: str) -> bool:
    """Whether the table of replayed rows of the table `checked` is there."""
    return store.exists(replay_table(checked))


def insert_replayed(store: Store, checked: str, rows: DataFrame) -> None:
    """Append the rows in one commit; progress that an earlier replay left behind does not count for a new table."""
    if not is_waiting(store, checked):
        _forget_progress(store, checked)
    path = str(store.table(replay_table(checked)))
    rows.write.format("delta").mode("append").option("mergeSchema", "true").save(path)


def remove_replayed(run: LocalRun, checked: str) -> None:
    """Remove the table, all of whose rows have been judged, and leave `checked` as a run without it would find it."""
    store = run.store
    store.drop(replay_table(checked))
    _forget_progress(store, checked)
    after = run.in_store(store).project
    book = read_book(store, checked)
    inputs = {name: version for name, version in book.inputs.items() if name != TABLE + replay_table(checked)}
    definition = Definition.of(after.graph.nodes[checked]).as_dict()
    write_book(
        store,
        checked,
        replace(book, fingerprint=fingerprints(after)(checked), inputs=inputs, definition=definition),
    )


def _forget_progress(store: Store, checked: str) -> None:
    for checkpoint in store.checkpoints(checked).glob(f"*{FLOW}"):
        shutil.rmtree(checkpoint)
