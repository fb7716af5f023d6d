"""What defaults and the overlays of targets may say: how strict a contract is, never what it makes."""

from __future__ import annotations

from dataclasses import dataclass

from ..yaml_files.positions import MapNode, Node
from ..yaml_files.shapes import Json, Key, ListOf, MapOf, Record
from .section_shapes import NAME
from .shape import CONTRACT, OPTIONS, RULE_NAME, NamedRule, RuleUse, named_kind

_SHARED = ("owner", "on_fail", "limits", "evolution", "performance", "compliance", "monitoring", "testing")
_ONLY_DEFAULTS = ("quarantine", "carry", "governance")
_KEYS = {key.name: key for key in CONTRACT.keys}


@dataclass(frozen=True)
class OverlayRule:
    """Options for a rule that is there, or a whole rule."""

    def check(self, node: Node) -> None:
        """Refuse what is neither."""
        is_options = isinstance(node, MapNode) and named_kind(node) is None and node.get("sql") is None
        (_RULE_OPTIONS if is_options else NamedRule()).check(node)

    def schema(self) -> Json:
        """Options, or a whole rule."""
        return {"anyOf": [_RULE_OPTIONS.schema(), NamedRule().schema()]}


_RULE_OPTIONS = Record(OPTIONS, name="options of a rule")
_OVERLAY_COLUMN = Record(
    (
        Key("description", _KEYS["description"].shape, "One sentence about the column."),
        Key("rules", ListOf(RuleUse()), "Rules to change, by their name or kind, and further ones."),
    ),
    name="a column: {rules: …}",
)
_STRICTNESS = tuple(_KEYS[name] for name in _SHARED)
DEFAULT_TARGET = Record(_STRICTNESS, name="an overlay")
OVERLAY = Record(
    (
        *_STRICTNESS,
        Key("columns", MapOf(_OVERLAY_COLUMN, NAME, "a column name"), "Rules of columns that are there."),
        Key(
            "rules",
            MapOf(OverlayRule(), RULE_NAME, "the name of a rule"),
            "name: options for a rule of the contract or of a column, or a further rule.",
        ),
    ),
    name="an overlay",
)
DEFAULTS = Record(
    (
        *_STRICTNESS,
        *(_KEYS[name] for name in _ONLY_DEFAULTS),
        Key("targets", MapOf(DEFAULT_TARGET, ".+", "a target"), "What one target states otherwise."),
    ),
    name="defaults",
)
TARGETS = Key(
    "targets", MapOf(OVERLAY, ".+", "a target of databricks.yml"), "What one target states otherwise: how strict it is."
)
CONTRACT_FILE = Record((*CONTRACT.keys, TARGETS), name=CONTRACT.name)
