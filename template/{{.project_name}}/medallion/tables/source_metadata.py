"""Where a bronze row came from, as SQL: for Python bronze tables, and the forms that sql/bronze/*.sql write out.

>>> print(source_metadata_columns()[0])
uuid() AS _row_id
"""

from __future__ import annotations

ROW_ID = "uuid()"
SOURCE_FILE = "_metadata.file_path"
INGESTION_TIMESTAMP = "current_timestamp()"


def batch_id(path: str = "_metadata.file_path", modified: str = "_metadata.file_modification_time") -> str:
    """SQL for `_batch_id`: one value for each delivery of a file, the same however often it is computed.

    A file that is delivered again under its old name has another modification time and so another id.
    """
    return f"sha2(concat({path}, {modified}), 256)"


def source_metadata_columns() -> tuple[str, ...]:
    """Select expressions for the metadata columns that silver carries along; `_rescued_data` comes from the reader."""
    return (
        f"{ROW_ID} AS _row_id",
        f"{SOURCE_FILE} AS _source_file",
        f"{batch_id()} AS _batch_id",
        f"{INGESTION_TIMESTAMP} AS _ingestion_timestamp",
    )
