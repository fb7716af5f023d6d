"""What a contract in the long form may say: table, schema, validation, scd, governance, compliance, …"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..errors import MedallionContractError, did_you_mean
from ..rules.kinds import AnyKind
from ..rules.library import COLUMN_RULES, TABLE_WIDE_RULES
from ..yaml_files.positions import MapNode, Node, text_at
from ..yaml_files.shapes import Choice, Flag, Json, Key, ListOf, MapOf, Number, OneOf, Record, Text, wrong_value
from .section_shapes import (
    CATALOG,
    COMPLIANCE_KEYS,
    EVOLUTION_MODES,
    METRICS,
    NAME,
    NAMES,
    PERFORMANCE,
    TESTING,
)  # fmt: skip
from .shape import AGE, CLASSES, LIMIT, ON_FAIL, OPTIONS, RULE_NAME, rule_parameters

COLUMN = Text(NAME, "a column name")
SQL_TYPES = ("cross_field", "sql")
_BOUNDS = (
    Key("min_value", Number(), "The smallest value allowed."),
    Key("max_value", Number(), "The greatest value allowed."),
)


@dataclass(frozen=True)
class LongRule:
    """An entry of `validation.rules`: name, column, and a type with its parameters beside it."""

    def check(self, node: Node) -> None:
        """Refuse unknown types, then keys the type does not have; what it lacks is found in the short form."""
        if not isinstance(node, MapNode):
            raise wrong_value(node, "a rule: {name: …, column: …, type: …}")
        Record(self._keys(node), name="a rule").check(node)

    def _keys(self, node: MapNode) -> tuple[Key, ...]:
        kind = long_kind(node)
        own = tuple(replace(key, required=False) for key in kind.parameters) if kind else ()
        taken = {key.name for key in own}
        return (*(key for key in self._common(kind) if key.name not in taken), *own)

    def _common(self, kind: AnyKind | None) -> tuple[Key, ...]:
        shorthand = (Key(kind.name, rule_parameters(kind), kind.about),) if kind else ()
        return (*_RULE_KEYS, *shorthand)

    def schema(self) -> Json:
        """Every key that some rule takes; which type takes which parameter is the loader's to say."""
        kinds: dict[str, AnyKind] = {**COLUMN_RULES, **TABLE_WIDE_RULES}
        types = sorted({*kinds, *SQL_TYPES})
        own = {key.name: {"description": key.about} for kind in kinds.values() for key in kind.parameters}
        keys = {key.name: {**key.shape.schema(), "description": key.about} for key in _RULE_KEYS}
        shorthand = {name: {"description": kind.about} for name, kind in kinds.items()}
        about_type = {"enum": types, "description": "A rule of docs/rules.md, or cross_field with a condition."}
        return {
            "type": "object",
            "properties": {**shorthand, **own, **keys, "type": about_type},
            "required": ["name"],
            "additionalProperties": False,
        }


_RULE_KEYS = (
    Key("name", Text(RULE_NAME, "a lower_snake name"), "The rule's name.", required=True),
    Key("column", COLUMN, "The column it judges."),
    Key("type", Text(), "A rule of docs/rules.md, or cross_field with a condition."),
    Key("condition", Text(), "SQL that must hold."),
    *_BOUNDS,
    *OPTIONS,
)


def long_kind(node: MapNode) -> AnyKind | None:
    """The kind of rule that `type` or a key names; None for SQL, for bounds and for options alone."""
    named = node.get("type")
    if named is None:
        found = (_kind_named(one.key) for one in node.entries)
        return next((kind for kind in found if kind is not None), None)
    Text(hint="the name of a rule").check(named.value)
    name = str(text_at(node, "type"))
    if name in SQL_TYPES:
        return None
    kind = _kind_named(name)
    if kind is None:
        known = (*TABLE_WIDE_RULES, *COLUMN_RULES, *SQL_TYPES)
        raise MedallionContractError(
            "MED306",
            f"unknown rule {name}",
            named.value.position,
            found=name,
            expected="a rule that `medallion rules` lists",
            help=did_you_mean(name, known),
        )
    on_table = name in TABLE_WIDE_RULES and node.get("column") is None
    return TABLE_WIDE_RULES[name] if on_table else kind


def _kind_named(name: str) -> AnyKind | None:
    return COLUMN_RULES.get(name) or TABLE_WIDE_RULES.get(name)


