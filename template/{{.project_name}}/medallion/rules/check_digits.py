"""Check digits as SQL over text that already has its form: sums with weights, Luhn, ISO 7064, Verhoeff.

Each takes SQL for the text and names it once inside a function of higher order. No function here raises: signs
become numbers by their place in a list of signs. Formulas: ISO/IEC 7812-1 (Luhn), ISO 7064, Verhoeff (1969).

>>> weighted_sum("n", (3, 1))
'aggregate(sequence(0, 1), 0, (_sum, _at) -> _sum + get(array(3, 1), _at) * (ascii(substr(n, _at + 1, 1)) - 48))'
"""

from __future__ import annotations

from collections.abc import Iterable

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALPHANUMERIC = DIGITS + LETTERS
# The digits in the order of what is left of their double: 0, 5 (10: 1 + 0), 1 (2), 6 (12: 1 + 2), …
_DOUBLED = "0516273849"
_VERHOEFF_PRODUCT = (
    "0123456789123406789523401789563401289567401239567859876043216598710432765982104387659321049876543210"
)
_VERHOEFF_PLACES = "01234567891576283094580379614289160435279453126870428657390127938064157046913258"


def digit(text: str, at: int) -> str:
    """SQL: the digit at this place, counted from 1."""
    return f"(ascii(substr({text}, {at}, 1)) - 48)"


def whole(text: str, first: int, length: int) -> str:
    """SQL: the digits from this place on as one number; NULL where they are none."""
    return f"try_cast(substr({text}, {first}, {length}) AS BIGINT)"


def numbers(values: Iterable[int]) -> str:
    """SQL: an array of numbers."""
    return f"array({', '.join(map(str, values))})"


def weighted_sum(text: str, weights: tuple[int, ...], first: int = 1) -> str:
    """SQL: the sum of digit times weight, beginning at the sign `first`."""
    sign = f"ascii(substr({text}, _at + {first}, 1)) - 48"
    return (
        f"aggregate(sequence(0, {len(weights) - 1}), 0, (_sum, _at) -> _sum + get({numbers(weights)}, _at) * ({sign}))"
    )


def luhn_sum(text: str, length: str | int, first: int = 1) -> str:
    """SQL: the Luhn sum of `length` digits; every second from the right, beginning with the last but one, doubled."""
    order = f"CASE WHEN ({length} - _at) % 2 = 0 THEN '{DIGITS}' ELSE '{_DOUBLED}' END"
    place = f"substr({text}, _at + {first - 1}, 1)" if first > 1 else f"substr({text}, _at, 1)"
    return f"aggregate(sequence(1, {length}), 0, (_sum, _at) -> _sum + instr({order}, {place}) - 1)"


def luhn(text: str, length: str | int, first: int = 1) -> str:
    """SQL: the last digit is the check digit of Luhn."""
    return f"{luhn_sum(text, length, first)} % 10 = 0"


def alphanumeric_values(text: str, length: str | int, place: str = "_at") -> str:
    """SQL: an array of the signs' values, A = 10 to Z = 35; `place` says which sign stands at `_at`."""
    return f"transform(sequence(1, {length}), _at -> instr('{ALPHANUMERIC}', substr({text}, {place}, 1)) - 1)"


def mod_97(values: str) -> str:
    """SQL: the rest by 97 of the number that the values make when written one after the other (ISO 7064, 97-10)."""
    return f"aggregate({values}, 0, (_sum, _d) -> (_sum * CASE WHEN _d > 9 THEN 100 ELSE 10 END + _d) % 97)"


def mod_11_10(text: str, length: int, first: int = 1) -> str:
    """SQL: the last of `length` digits is the check digit of ISO 7064, 11-10."""
    sign = f"(ascii(substr({text}, _at + {first}, 1)) - 48 + _p) % 10"
    product = f"CASE WHEN {sign} = 0 THEN 9 ELSE {sign} * 2 % 11 END"
    rest = f"aggregate(sequence(0, {length - 2}), 10, (_p, _at) -> {product})"
    return f"({rest} + {digit(text, first + length - 1)}) % 10 = 1"


def mod_11_2(text: str, length: int) -> str:
    """SQL: the last of `length` signs is the check sign of ISO 7064, 11-2; X stands for 10."""
    body = f"(_sum + ascii(substr({text}, _at, 1)) - 48) * 2 % 11"
    rest = f"aggregate(sequence(1, {length - 1}), 0, (_sum, _at) -> {body})"
    return f"({rest} + instr('{DIGITS}X', substr({text}, {length}, 1)) - 1) % 11 = 1"


def verhoeff(text: str, length: int) -> str:
    """SQL: the last of `length` digits is the check digit of Verhoeff."""
    turned = f"substr('{_VERHOEFF_PLACES}', _at % 8 * 10 + ascii(substr({text}, {length} - _at, 1)) - 47, 1)"
    product = f"ascii(substr('{_VERHOEFF_PRODUCT}', _sum * 10 + ascii({turned}) - 47, 1)) - 48"
    return f"aggregate(sequence(0, {length - 1}), 0, (_sum, _at) -> {product}) = 0"
