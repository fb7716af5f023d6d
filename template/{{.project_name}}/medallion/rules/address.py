"""Parts of an address: `street_line`, `house_number`, `city_name`, `us_state`."""

from __future__ import annotations

from ..yaml_files.shapes import Flag, Key
from .forms import among, examples, form_kind, matches
from .kinds import Example, Parameters, RuleKind, Subject
from .word_lists import SUBDIVISIONS, US_TERRITORIES

_STREET_SIGNS = r"[\p{L}\p{M}\p{Nd} .,'’#&()/ªº°-]"


def _street_line(text: str) -> str:
    return matches(text, rf"^(?=.*\p{{L}}{{2}})[\p{{L}}\p{{Nd}}#]{_STREET_SIGNS}{{2,99}}\z", 100)


def _house_number(text: str) -> str:
    return matches(text, r"^[1-9]\d{0,4}( ?[A-Za-z]| ?1/[2-4])?( ?[-/] ?\d{1,5} ?[A-Za-z]?){0,3}\z", 20)


def _city_name(text: str) -> str:
    return matches(text, r"^['’]?\p{L}[\p{L}\p{M}]*([ '’./()-]{1,2}[\p{L}\p{M}]+){0,11}[.)]?\z", 85)


def _us_state(subject: Subject, parameters: Parameters) -> str:
    territories = US_TERRITORIES if parameters.get("territories") is True else ()
    states = [code for code in SUBDIVISIONS["US"] if code not in US_TERRITORIES]
    return among(subject.sql, (*states, *territories))


def _us_state_message(column: str, parameters: Parameters) -> str:
    more = " or territory" if parameters.get("territories") is True else ""
    return f"{column} must be the code of a state{more} of the United States."


US_STATE = RuleKind(
    name="us_state",
    suffix="us_state",
    about="Text is the code of a state of the United States or DC, as the postal service writes it.",
    condition=_us_state,
    message=_us_state_message,
    parameters=(Key("territories", Flag(), "Whether AS, GU, MP, PR, UM and VI are allowed too; default: false."),),
    families=("string",),
    examples=(
        *examples(("CA", "DC"), ("ca", "XX", "PR", "California", "CA\n", "")),
        *examples(("PR",), ("FM",), {"territories": True}),
        Example(None, True, {}),
    ),
)
RULES = (
    form_kind(
        "street_line",
        "Text can be street and house number: 3 to 100 letters, digits and the signs of addresses, one line.",
        "a street with house number",
        _street_line,
        holds=("Hauptstraße 5a", "12 Rue de l'Église", "Calle Mayor, 3º", "500 5th Ave #12", "ul. Długa 4/6"),
        fails=("5", "12", "a@x.org", "Main St 1\nApt 2", "Main St 1\n", "?", "x" * 101, ""),
    ),
    form_kind(
        "house_number",
        "Text is a house number: digits, perhaps a letter, perhaps a range or a flat after - or /.",
        "a house number",
        _house_number,
        holds=("5", "12a", "12 B", "7-9", "4/6", "10 1/2", "3-5a"),
        fails=("0", "a5", "12ab", "5\n", "five", "-5", "123456", ""),
    ),
    form_kind(
        "city_name",
        "Text can be the name of a place: letters of any script, blanks, hyphens, apostrophes and dots, no digits.",
        "a place name",
        _city_name,
        holds=("Wien", "São Paulo", "'s-Hertogenbosch", "St. Gallen", "Frankfurt (Oder)", "東京", "Saint-Jean-de-Luz"),
        fails=("Berlin 10115", "-Wien", "Wien\n", "Wi  en  ,", "x" * 86, "a@x.org", ""),
    ),
    US_STATE,
)
