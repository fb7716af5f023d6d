"""What a contract file may say, key by key: the loader checks with it and editors get their schema from it."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import MedallionContractError, did_you_mean
from ..normalize.steps import PatternUse
from ..rules.kinds import DIMENSIONS, AnyKind, RowRuleKind, RuleKind, TableRuleKind
from ..rules.library import COLUMN_RULES, TABLE_WIDE_RULES
from ..yaml_files.positions import MapNode, Node, ScalarNode
from ..yaml_files.shapes import Choice, Flag, Json, Key, ListOf, MapOf, Number, OneOf, Record, Text, wrong_value
from .section_shapes import CATALOG, NAME, NAMES, SECTION_KEYS

ON_FAIL = ("warn", "tag", "drop", "quarantine", "fail")
SEVERITIES = ("minor", "major", "critical")
CLASSES = ("public", "internal", "confidential", "pii")
_COLUMN_NAME = "[A-Za-z][A-Za-z0-9_]*"
RULE_NAME = "[a-z][a-z0-9_]*"

PERCENT = Text(r"[0-9]+(\.[0-9]+)? ?%", "a percentage like 10 %")
LIMIT = Text(r"[0-9]+(\.[0-9]+)? ?%|[0-9]+( rows?)?", "a share like 5 %, or a number of rows")
OPTIONS = (
    Key("on_fail", Choice(ON_FAIL), "What happens to a row that fails; default: the contract's on_fail."),
    Key("message", Text(), "One sentence for the reader of the quarantine."),
    Key("severity", Choice(SEVERITIES), "How much a violation weighs in the score; default: major."),
    Key("dimension", Choice(DIMENSIONS), "What the rule says about the data; default: the kind's."),
    Key("limit", LIMIT, "How many rows of an update may fail: 5 % or 10 rows; a missed limit stops the job's gate."),
    Key("where", Text(), "SQL; rows for which it is not true are not judged."),
    Key("sample", Text(r"[0-9]+(\.[0-9]+)? ?%", "a share like 10 %"), "Judge only this share of the rows, by _row_id."),
    Key("disabled", Text(), "Why the rule is not asked; usually stands under targets."),
)
_COMMON = (
    Key("name", Text(RULE_NAME, "a lower_snake name"), "The rule's name; default: the column's name and what holds."),
    *OPTIONS,
)


@dataclass(frozen=True)
class RuleUse:
    """An entry of a column's `rules`: a name, or a name with its parameters."""

    def check(self, node: Node) -> None:
        """Refuse unknown rules, then check the parameters."""
        kind = rule_kind(node)
        if isinstance(node, ScalarNode):
            self._refuse_missing_parameters(kind, node)
        elif isinstance(node, MapNode):
            parameter_shape(kind, _COMMON).check(node.entries[0].value)

    def _refuse_missing_parameters(self, kind: AnyKind, node: ScalarNode) -> None:
        needed = [key.name for key in kind.parameters if key.required]
        if needed:
            raise MedallionContractError(
                "MED305",
                f"rule {kind.name} needs parameters",
                node.position,
                found=node.text,
                expected=", ".join(needed),
            )

    def schema(self) -> Json:
        """One alternative for each rule of the library."""
        kinds = COLUMN_RULES.values()
        bare = [kind.name for kind in kinds if not any(key.required for key in kind.parameters)]
        return {"anyOf": [{"enum": bare}, *(_form(kind, _COMMON, ()) for kind in kinds)]}


@dataclass(frozen=True)
class NamedRule:
    """An entry of the contract's `rules`: SQL, or a mapping with sql or a rule over several columns or the table."""

    def check(self, node: Node) -> None:
        """Refuse what names neither SQL nor one kind of rule; then check it and the options beside it."""
        kind = named_kind(node)
        if kind is None:
            _SQL_RULE.check(node)
        elif isinstance(node, MapNode):
            key = Key(kind.name, parameter_shape(kind, ()), kind.about)
            Record((key, *OPTIONS), name="a rule").check(node)

    def schema(self) -> Json:
        """SQL, or one alternative for each rule that stands here."""
        forms = [_form(kind, (), OPTIONS) for kind in TABLE_WIDE_RULES.values()]
        return {"anyOf": [_SQL_RULE.schema(), *forms]}


def _form(kind: AnyKind, inner: tuple[Key, ...], beside: tuple[Key, ...]) -> Json:
    form = {**parameter_shape(kind, inner).schema(), "description": kind.about}
    options = {key.name: {**key.shape.schema(), "description": key.about} for key in beside}
    return {
        "type": "object",
        "properties": {kind.name: form, **options},
        "required": [kind.name],
        "additionalProperties": False,
    }


