"""Values of settings as a plan shows them: what looks secret, by its name or by itself, is hidden."""

from __future__ import annotations

import re

HIDDEN = "***"
_SECRET_NAME = re.compile(
    r"(?<![a-z])(?:(?:token|secret|password|passwd|pwd|credentials?|sas)(?:_(?:key|value|text|prod|staging|dev))?"
    r"|(?:private|api|access|account|secret|encryption|signing|shared|storage|master)_?key)(?![a-z_])",
    re.IGNORECASE,
)
_NEXT_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SECRET_VALUE = re.compile(
    r"\bdapi[0-9a-f]{16,}|\bdose[0-9a-f]{16,}|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{20,}|\beyJ[\w-]{10,}\.[\w-]{10,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY[\s\S]*|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
    r"|\b(?i:accountkey|sharedaccesskey|sig|password|pwd|secret|token)=(?:\"[^\"]*\"|'[^']*'|[^;&\s]+)"
)
_REFERENCE = re.compile(r"\{\{\s*secrets/[^{}]+\}\}|\$\{[^{}]+\}")


def without_secrets(name: str, value: str) -> str:
    """The value of a setting; references to a secret stay, since they tell where it is and not what it is.

    >>> without_secrets("api_token", "abc"), without_secrets("source", "jdbc:x://ana:pw@db/shop")
    ('***', 'jdbc:x://***@db/shop')
    """
    if _SECRET_NAME.search(_NEXT_WORD.sub("_", name)) and not _REFERENCE.fullmatch(value.strip()):
        return HIDDEN
    return _SECRET_VALUE.sub(HIDDEN, value)
