"""Identifiers that systems make up: `uuid`, `ulid`, `orcid`, `imei`, `vin`."""

from __future__ import annotations

from ..yaml_files.shapes import Choice, Key
from .check_digits import luhn, mod_11_2, numbers
from .forms import examples, form_kind, made_once, matches, shaped
from .kinds import Example, Parameters, RuleKind, Subject, number_of

_HEX = "[0-9a-fA-F]"
# Value of every sign in the order of the alphabet below; weight of every place (49 CFR 565.15).
_VIN_SIGNS = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
_VIN_VALUES = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def _uuid(subject: Subject, parameters: Parameters) -> str:
    version = number_of(parameters, "version")
    middle = f"{version}{_HEX}{{3}}-[89abAB]{_HEX}{{3}}" if version else f"{_HEX}{{4}}-{_HEX}{{4}}"
    return matches(subject.sql, rf"^{_HEX}{{8}}-{_HEX}{{4}}-{middle}-{_HEX}{{12}}\z", 36)


def _uuid_message(column: str, parameters: Parameters) -> str:
    version = number_of(parameters, "version")
    return f"{column} must be a UUID of version {version}." if version else f"{column} must be a UUID."


def _ulid(text: str) -> str:
    return matches(text, r"^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}\z", 26)


def _orcid(text: str) -> str:
    check = made_once(f"replace({text}, '-', '')", mod_11_2("_x", 16))
    return shaped(text, r"^\d{4}-\d{4}-\d{4}-\d{3}[\dX]\z", 19, check)


def _imei(text: str) -> str:
    return shaped(text, r"^\d{15}\z", 15, luhn(text, 15))


def _vin(text: str) -> str:
    product = (
        f"get({numbers(_VIN_VALUES)}, instr('{_VIN_SIGNS}', substr({text}, _at + 1, 1)) - 1) "
        f"* get({numbers(_VIN_WEIGHTS)}, _at)"
    )
    rest = f"aggregate(sequence(0, 16), 0, (_sum, _at) -> _sum + {product}) % 11"
    check = f"substr('0123456789X', {rest} + 1, 1) = substr({text}, 9, 1)"
    return shaped(text, r"^[0-9A-HJ-NPR-Z]{8}[0-9X][0-9A-HJ-NPR-Z]{8}\z", 17, check)


_SOME_UUID = "6f1c8a52-9d3e-4b7a-8c21-0f5e9a7b3d14"

UUID = RuleKind(
    name="uuid",
    suffix="uuid",
    about="Text is a UUID in its usual form with hyphens (RFC 9562).",
    condition=_uuid,
    message=_uuid_message,
    parameters=(Key("version", Choice((1, 2, 3, 4, 5, 6, 7, 8)), "Only this version; default: any, nil too."),),
    main="version",
    families=("string",),
    examples=(
        *examples(
            (_SOME_UUID, _SOME_UUID.upper(), "00000000-0000-0000-0000-000000000000"),
            (_SOME_UUID[:-1], _SOME_UUID.replace("-", ""), _SOME_UUID.replace("a", "g"), _SOME_UUID + "\n", ""),
        ),
        *examples((_SOME_UUID,), (_SOME_UUID.replace("-4", "-7"), _SOME_UUID.replace("-8", "-7")), {"version": 4}),
        Example(None, True, {}),
    ),
)
RULES = (
    UUID,
    form_kind(
        "ulid",
        "Text is a ULID: 26 signs of Crockford's base 32, the first at most 7.",
        "a ULID",
        _ulid,
        holds=("01ARZ3NDEKTSV4RRFFQ69G5FAV", "01arz3ndektsv4rrffq69g5fav"),
        fails=("81ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAU",
               "01ARZ3NDEKTSV4RRFFQ69G5FAV\n", ""),
    ),
    form_kind(
        "orcid",
        "Text is an ORCID iD with its check sign (ISO 7064, 11-2).",
        "an ORCID iD",
        _orcid,
        holds=("0000-0002-1825-0097", "0000-0002-1694-233X"),
        fails=("0000-0002-1825-0098", "0000-0002-1694-233x", "0000000218250097", "0000-0002-1825-0097\n", ""),
    ),
    form_kind(
        "imei",
        "Text is the IMEI of a mobile device: 15 digits with the check digit of Luhn.",
        "an IMEI",
        _imei,
        holds=("490154203237518",),
        fails=("490154203237519", "49015420323751", "49-015420-323751-8", "490154203237518\n", ""),
    ),
    form_kind(
        "vin",
        "Text is a vehicle identification number with the check digit of North America (49 CFR 565.15).",
        "a vehicle identification number",
        _vin,
        holds=("1M8GDM9AXKP042788", "11111111111111111"),
        fails=("1M8GDM9A1KP042788", "1M8GDM9AXKP04278", "1m8gdm9axkp042788", "1M8GDM9AXKPO42788",
               "1M8GDM9AXKP042788\n", ""),
    ),
)  # fmt: skip
