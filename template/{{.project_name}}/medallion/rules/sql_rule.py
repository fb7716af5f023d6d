"""Rules written as SQL: refused where they may raise or look past the row, wrapped so that NULL is a violation.

Text alone does not tell every expression that may raise; what is refused here are the forms that do in
practice. docs/contracts.md lists what remains the author's business (overflow of wide decimals, for one).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..errors import did_you_mean
from ..sql.column_types import ColumnType
from ..sql.words import UnreadableSql, Word, split_words, word_set
from .kinds import ColumnUnknown, RuleRefused

_SAFE_FORM = {
    "cast": "try_cast",
    "to_date": "try_to_date",
    "to_timestamp": "try_to_timestamp",
    "to_number": "try_to_number",
    "to_binary": "try_to_binary",
    "element_at": "try_element_at",
    "mod": "try_mod",
    "div": "try_divide",
    "parse_url": "try_parse_url",
    "url_decode": "try_url_decode",
    "make_timestamp": "try_make_timestamp",
    "make_date": "try_to_date",
    "parse_json": "try_parse_json",
    "to_unix_timestamp": "try_to_timestamp",
    "unix_timestamp": "try_to_timestamp",
    "date": "try_cast",
    "timestamp": "try_cast",
    "int": "try_cast",
    "bigint": "try_cast",
    "double": "try_cast",
    "decimal": "try_cast",
    "conv": "try_to_number",
}
_SIGN_ADVICE = {"/": "try_divide(a, b)", "%": "try_mod(a, b)", "::": "try_cast(a AS type)", "[": "get(array, index)"}
_INTEGER_ADVICE = {"+": "try_add(a, b)", "-": "try_subtract(a, b)", "*": "try_multiply(a, b)"}
_PAST_THE_ROW = word_set(
    "select over count count_if sum avg mean min max first last any_value collect_list collect_set explode "
    "row_number rank dense_rank lag lead stddev variance percentile approx_count_distinct"
)
_CHANGING = word_set("rand randn random randstr uniform uuid shuffle monotonically_increasing_id")
_RAISING = word_set("raise_error assert_true")
_COMPARISONS = frozenset(("=", "==", "<", ">", "<=", ">=", "<>", "!=", "<=>"))
_SQL_WORDS = word_set(
    "and or not null is in like ilike rlike regexp between case when then else end true false unknown "
    "interval distinct from escape any some all as div using current_date current_timestamp current_user "
    "session_user localtimestamp date timestamp timestamp_ntz string boolean tinyint smallint int integer "
    "bigint long float double decimal binary array map struct year years month months day days hour hours "
    "minute minutes second seconds week weeks quarter millisecond milliseconds microsecond microseconds "
    "to both leading trailing for dayofweek doy dow "
)


def check_sql(sql: str, columns: Mapping[str, ColumnType], what: str) -> tuple[str, ...]:
    """The columns that `sql` reads, once each and in their order there; refused SQL raises RuleRefused.

    `columns` holds every column a rule may read, by its name in lower case.
    """
    words = _words(sql, what)
    _refuse_unbalanced(words, sql, what)
    _refuse_forms(words, columns, what)
    return _columns_read(words, columns, what)


def names_in(sql: str) -> tuple[str, ...]:
    """The names in `sql` that can only be columns, once each; none where it is not readable.

    >>> names_in("start_date < end_date AND lower(status) = 'open'")
    ('start_date', 'end_date', 'status')
    """
    try:
        words = split_words(sql)
    except UnreadableSql:
        return ()
    free = _lambda_names(words)
    names = [
        word.text.strip("`")
        for word in _possible_columns(words)
        if word.lower not in free and (word.kind == "quoted" or word.lower not in _SQL_WORDS)
    ]
    return tuple(dict.fromkeys(name for name in names if not name.startswith("_")))


def total(condition: str) -> str:
    """The condition with NULL turned into false.

    >>> total("a > b")
    'coalesce(a > b, false)'
    """
    return f"coalesce({condition}, false)"


def _words(sql: str, what: str) -> tuple[Word, ...]:
    try:
        words = split_words(sql)
    except UnreadableSql as error:
        raise RuleRefused(f"{what} is not readable as SQL", found=str(error), expected="a Boolean expression") from None
    if "${" in sql:
        raise RuleRefused(f"{what} is one expression", found="${", expected="no ; and no ${…}")
    if not words:
        raise RuleRefused(f"{what} is empty", found="nothing", expected="a Boolean expression")
    return words


def _refuse_unbalanced(words: Sequence[Word], sql: str, what: str) -> None:
    open_signs: list[str] = []
    partner = {")": "(", "]": "["}
    for word in words:
        if word.text in ("(", "["):
            open_signs.append(word.text)
        elif word.text in partner and (not open_signs or open_signs.pop() != partner[word.text]):
            raise RuleRefused(f"{what} closes a bracket that is not open", found=sql, expected="balanced brackets")
        elif word.text in (";", "{", "}", "$"):
            raise RuleRefused(f"{what} is one expression", found=word.text, expected="no ; and no ${…}")
    if open_signs:
        raise RuleRefused(f"{what} does not close a bracket", found=sql, expected="balanced brackets")


def _refuse_forms(words: Sequence[Word], columns: Mapping[str, ColumnType], what: str) -> None:
    for index, word in enumerate(words):
        before = words[index - 1] if index else None
        after = words[index + 1] if index + 1 < len(words) else None
        if word.kind == "sign":
            _refuse_sign(word, _type_of(before, columns), _type_of(after, columns), what)
            _refuse_mixed_comparison(word, before, after, columns, what)
        elif word.kind == "word":
            _refuse_word(word, is_call=after is not None and after.text == "(", what=what)


def _refuse_word(word: Word, is_call: bool, what: str) -> None:
    name = word.lower
    if name in _SAFE_FORM and (is_call or name == "div"):
        raise RuleRefused(
            f"{what} may raise an error",
            found=word.text,
            expected="an expression that never raises",
            help=f"use {_SAFE_FORM[name]}",
        )
    if (name in _CHANGING or name in _RAISING) and is_call:
        raise RuleRefused(f"{what} must give the same answer each time", found=word.text, expected="no such function")
    if name in _PAST_THE_ROW and (is_call or name in ("select", "over")):
        raise RuleRefused(
            f"{what} looks past the row", found=word.text, expected="an expression over the columns of one row"
        )


def _refuse_sign(word: Word, left: ColumnType | None, right: ColumnType | None, what: str) -> None:
    advice = _SIGN_ADVICE.get(word.text)
    if any(side is not None and side.family == "integer" for side in (left, right)):
        advice = advice or _INTEGER_ADVICE.get(word.text)
    if advice:
        raise RuleRefused(
            f"{what} may raise an error",
            found=word.text,
            expected="an expression that never raises",
            help=f"use {advice}",
        )


def _refuse_mixed_comparison(
    sign: Word, left: Word | None, right: Word | None, columns: Mapping[str, ColumnType], what: str
) -> None:
    if sign.text not in _COMPARISONS or left is None or right is None:
        return
    for text_side, other in ((left, right), (right, left)):
        text_type, other_type = _type_of(text_side, columns), _type_of(other, columns)
        is_other = other.kind == "number" or (other_type is not None and not other_type.is_text)
        if text_type is not None and text_type.is_text and is_other:
            raise RuleRefused(
                f"{what} compares text with another type, which casts and may raise",
                found=f"{left.text} {sign.text} {right.text}",
                expected="two sides of one type",
                help=f"give {text_side.text} its type in columns, or use try_cast",
            )


def _type_of(word: Word | None, columns: Mapping[str, ColumnType]) -> ColumnType | None:
    return columns.get(word.lower) if word is not None and word.is_name else None


def _columns_read(words: Sequence[Word], columns: Mapping[str, ColumnType], what: str) -> tuple[str, ...]:
    free = _lambda_names(words)
    read: list[str] = []
    for word in _possible_columns(words):
        if word.lower in columns:
            read += [word.lower] if word.lower not in read else []
        elif word.lower not in free and (word.kind == "quoted" or word.lower not in _SQL_WORDS):
            raise ColumnUnknown(
                f"{what} reads a column the contract does not have",
                found=word.text,
                expected=", ".join(columns),
                help=did_you_mean(word.text, tuple(columns)),
            )
    return tuple(read)


def _possible_columns(words: Sequence[Word]) -> Iterator[Word]:
    """Names that are neither functions nor fields of a struct."""
    for index, word in enumerate(words):
        is_call = index + 1 < len(words) and words[index + 1].text == "("
        is_field = index > 0 and words[index - 1].text == "."
        if word.is_name and not is_field and not (word.kind == "word" and is_call):
            yield word


def _lambda_names(words: Sequence[Word]) -> frozenset[str]:
    names: set[str] = set()
    for index, word in enumerate(words):
        if word.text == "->" and index:
            names.update(_names_before_arrow(words, index))
    return frozenset(names)


def _names_before_arrow(words: Sequence[Word], arrow: int) -> set[str]:
    if words[arrow - 1].text != ")":
        return {words[arrow - 1].lower}
    start = arrow - 2
    while start > 0 and words[start].text != "(":
        start -= 1
    return {word.lower for word in words[start:arrow] if word.is_name}
