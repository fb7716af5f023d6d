"""Rules written as SQL: refused where they may raise or look past the row, wrapped so that NULL is a violation.

Text alone does not tell every expression that may raise; what is refused here are the forms that do in
practice. docs/contracts.md lists what remains the author's business (overflow of wide decimals, for one).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

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
    "pmod": "try_mod",
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
    "boolean": "try_cast",
    "tinyint": "try_cast",
    "smallint": "try_cast",
    "int": "try_cast",
    "bigint": "try_cast",
    "float": "try_cast",
    "double": "try_cast",
    "decimal": "try_cast",
    "conv": "try_to_number",
}
_SIGN_ADVICE = {"/": "try_divide(a, b)", "%": "try_mod(a, b)", "::": "try_cast(a AS type)", "[": "get(array, index)"}
_INTEGER_ADVICE = {"+": "try_add(a, b)", "-": "try_subtract(a, b)", "*": "try_multiply(a, b)"}
_PAST_THE_ROW = word_set(
    "select over count count_if sum avg mean min max first last any_value first_value last_value collect_list "
    "collect_set array_agg listagg string_agg min_by max_by median mode percentile percentile_approx "
    "approx_percentile approx_count_distinct try_sum try_avg bool_and bool_or every bit_and bit_or bit_xor corr "
    "covar_pop covar_samp kurtosis skewness std stddev stddev_pop stddev_samp variance var_pop var_samp "
    "explode explode_outer posexplode posexplode_outer inline inline_outer stack json_tuple "
    "row_number rank dense_rank percent_rank cume_dist ntile nth_value lag lead"
)
_CHANGING = word_set("rand randn random randstr uniform uuid shuffle monotonically_increasing_id spark_partition_id")
# What two readers of one row may answer differently: the clock, who runs the update, where it runs.
_SURROUNDINGS = word_set("now curdate user input_file_name current_catalog current_database current_schema")
_SURROUNDINGS_BARE = word_set(
    "current_date current_time current_timestamp current_timezone current_user session_user localtimestamp"
)
_MAY_LOOK_AROUND = re.compile("|".join(sorted(_SURROUNDINGS | _SURROUNDINGS_BARE)), re.IGNORECASE)
_RAISING = word_set("raise_error assert_true")
_COMPARISONS = frozenset(("=", "==", "<", ">", "<=", ">=", "<>", "!=", "<=>"))
_JOINING = frozenset((*_COMPARISONS, "and", "or"))
_UNFINISHED = frozenset((*_JOINING, "+", "-", "*", "||", "&", "|", "^", "!", "not", "like", "ilike", "rlike", "in",
                         "between", "is", "escape", "case", "when", "then", "else"))  # fmt: skip
_NESTED_TYPES = word_set("array map struct")
_NOT_TEXT = word_set("true false date timestamp interval now curdate") | _SURROUNDINGS_BARE
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
    _refuse_unfinished(words, sql, columns, what)
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


def looks_around(sql: str) -> bool:
    """Whether the answer needs more than the row: the time, who asks, where it runs.

    >>> looks_around("ordered_on <= current_date()"), looks_around("current_price > 1"), looks_around("a > 'now()'")
    (True, False, False)
    """
    if not _MAY_LOOK_AROUND.search(sql):
        return False
    words = split_words(sql)
    following = (*(word.text for word in words[1:]), "")
    return any(
        word.kind == "word" and (word.lower in _SURROUNDINGS_BARE or (word.lower in _SURROUNDINGS and behind == "("))
        for word, behind in zip(words, following, strict=True)
    )


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
        elif word.text == "," and not open_signs:
            raise RuleRefused(
                f"{what} is one expression", found=sql, expected="conditions joined with AND or OR, not with a comma"
            )
    if open_signs:
        raise RuleRefused(f"{what} does not close a bracket", found=sql, expected="balanced brackets")


def _refuse_unfinished(words: Sequence[Word], sql: str, columns: Mapping[str, ColumnType], what: str) -> None:
    """Refuse what is no condition, as far as words tell: a value alone, an operator without a side."""
    if len(words) == 1 and (words[0].kind in ("number", "text") or _is_no_boolean(_type_of(words[0], columns))):
        raise RuleRefused(f"{what} is no condition", found=sql, expected="a Boolean expression, like order_amount > 0")
    read = ["(", *_read_words(words, columns), ")"]
    lonely = _lonely_operator(read) or (read[-2] if read[-2] in _UNFINISHED else None)
    if lonely:
        raise RuleRefused(
            f"{what} is not a finished expression", found=sql, expected=f"something on both sides of {lonely.upper()}"
        )
    if read.count("case") != read.count("end"):
        raise RuleRefused(f"{what} is not a finished expression", found=sql, expected="END for each CASE")


def _read_words(words: Sequence[Word], columns: Mapping[str, ColumnType]) -> list[str]:
    """The words in lower case, nothing in the place of text, columns and fields."""
    before = ("", *(word.text for word in words))
    return [
        "" if word.kind in ("text", "quoted") or word.lower in columns or dot == "." else word.lower
        for dot, word in zip(before, words, strict=False)
    ]


def _lonely_operator(read: Sequence[str]) -> str | None:
    """The first operator that lacks a side; none where < and > may belong to a type."""
    if any(word in _NESTED_TYPES and sign == "<" for word, sign in pairwise(read)):
        return None
    around = zip(read, read[1:], read[2:], strict=False)
    return next((word for before, word, behind in around if word in _JOINING and _is_lonely(before, behind)), None)


def _is_no_boolean(column: ColumnType | None) -> bool:
    return column is not None and column.family != "boolean"


def _is_lonely(before: str, behind: str) -> bool:
    """Whether an operator between these words lacks a side."""
    return before in (*_JOINING, "(", ",", "not", "when", "then", "else") or behind in (*_JOINING, ")", ",", "then")


def _refuse_forms(words: Sequence[Word], columns: Mapping[str, ColumnType], what: str) -> None:
    for index, word in enumerate(words):
        before = words[index - 1] if index else None
        after = words[index + 1] if index + 1 < len(words) else None
        if word.kind == "sign":
            _refuse_sign(word, _type_of(before, columns), _type_of(after, columns), what)
            _refuse_mixed_comparison(word, before, _operand(words, index + 1), columns, what)
        elif word.kind == "word" and word.lower in ("in", "between"):
            tested = words[index - 2] if before is not None and before.lower == "not" and index > 1 else before
            _refuse_mixed(word, tested, _operand(words, index + 1 + (word.lower == "in")), columns, what)
        elif word.kind == "word":
            _refuse_word(word, is_call=after is not None and after.text == "(", what=what)


def _operand(words: Sequence[Word], index: int) -> Word | None:
    """The word at this place, behind the sign of a number."""
    place = index + (index < len(words) and words[index].text in ("+", "-"))
    return words[place] if place < len(words) else None


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
    if word.text in _INTEGER_ADVICE and any(side is not None and side.is_text for side in (left, right)):
        advice = "try_cast(text AS type), text in a sum is cast and may raise"
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
    if sign.text in _COMPARISONS:
        _refuse_mixed(sign, left, right, columns, what)


def _refuse_mixed(
    sign: Word, left: Word | None, right: Word | None, columns: Mapping[str, ColumnType], what: str
) -> None:
    if left is None or right is None:
        return
    for text_side, other in ((left, right), (right, left)):
        text_type, other_type = _type_of(text_side, columns), _type_of(other, columns)
        is_typed = other_type is None and other.kind == "word" and other.lower in _NOT_TEXT
        is_other = other.kind == "number" or is_typed or (other_type is not None and not other_type.is_text)
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
