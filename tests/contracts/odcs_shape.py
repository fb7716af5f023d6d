"""What the Open Data Contract Standard v3.1 asks of the parts that an export has: keys, words, one comparison each."""

from __future__ import annotations

TEXT = {"type": "string"}
WHOLE = {"type": "integer"}
FLAG = {"type": "boolean"}
NUMBER = {"type": "number"}


def closed(needed: tuple[str, ...], /, **properties: object) -> dict[str, object]:
    return {"type": "object", "properties": properties, "required": list(needed), "additionalProperties": False}


CUSTOM = {"type": "array", "items": closed(("property", "value"), property=TEXT, value={}, description=TEXT)}
COMPARISONS = {
    "mustBe": {},
    "mustBeGreaterOrEqualTo": NUMBER,
    "mustBeLessOrEqualTo": NUMBER,
    "mustBeBetween": {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2, "uniqueItems": True},
}
ONE_COMPARISON = {"oneOf": [{"required": [name]} for name in COMPARISONS]}
QUALITY = {
    "type": "array",
    "items": {
        **closed(
            (),
            name=TEXT,
            type={"enum": ["text", "library", "sql", "custom"]},
            metric={"enum": ["nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount"]},
            arguments={"type": "object"},
            query=TEXT,
            engine=TEXT,
            implementation={"type": ["string", "object"]},
            description=TEXT,
            severity=TEXT,
            dimension={
                "enum": [
                    "accuracy",
                    "completeness",
                    "conformity",
                    "consistency",
                    "coverage",
                    "timeliness",
                    "uniqueness",
                ]
            },
            unit=TEXT,
            customProperties=CUSTOM,
            **COMPARISONS,
        ),
        "anyOf": [
            {"required": ["metric"], **ONE_COMPARISON},
            {"required": ["type", "query"], "properties": {"type": {"const": "sql"}}, **ONE_COMPARISON},
            {"required": ["type", "engine", "implementation"], "properties": {"type": {"const": "custom"}}},
        ],
    },
}
OPTIONS = {
    "string": closed((), minLength=WHOLE, maxLength=WHOLE, pattern=TEXT, format=TEXT),
    "integer": closed(
        (),
        minimum=NUMBER,
        maximum=NUMBER,
        exclusiveMinimum=NUMBER,
        exclusiveMaximum=NUMBER,
        format={"enum": ["i8", "i16", "i32", "i64", "i128", "u8", "u16", "u32", "u64", "u128"]},
    ),
    "number": closed(
        (),
        minimum=NUMBER,
        maximum=NUMBER,
        exclusiveMinimum=NUMBER,
        exclusiveMaximum=NUMBER,
        format={"enum": ["f32", "f64"]},
    ),
    "date": closed((), minimum=TEXT, maximum=TEXT, exclusiveMinimum=TEXT, exclusiveMaximum=TEXT, format=TEXT),
    "timestamp": closed((), minimum=TEXT, maximum=TEXT, exclusiveMinimum=TEXT, exclusiveMaximum=TEXT, format=TEXT),
}
PROPERTY = {
    **closed(
        ("name",),
        name=TEXT,
        logicalType={
            "enum": ["string", "date", "timestamp", "time", "number", "integer", "object", "array", "boolean"]
        },
        physicalType=TEXT,
        logicalTypeOptions={"type": "object"},
        description=TEXT,
        required=FLAG,
        unique=FLAG,
        primaryKey=FLAG,
        primaryKeyPosition=WHOLE,
        classification=TEXT,
        quality=QUALITY,
    ),
    "allOf": [
        {
            "if": {"properties": {"logicalType": {"const": name}}},
            "then": {"properties": {"logicalTypeOptions": options}},
        }
        for name, options in OPTIONS.items()
    ],
}
OBJECT = closed(
    ("name",),
    name=TEXT,
    physicalName=TEXT,
    physicalType=TEXT,
    logicalType={"const": "object"},
    description=TEXT,
    tags={"type": "array", "items": TEXT},
    properties={"type": "array", "items": PROPERTY},
    quality=QUALITY,
)
MEMBER = closed(("username",), username=TEXT, role=TEXT)
SLA = closed(("property", "value"), property=TEXT, value={}, unit=TEXT, element=TEXT)
DOCUMENT = closed(
    ("version", "apiVersion", "kind", "id", "status"),
    apiVersion={"const": "v3.1.0"},
    kind={"const": "DataContract"},
    id=TEXT,
    name=TEXT,
    version=TEXT,
    status=TEXT,
    schema={"type": "array", "items": OBJECT},
    team=closed((), name=TEXT, members={"type": "array", "items": MEMBER}),
    roles={"type": "array", "items": closed(("role",), role=TEXT, access=TEXT)},
    slaProperties={"type": "array", "items": SLA},
    support={"type": "array", "items": closed(("channel",), channel=TEXT, tool=TEXT, scope=TEXT)},
    customProperties=CUSTOM,
)