def named_kind(node: Node) -> RowRuleKind | TableRuleKind | None:
    """The kind that a mapping under the contract's `rules` names; None for a rule in SQL."""
    entries = node.entries if isinstance(node, MapNode) else ()
    found = [TABLE_WIDE_RULES[entry.key] for entry in entries if entry.key in TABLE_WIDE_RULES]
    return found[0] if found else None


def rule_kind(node: Node) -> RuleKind | TableRuleKind:
    """The kind of rule that an entry of a column's `rules` names."""
    if isinstance(node, ScalarNode) and isinstance(node.value, str):
        name, position = node.value, node.position
    elif isinstance(node, MapNode) and len(node.entries) == 1:
        name, position = node.entries[0].key, node.entries[0].position
    else:
        raise wrong_value(node, "the name of one rule, or `name: parameters`")
    if name not in COLUMN_RULES:
        raise MedallionContractError(
            "MED306",
            f"unknown rule {name}",
            position,
            found=name,
            expected="a rule that `medallion rules` lists",
            help=did_you_mean(name, tuple(COLUMN_RULES)),
        )
    return COLUMN_RULES[name]


def rule_parameters(kind: AnyKind) -> OneOf:
    """The shape of a rule's parameters alone."""
    return parameter_shape(kind, ())


def parameter_shape(kind: AnyKind, common: tuple[Key, ...]) -> OneOf:
    """The shape of what stands behind a rule's name: the short form, or a mapping of parameters."""
    record = Record((*kind.parameters, *common), name=f"parameters of {kind.name}")
    main = next((key.shape for key in kind.parameters if key.name == kind.main), None)
    hint = " | ".join(key.name for key in kind.parameters) or "name | on_fail | message"
    if isinstance(main, ListOf):
        return OneOf(items=main, mapping=record, hint=f"a list, or a mapping with {hint}")
    return OneOf(
        scalar=main, mapping=record, hint=f"a value, or a mapping with {hint}" if main else f"a mapping with {hint}"
    )


_COLUMN = Record(
    (
        Key("type", Text(), "SQL type; a value that does not cast fails <column>_typed.", required=True),
        Key("description", Text(), "One sentence; becomes the column's comment."),
        Key("rules", ListOf(RuleUse()), "Rules of the library, see docs/rules.md."),
        Key("class", Choice(CLASSES), "Classification; pii is masked for everyone outside the role pii_readers."),
        Key(
            "format",
            Text(r"[A-Za-z0-9 '/:.,_+\-]+", "a date pattern"),
            "How text becomes a date or timestamp: dd.MM.yyyy",
        ),
        Key(
            "normalize",
            ListOf(PatternUse(), minimum=1),
            "Patterns applied before types and rules, see docs/normalization.md.",
        ),
    ),
    name="a column: {type: …}",
)
_SQL_RULE = OneOf(
    scalar=Text(),
    mapping=Record(
        (
            Key("sql", Text(), "What must hold; NULL is a violation.", required=True),
            *OPTIONS,
        ),
        name="a rule",
    ),
    hint="SQL, or a mapping with sql",
)
_SOURCE = Text(rf"{NAME}(\.{NAME})?", "a view, or layer.table")
_MODE = Choice(("split", "flag", "tag"))
_QUARANTINE = OneOf(
    scalar=_MODE,
    mapping=Record(
        (
            Key("mode", _MODE, "split: a table of its own (default); flag: _is_valid, _validation_errors; tag: _tags."),
            Key("stored", Flag(), "false: the verdict is not stored but made by both readers of a view; split only."),
        ),
        name="quarantine",
    ),
    hint="split, flag or tag, or a mapping with mode and stored",
)
_PERCENT = Text(r"[0-9]+(\.[0-9]+)? ?%", "a percentage like 20 %")
_HISTORY = Record(
    (
        Key("type", Choice((1, 2)), "1 keeps the newest row of each key, 2 every version.", required=True),
        Key(
            "sequence_by",
            OneOf(scalar=Text(NAME, "a column name"), items=NAMES, hint="a column or a list of columns"),
            "The columns that put events of one key in order.",
        ),
        Key("snapshot_by", Text(NAME, "a column name"), "The column that names and orders whole snapshots."),
        Key("most_keys_lost", _PERCENT, "Snapshots: one that lacks more of the keys before is refused as a whole."),
        Key("refuse_when", Text(), "Snapshots: SQL that is true for a row which shows that its snapshot is not whole."),
        Key("delete_when", Text(), "SQL that is true for an event that deletes its key."),
        Key("truncate_when", Text(), "SQL that is true for an event that empties the table; type 1 only."),
        Key("not_stored", NAMES, "Columns the events need and the table does not."),
        Key("track", NAMES, "Type 2: columns whose change opens a version; default: all but keys and sequence."),
        Key("effective_from", Text(NAME, "a column name"), "What readers call the begin of a version."),
        Key("effective_to", Text(NAME, "a column name"), "What readers call the end of a version."),
        Key("current_flag", Text(NAME, "a column name"), "What readers call the mark of the newest version."),
    ),
    name="history",
)
_ROWS = OneOf(
    scalar=Number(whole=True),
    mapping=Record(
        (
            Key("min", Number(whole=True), "At least so many rows."),
            Key("max", Number(whole=True), "At most so many rows."),
        ),
        name="rows",
    ),
    hint="the least number of rows, or a mapping with min and max",
)
AGE = Text(r"[0-9]+ ?(m|h|d|min|minutes?|hours?|days?)", "an age like 24h or 2 days")
_FRESHNESS = OneOf(
    scalar=AGE,
    mapping=Record(
        (
            Key("within", AGE, "The greatest age of the newest row.", required=True),
            Key("column", Text(NAME, "a column name"), "Whose newest value counts; default: _ingestion_timestamp."),
        ),
        name="freshness",
    ),
    hint="an age, or a mapping with within and column",
)
_LIMITS = Record(
    (
        Key("quarantined", LIMIT, "How many rows of an update may be quarantined: 10 % or 5 rows."),
        Key("failed", LIMIT, "How many verdicts of all rules may be a miss, warnings too: 1 % or 20."),
        Key("freshness", _FRESHNESS, "How old the newest row may be."),
        Key(
            "completeness",
            PERCENT,
            "Share of the values that must be filled, over all columns.",
        ),
        Key("rows", _ROWS, "How many rows the table must have."),
    ),
    name="limits",
)
_GOVERNANCE = Record(
    (
        Key(
            "read",
            ListOf(Text(NAME, "a role name")),
            "Roles that may read; the variable group_<role> says which group.",
        ),
        Key(
            "retention",
            Text(r"[0-9]+ ?(days?|months?|years?)", "a period like 7 years"),
            "How long rows are kept; a tag.",
        ),
        Key("tags", MapOf(Text(), NAME, "a tag name"), "Tags of the table."),
        Key("steward", Text(), "Who answers questions about the data; a tag."),
        Key("default_class", Choice(CLASSES), "Classification of columns that state none."),
        Key("catalog", CATALOG, "The data catalog that lists the table."),
    ),
    name="governance",
)

