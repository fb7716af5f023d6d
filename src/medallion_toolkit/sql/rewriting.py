"""Change SQL text by position: what is not replaced stays exactly as its author wrote it."""

from __future__ import annotations

from collections.abc import Sequence

from medallion_toolkit.model import Span


def rewrite(text: str, replacements: Sequence[tuple[Span, str]]) -> str:
    """`text` with each span replaced; a replacement gets the line ends its span had, so lines keep their numbers.

    A span inside another replaced span is dropped with it.
    """
    parts: list[str] = []
    at = 0
    for span, replacement in sorted(replacements, key=lambda item: (item[0].start, -item[0].end)):
        if span.start < at:
            continue
        missing = text.count("\n", span.start, span.end) - replacement.count("\n")
        parts += [text[at : span.start], replacement, "\n" * max(missing, 0)]
        at = span.end
    return "".join([*parts, text[at:]])