_LONG_COLUMN = OneOf(
    scalar=Text(),
    mapping=Record(
        (
            Key("type", Text(), "SQL type."),
            Key("description", Text(), "One sentence; becomes the column's comment."),
            Key("nullable", Flag(), "false asks for a value in every row."),
            Key("format", Text(), "How text becomes a date or timestamp: dd.MM.yyyy"),
        ),
        name="a column",
    ),
    hint="a type, or a mapping with type and description",
)
_SCHEMA = Record(
    (
        Key("enforce", Flag(), "Types are always enforced; a column of any content has the type string."),
        Key(
            "evolution",
            Record(
                (
                    Key("allowed", Flag(), "false stops at a column the contract does not have."),
                    Key("mode", Choice(EVOLUTION_MODES), "What a column does that the contract does not have."),
                ),
                name="evolution",
            ),
            "What a column does that the contract does not have.",
        ),
        Key("columns", MapOf(_LONG_COLUMN, NAME, "a column name"), "Columns and their types."),
    ),
    name="schema",
)
_STATISTICAL = ListOf(
    Record(
        (
            Key("column", COLUMN, "The column it judges.", required=True),
            Key("distribution", Choice(("normal", "uniform")), "What the values look like."),
            Key("mean", Number(), "The mean of a normal distribution."),
            Key("std_dev", Number(), "Its standard deviation."),
            *_BOUNDS,
            Key("outlier_action", Choice(ON_FAIL), "What happens to a row outside; default: tag."),
        ),
        name="a statistical rule",
    )
)
_VALIDATION = Record(
    (
        Key("rules", ListOf(LongRule()), "Rules, each with a name."),
        Key("statistical", _STATISTICAL, "What is known about the values of a column."),
        Key("on_fail", Choice(ON_FAIL), "What happens to a row that fails a rule; default: quarantine."),
        Key("quarantine", Choice(("split", "flag")), "split: a table of its own (default). flag: marks in the table."),
    ),
    name="validation",
)
_SCD = Record(
    (
        Key("type", Choice((1, 2)), "1 keeps the newest row of each key, 2 every version.", required=True),
        Key("key_columns", NAMES, "Columns that identify a row.", required=True),
        Key("track_columns", NAMES, "Columns whose change opens a version."),
        Key("sequence_by", NAMES, "Columns that put events in order; default: effective_from."),
        Key("effective_from", COLUMN, "The column that says since when a version holds."),
        Key("effective_to", COLUMN, "What readers call the end of a version."),
        Key("current_flag", COLUMN, "What readers call the mark of the newest version."),
        Key("delete_when", Text(), "SQL that is true for an event that deletes its key."),
        Key("truncate_when", Text(), "SQL that is true for an event that empties the table; type 1 only."),
        Key("not_stored", NAMES, "Columns the events need and the table does not."),
    ),
    name="scd",
)
_CLASSIFICATION = Record(
    (
        Key("default", Choice(CLASSES), "Classification of columns that state none."),
        Key("columns", MapOf(Choice(CLASSES), NAME, "a column name"), "Classification by column."),
    ),
    name="classification",
)
_GOVERNANCE = Record(
    (
        Key("owner", Text(), "The team that answers for the table."),
        Key("steward", Text(), "Who answers questions about the data."),
        Key("classification", _CLASSIFICATION, "Who may know what: public, internal, confidential, pii."),
        Key("read", ListOf(Text(NAME, "a role name")), "Roles that may read."),
        Key("retention", Text(r"[0-9]+ ?(days?|months?|years?)", "a period like 7 years"), "How long rows are kept."),
        Key("tags", MapOf(Text(), NAME, "a tag name"), "Tags of the table."),
        Key("catalog_integration", CATALOG, "The data catalog that lists the table."),
    ),
    name="governance",
)
_COMPLIANCE = Record(
    (*COMPLIANCE_KEYS, Key("pii_columns", NAMES, "Columns about a person; they get the class pii.")), name="compliance"
)
_SLA = Record(
    (
        Key("freshness", AGE, "How old the newest row may be."),
        Key("completeness", Text(r"[0-9]+(\.[0-9]+)?( ?%)?", "a percentage like 99.5"), "Percent of values filled."),
        Key("quarantined", LIMIT, "How many rows of an update may be quarantined: 10 % or 5 rows."),
        Key("notification_channel", Text(), "Where messages about the table go."),
    ),
    name="sla",
)
_MONITORING = Record(
    (
        Key("sla", _SLA, "What readers may rely on."),
        Key("metrics", METRICS, "Figures to follow; the threshold of record_count limits the number of rows."),
    ),
    name="monitoring",
)
_TABLE = Record(
    (
        Key("name", Text(NAME, "a table name"), "Name of the table; a prefix <layer>_ is left out.", required=True),
        Key("layer", Text(NAME, "bronze, silver or gold"), "Layer of the table.", required=True),
        Key("description", Text(), "One sentence; becomes the table's comment."),
        Key(
            "from",
            Text(rf"{NAME}(\.{NAME})?", "a view, or layer.table"),
            "The view the table is made from; default in silver: <name>_conformed.",
        ),
    ),
    name="a table: {name: …, layer: …}",
)


_PERFORMANCE_KEY = Key("performance", PERFORMANCE, "How the table is laid out for its readers.")
_VALIDATION_KEY = Key("validation", _VALIDATION, "Rules and what happens to rows that fail them.")
_MONITORING_KEY = Key("monitoring", _MONITORING, "What readers may rely on, whom to tell, figures to follow.")
_TESTING_KEY = Key("testing", TESTING, "How the table is tested.")
LONG_TARGET = Record((_VALIDATION_KEY, _PERFORMANCE_KEY, _MONITORING_KEY, _TESTING_KEY), name="an overlay")
LONG = Record(
    (
        Key("table", _TABLE, "Name and layer of the table.", required=True),
        Key("schema", _SCHEMA, "Columns and what happens when others come."),
        _VALIDATION_KEY,
        Key("scd", _SCD, "Keep the newest row of each key, or every version."),
        Key("governance", _GOVERNANCE, "Who answers, who may read, how long rows are kept."),
        Key("compliance", _COMPLIANCE, "Regulations the table falls under."),
        _PERFORMANCE_KEY,
        _MONITORING_KEY,
        _TESTING_KEY,
        Key("targets", MapOf(LONG_TARGET, ".+", "a target"), "What one target states otherwise."),
    ),
    name="a contract",
)
