"""What the sections of a contract may say that both spellings share."""

from __future__ import annotations

from ..yaml_files.shapes import Choice, Flag, Key, ListOf, Number, OneOf, Record, Text

NAME = "[A-Za-z_][A-Za-z0-9_]*"
EVOLUTION_MODES = ("add_nullable", "rescue", "fail", "ignore")
NAMES = ListOf(Text(NAME, "a column name"), minimum=1)


def _columns(about: str) -> OneOf:
    return OneOf(
        items=NAMES,
        mapping=Record((Key("columns", NAMES, about, required=True),), name="a mapping with columns"),
        hint="a list of columns",
    )


_PARTITIONING = OneOf(
    items=NAMES,
    mapping=Record(
        (
            Key("columns", NAMES, "The columns that part the table.", required=True),
            Key("strategy", Text(), "The idea behind it, like time."),
        ),
        name="partitioning",
    ),
    hint="a list of columns, or a mapping with columns and strategy",
)
_CACHING = Record(
    (
        Key("enabled", Flag(), "Whether readers may be served from a cache.", required=True),
        Key("refresh", Text(), "How often the cache is made anew, like daily."),
    ),
    name="caching",
)
PERFORMANCE = Record(
    (
        Key("partitioning", _PARTITIONING, "Columns that part the table's files."),
        Key("z_order", _columns("Columns that are read together."), "Columns that are read together (older layout)."),
        Key("cluster_by", NAMES, "Columns of liquid clustering."),
        Key("caching", _CACHING, "Whether and how often results are kept for readers."),
    ),
    name="performance",
)
REGULATIONS = ListOf(Text("[A-Za-z0-9_-]+", "the short name of a regulation, like gdpr"))
COMPLIANCE_KEYS = (
    Key("regulations", REGULATIONS, "Regulations the table falls under: gdpr, ccpa, sox, hipaa, pci."),
    Key("right_to_be_forgotten", Flag(), "Whether a person may ask for their rows to be erased."),
)
COMPLIANCE = Record(COMPLIANCE_KEYS, name="compliance")
_THRESHOLD = Record(
    (
        Key("min", Number(), "The least value."),
        Key("max", Number(), "The greatest value."),
        Key("warning_threshold", Number(), "The value from which somebody should look."),
    ),
    name="threshold",
)
METRICS = ListOf(
    Record(
        (
            Key("name", Text(NAME, "a name"), "The metric's name.", required=True),
            Key("description", Text(), "One sentence."),
            Key("threshold", _THRESHOLD, "Its limits."),
        ),
        name="a metric",
    )
)
MONITORING = Record(
    (
        Key("channel", Text(), "Where messages about the table go: slack:#data-alerts."),
        Key("metrics", METRICS, "Figures to follow; the number of rows is limited by limits: rows."),
    ),
    name="monitoring",
)
_SCENARIOS = ListOf(
    Record(
        (
            Key("name", Text(NAME, "a name"), "missing_values, schema_changes, data_drift, …", required=True),
            Key("columns", NAMES, "The columns it concerns."),
            Key("compatibility", Choice(("backward", "forward", "full")), "Which readers must still work."),
            Key("threshold", Number(), "How much may differ."),
        ),
        name="a scenario",
    )
)
_GOLDEN = ListOf(
    Record(
        (
            Key("path", Text(), "Where the rows are kept.", required=True),
            Key("purpose", Text(), "What they are kept for, like regression."),
        ),
        name="a golden dataset",
    )
)
TESTING = Record(
    (
        Key("scenarios", _SCENARIOS, "What tests do to the table's input."),
        Key("golden_datasets", _GOLDEN, "Rows known to be right."),
    ),
    name="testing",
)
CATALOG = Record(
    (
        Key("system", Text(), "collibra, purview, datahub, atlan, …", required=True),
        Key("namespace", Text(), "Where the table stands there."),
    ),
    name="catalog",
)
EVOLUTION = Choice(EVOLUTION_MODES)
EVOLUTION_ABOUT = (
    "What a column does that the contract does not have: add_nullable takes it in, rescue keeps it in _rescued_data, "
    "fail stops, ignore leaves it out."
)
SECTION_KEYS = (
    Key("evolution", EVOLUTION, EVOLUTION_ABOUT),
    Key("performance", PERFORMANCE, "How the table is laid out for its readers."),
    Key("compliance", COMPLIANCE, "Regulations the table falls under."),
    Key("monitoring", MONITORING, "Whom to tell, and figures to follow."),
    Key("testing", TESTING, "How the table is tested."),
)
