"""Numbers of products and publications: `ean`, `isbn`, `issn`. Check digits of GS1, ISO 2108 and ISO 3297."""

from __future__ import annotations

from ..yaml_files.shapes import Choice, Key
from .check_digits import DIGITS, weighted_sum
from .forms import examples, form_kind, made_once, shaped
from .kinds import Example, Parameters, RuleKind, Subject, number_of

_EAN_WEIGHTS = {8: (3, 1, 3, 1, 3, 1, 3, 1), 13: (1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1)}


def ean_check(text: str, length: int) -> str:
    """SQL: the last digit is the check digit of GS1, for numbers of 8 and of 13 digits."""
    return f"{weighted_sum(text, _EAN_WEIGHTS[length])} % 10 = 0"


def _ean_of(text: str, length: int) -> str:
    return shaped(text, rf"^\d{{{length}}}\z", length, ean_check(text, length))


def _ean(subject: Subject, parameters: Parameters) -> str:
    length = number_of(parameters, "digits")
    if length:
        return _ean_of(subject.sql, int(length))
    return f"({_ean_of(subject.sql, 8)} OR {_ean_of(subject.sql, 13)})"


def _ean_message(column: str, parameters: Parameters) -> str:
    length = number_of(parameters, "digits")
    return f"{column} must be an EAN of {length} digits." if length else f"{column} must be an EAN of 8 or 13 digits."


def _old_check(text: str, length: int) -> str:
    """SQL: the sum with falling weights is a multiple of 11; X stands for 10."""
    weights = tuple(range(length, 1, -1))
    last = f"instr('{DIGITS}X', substr({text}, {length}, 1)) - 1"
    return f"({weighted_sum(text, weights)} + {last}) % 11 = 0"


def _isbn_form(text: str, form: int) -> str:
    plain = f"translate({text}, '- ', '')"
    if form == 10:
        return shaped(text, r"^(\d[- ]?){9}[\dX]\z", 13, made_once(plain, _old_check("_x", 10)))
    return shaped(text, r"^97[89][- ]?(\d[- ]?){9}\d\z", 17, made_once(plain, ean_check("_x", 13)))


def _isbn(subject: Subject, parameters: Parameters) -> str:
    form = number_of(parameters, "digits")
    if form:
        return _isbn_form(subject.sql, int(form))
    return f"({_isbn_form(subject.sql, 13)} OR {_isbn_form(subject.sql, 10)})"


def _isbn_message(column: str, parameters: Parameters) -> str:
    form = number_of(parameters, "digits")
    return f"{column} must be an ISBN of {form} digits." if form else f"{column} must be an ISBN."


def _issn(text: str) -> str:
    check = made_once(f"replace({text}, '-', '')", _old_check("_x", 8))
    return shaped(text, r"^\d{4}-\d{3}[\dX]\z", 9, check)


EAN = RuleKind(
    name="ean",
    suffix="ean",
    about="Text is the number of a trade item, EAN-8 or EAN-13, with its check digit.",
    condition=_ean,
    message=_ean_message,
    parameters=(Key("digits", Choice((8, 13)), "Only numbers of this length; default: both."),),
    main="digits",
    families=("string",),
    examples=(
        *examples(
            ("4006381333931", "73513537"),
            ("4006381333932", "73513538", "400638133393", "40063813 33931", "4006381333931\n", ""),
        ),
        *examples(("4006381333931",), ("73513537",), {"digits": 13}),
        *examples(("73513537",), ("4006381333931",), {"digits": 8}),
        Example(None, True, {}),
    ),
)
ISBN = RuleKind(
    name="isbn",
    suffix="isbn",
    about="Text is an ISBN of 10 or 13 digits with its check digit; hyphens and single blanks may part the groups.",
    condition=_isbn,
    message=_isbn_message,
    parameters=(Key("digits", Choice((10, 13)), "Only this form; default: both."),),
    main="digits",
    families=("string",),
    examples=(
        *examples(
            ("9783161484100", "978-3-16-148410-0", "0306406152", "0-8044-2957-X", "99921 58 10 7"),
            ("9783161484101", "0306406153", "9773161484103", "978--3-16-148410-0", "080442957x", "0306406152\n", ""),
        ),
        *examples(("978-3-16-148410-0",), ("0306406152",), {"digits": 13}),
        *examples(("0306406152",), ("9783161484100",), {"digits": 10}),
        Example(None, True, {}),
    ),
)
RULES = (
    EAN,
    ISBN,
    form_kind(
        "issn",
        "Text is the number of a serial publication with its hyphen and check digit.",
        "an ISSN",
        _issn,
        holds=("0378-5955", "2434-561X"),
        fails=("0378-5954", "03785955", "2434-561x", "0378-5955\n", ""),
    ),
)
