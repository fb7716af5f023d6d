"""The modules that take the place of `pyspark.pipelines` and `dlt` while pipeline code runs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import ModuleType

from medallion_toolkit.python import cdc_api, dlt_api, expecting, pipelines_api

_EXPECTING = {
    name: getattr(expecting, name)
    for name in (
        "expect",
        "expect_or_drop",
        "expect_or_fail",
        "expect_all",
        "expect_all_or_drop",
        "expect_all_or_fail",
    )
}

_SHARED: dict[str, object] = {
    **_EXPECTING,
    "append_flow": pipelines_api.append_flow,
    "create_streaming_table": pipelines_api.create_streaming_table,
    "create_sink": pipelines_api.create_sink,
    "foreach_batch_sink": pipelines_api.foreach_batch_sink,
    "on_event_hook": pipelines_api.on_event_hook,
    "create_auto_cdc_flow": cdc_api.create_auto_cdc_flow,
    "create_auto_cdc_from_snapshot_flow": cdc_api.create_auto_cdc_from_snapshot_flow,
    "read": dlt_api.read,
    "read_stream": dlt_api.read_stream,
    "accepts_sql_text": pipelines_api.accepts_sql_text,
    "declared_at": pipelines_api.declared_at,
}


@lru_cache(maxsize=1)
def pipelines_module() -> ModuleType:
    """The stand-in for `pyspark.pipelines`."""
    return _module(
        "pyspark.pipelines",
        {
            **_SHARED,
            "table": pipelines_api.table,
            "materialized_view": pipelines_api.materialized_view,
            "temporary_view": pipelines_api.temporary_view,
            "view": pipelines_api.temporary_view,
        },
    )


@lru_cache(maxsize=1)
def dlt_module() -> ModuleType:
    """The stand-in for `dlt`, the old name of the same functions."""
    return _module(
        "dlt",
        {
            **_SHARED,
            "readStream": dlt_api.read_stream,
            "table": dlt_api.table,
            "create_table": dlt_api.table,
            "materialized_view": pipelines_api.materialized_view,
            "view": pipelines_api.temporary_view,
            "create_view": pipelines_api.temporary_view,
            "temporary_view": pipelines_api.temporary_view,
            "create_streaming_live_table": pipelines_api.create_streaming_table,
            "create_target_table": pipelines_api.create_streaming_table,
            "apply_changes": cdc_api.create_auto_cdc_flow,
            "apply_changes_from_snapshot": cdc_api.create_auto_cdc_from_snapshot_flow,
        },
    )


def _module(name: str, members: Mapping[str, object]) -> ModuleType:
    module = ModuleType(name)
    module.__dict__.update(members)
    module.__dict__["__all__"] = sorted(members)
    return module
