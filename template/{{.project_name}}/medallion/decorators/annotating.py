"""The decorators that say what is known about a dataset; contract, registry and table properties carry it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .settings import Settings, decorator, given, refuse_unknown, texts


@decorator
def metric(name: str, aggregation: str, dimensions: Sequence[str] = (), **options: object) -> Settings:
    """A figure of the table: `aggregation` in SQL, by `dimensions`. Options: `description`."""
    refuse_unknown(options, ("description",))
    by = f" BY {', '.join(texts(dimensions))}" if dimensions else ""
    properties = {f"medallion.metric.{name}": f"{aggregation}{by}"}
    about = options.get("description")
    return Settings(properties=properties | ({f"medallion.metric.{name}.description": str(about)} if about else {}))


@decorator
def governance(classification: str | None = None, owner: str | None = None, **options: object) -> Settings:
    """Who answers for the table and how sensitive it is.

    Options: `columns` (classification by column), `steward`, `retention`, `read` (roles), `tags`.
    """
    refuse_unknown(options, ("columns", "steward", "retention", "read", "tags"))
    columns = options.get("columns")
    classes = {name: {"class": one} for name, one in columns.items()} if isinstance(columns, Mapping) else {}
    rest = given(
        default_class=classification,
        steward=options.get("steward"),
        retention=options.get("retention"),
        read=list(texts(options.get("read"))),
        tags=options.get("tags"),
    )
    named = given(owner=owner, classification=classification, steward=rest.get("steward"))
    return Settings(
        contract=given(owner=owner, governance=rest, columns=classes),
        properties={f"medallion.{name}": str(value) for name, value in named.items()},
    )


def _test(golden_dataset: str | None = None, scenarios: Sequence[str] = (), **options: object) -> Settings:
    """How the table is tested: rows known to be right, and what tests do to its input. Options: `purpose`."""
    refuse_unknown(options, ("purpose",))
    golden = given(path=golden_dataset, purpose=options.get("purpose")) if golden_dataset else {}
    testing = given(golden_datasets=[golden] if golden else [], scenarios=[{"name": name} for name in texts(scenarios)])
    named = given(golden_dataset=golden_dataset, scenarios=", ".join(texts(scenarios)))
    return Settings(
        contract=given(testing=testing),
        properties={f"medallion.test.{name}": str(value) for name, value in named.items()},
    )


_test.__name__ = _test.__qualname__ = "test"
test = decorator(_test)
test.__dict__["__test__"] = False


@decorator
def performance(
    partitioning_strategy: str | None = None, z_order_columns: Sequence[str] = (), **options: object
) -> Settings:
    """How the table is laid out for its readers. Options: `partition_columns`, `cluster_by`."""
    refuse_unknown(options, ("partition_columns", "cluster_by"))
    parts = list(texts(options.get("partition_columns")))
    partitioning = given(columns=parts, strategy=partitioning_strategy) if parts else {}
    layout = given(
        partitioning=partitioning,
        z_order=list(texts(z_order_columns)),
        cluster_by=list(texts(options.get("cluster_by"))),
    )
    named = given(partitioning_strategy=partitioning_strategy, z_order_columns=", ".join(texts(z_order_columns)))
    return Settings(
        contract=given(performance=layout),
        properties={f"medallion.performance.{name}": str(value) for name, value in named.items()},
    )


@decorator
def documentation(description: str = "", data_dictionary: str | None = None, **options: object) -> Settings:
    """What the table is; `data_dictionary` is where its columns are explained.

    Options: `columns` (one sentence each).
    """
    refuse_unknown(options, ("columns",))
    columns = options.get("columns")
    about = {name: {"description": one} for name, one in columns.items()} if isinstance(columns, Mapping) else {}
    properties = {"medallion.data_dictionary": data_dictionary} if data_dictionary else {}
    return Settings(contract=given(description=description, columns=about), properties=properties)


@decorator
def compliance(regulations: Sequence[str] = (), **options: object) -> Settings:
    """Regulations the table falls under. Options: `pii_columns`, `right_to_be_forgotten`."""
    refuse_unknown(options, ("pii_columns", "right_to_be_forgotten"))
    names, forgotten = list(texts(regulations)), options.get("right_to_be_forgotten")
    rules = given(regulations=names, right_to_be_forgotten=forgotten)
    classes = {name: {"class": "pii"} for name in texts(options.get("pii_columns"))}
    properties = {"medallion.compliance.regulations": ", ".join(names)} if names else {}
    return Settings(contract=given(compliance=rules, columns=classes), properties=properties)
