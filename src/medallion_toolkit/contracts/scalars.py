"""One value of a contract as YAML: plain where that means the same, else quoted."""

from __future__ import annotations

import re

from medallion_toolkit.contracts.nodes import Scalar

_PLAIN = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_ .<>=()/+*%;@$^~|'-]|:(?=[^ ,\]}]))*\Z")
_AMOUNT = re.compile(r"[0-9]+(\.[0-9]+)? ?(%|[A-Za-z]+)\Z")
_WORD = re.compile(r"(~|null|true|false|y|n|yes|no|on|off)\Z", re.IGNORECASE)
_SINGLE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]*\Z")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def yaml_scalar(node: Scalar) -> str:
    """A scalar node as YAML that reads back to the same value, also inside `{…}`."""
    if not isinstance(node.value, str):
        return node.text
    return quoted(node.value)


def quoted(text: str) -> str:
    """Text as YAML 1.1 and 1.2 both read it.

    >>> quoted("start_date < end_date"), quoted("decimal(12,2)"), quoted("yes"), quoted("24h")
    ('start_date < end_date', '"decimal(12,2)"', '"yes"', '24h')
    """
    if _AMOUNT.match(text):
        return text
    if _PLAIN.match(text) and not text.endswith(" ") and " #" not in text and not _WORD.match(text):
        return text
    if _SINGLE.match(text) and ("\\" in text or '"' in text):
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(_escaped(sign) for sign in text) + '"'


def _escaped(sign: str) -> str:
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    return sign if sign.isprintable() else f"\\U{ord(sign):08x}"