CONTRACT = Record(
    (
        Key(
            "table",
            Text(f"{NAME}\\.{NAME}", "layer.table, like silver.orders"),
            "Layer and name of the table.",
            required=True,
        ),
        Key(
            "from",
            OneOf(scalar=_SOURCE, items=ListOf(_SOURCE, minimum=1), hint="a view, layer.table, or a list of them"),
            "The conformed view the table is made from, or several; without it an SQL file makes the table.",
        ),
        Key("description", Text(), "One sentence; becomes the table's comment."),
        Key("owner", Text(), "The team that answers for the table; a tag."),
        Key("keys", NAMES, "Columns that identify a row; each implies <column>_present."),
        Key("history", _HISTORY, "Keep the newest row of each key, or every version."),
        Key(
            "columns",
            MapOf(_COLUMN, _COLUMN_NAME, "a column name of letters, digits and _ that begins with a letter"),
            "Every column, in the order of the table.",
            required=True,
        ),
        Key(
            "carry",
            OneOf(
                items=ListOf(Text("_[A-Za-z0-9_]+", "a name that begins with _")),
                mapping=MapOf(Text(), "_[A-Za-z0-9_]+", "a name that begins with _"),
                hint="a list of names, or name: type",
            ),
            "Metadata columns carried through; default: _row_id, _source_file, _ingestion_timestamp, _batch_id, "
            "_rescued_data.",
        ),
        Key("rules", MapOf(NamedRule(), RULE_NAME, "a lower_snake name"), "name: what must hold, in SQL."),
        Key("on_fail", Choice(ON_FAIL), "What happens to a row that fails a rule; default: quarantine."),
        Key("quarantine", _QUARANTINE, "Where rows go that fail a rule."),
        Key("kind", Choice(("streaming_table", "materialized_view")), "What is made; default: streaming_table."),
        Key("backfill", _SOURCE, "A batch view that feeds the table once, beside the streams of from."),
        Key("version", Text(), "The contract's own version; stands in _contract_version before the hash of its rules."),
        Key("limits", _LIMITS, "What an update must keep to; missed limits fail the job's gate, not the update."),
        Key("governance", _GOVERNANCE, "Who may read, how long rows are kept, tags."),
        *SECTION_KEYS,
    ),
    name="a contract",
)
