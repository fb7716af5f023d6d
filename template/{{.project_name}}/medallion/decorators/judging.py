"""The decorators that say what must be true of rows: rules, statistics, references, history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..contracts.shape import OPTIONS
from .settings import Settings, WrongArgument, decorator, given, refuse_unknown, texts

_RULE_OPTIONS = tuple(key.name for key in OPTIONS)
_STATISTICS = ("mean", "std_dev", "min_value", "max_value", "outlier_action")
_SCD = (
    "keys", "key_columns", "sequence_by", "delete_when", "truncate_when", "not_stored", "effective_to", "current_flag",
)  # fmt: skip


@decorator
def validate(
    rules: Sequence[Mapping[str, object]] | Mapping[str, object] = (), quarantine: bool = True, **options: object
) -> Settings:
    """Rules of the library or in SQL.

    A rule is `{"name": …, "column": …, "type": …}` with the type's parameters beside it, or `{"name": …,
    "condition": SQL}`; a mapping is `name: SQL` as in a contract. `columns` gives types, or rules in the contract's
    short form. Without `quarantine` rules only warn. Other options go to every rule: `on_fail`, `severity`, `where`, ….
    """
    refuse_unknown(options, ("columns", *_RULE_OPTIONS))
    shared = {name: value for name, value in options.items() if name in _RULE_OPTIONS}
    if not quarantine:
        shared.setdefault("on_fail", "warn")
    contract: dict[str, object] = dict(given(columns=options.get("columns")))
    if isinstance(rules, Mapping):
        contract["rules"] = {name: _with(shared, rule) for name, rule in rules.items()}
    elif rules:
        contract["validation"] = {"rules": [{**shared, **rule} for rule in rules]}
    if not quarantine:
        contract["on_fail"] = shared["on_fail"]
    return Settings(contract=contract, needs=("layer",))


def _with(shared: Mapping[str, object], rule: object) -> object:
    if not shared:
        return rule
    return {**shared, **rule} if isinstance(rule, Mapping) else {"sql": rule, **shared}


@decorator
def statistical_validate(
    distribution: str | None = None, outlier_detection: bool = True, **options: object
) -> Settings:
    """What is known about the values of columns: `column` or `columns`, and what is usual for them.

    `distribution` normal or uniform is asked of the whole table. With `outlier_detection` a row outside `min_value`
    and `max_value`, or further than three `std_dev` from `mean`, is tagged, or what `outlier_action` says.
    """
    refuse_unknown(options, ("column", "columns", *_STATISTICS))
    columns = texts(options.get("columns")) or texts(options.get("column"))
    if not columns:
        raise WrongArgument("needs a column", "no column", ("column=", "columns="))
    about = given(distribution=distribution, **{name: options.get(name) for name in _STATISTICS})
    if outlier_detection and ("mean" in about or "min_value" in about or "max_value" in about):
        about.setdefault("outlier_action", "tag")
    elif not outlier_detection:
        about.pop("outlier_action", None)
    return Settings(
        contract={"validation": {"statistical": [{"column": name, **about} for name in columns]}}, needs=("layer",)
    )


@decorator
def slowly_changing_dimension(
    type: int = 2,
    track_columns: Sequence[str] = (),
    effective_from: str | None = "effective_date",
    **options: object,
) -> Settings:
    """The newest row of each key (`type=1`), or every version (`type=2`).

    `keys` identify a row, `effective_from` (or `sequence_by`) puts the events of a key in order, a change of
    `track_columns` opens a version (default: of any column). Options: `delete_when`, `truncate_when`, `not_stored`.
    """
    refuse_unknown(options, _SCD)
    order = texts(options.get("sequence_by")) or texts(effective_from)
    history = given(
        type=type,
        sequence_by=list(order),
        track=list(texts(track_columns)),
        delete_when=options.get("delete_when"),
        truncate_when=options.get("truncate_when"),
        not_stored=list(texts(options.get("not_stored"))),
        effective_from=None if options.get("sequence_by") else effective_from,
        effective_to=options.get("effective_to"),
        current_flag=options.get("current_flag"),
    )
    keys = list(texts(options.get("keys")) or texts(options.get("key_columns")))
    return Settings(contract=given(keys=keys, history=history), needs=("layer", "keys"))


@decorator
def reference_check(references: Mapping[str, str], **options: object) -> Settings:
    """Columns whose values stand in a column of another table: `{"customer_id": "silver.customers.customer_id"}`.

    A row without a partner is quarantined, with `on_fail` tagged or dropped. An absent value holds unless
    `nulls="refused"`. Options of every rule go to each: `severity`, `message`, ….
    """
    refuse_unknown(options, ("nulls", *_RULE_OPTIONS))
    shared = {"on_fail": "quarantine", **options}
    rules = {column: [{"reference": {"to": target, **shared}}] for column, target in references.items()}
    return Settings(contract={"columns": rules}, needs=("layer",))
