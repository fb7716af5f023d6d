"""What values look like: SQL from the rules of the library, with how much it says when every value matches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..rules.contact import e164
from ..rules.finance_ids import card_number, iban
from ..rules.forms import made_once, matches, shaped
from ..rules.geo import lat_lon
from ..rules.kinds import Parameters, Subject
from ..rules.library import BY_NAME
from ..rules.national_ids import PERSON_NUMBERS
from ..rules.network import ip, mac
from ..rules.word_lists import POSTAL_CODES
from ..sql.column_types import STRING
from ..sql.words import literal
from .given_names import GIVEN_NAMES


@dataclass(frozen=True)
class Detector:
    """SQL that says whether a value looks like the kind.

    `strength` is the confidence when every value matches; `chance` the share of values of the same form that match
    without being of the kind; from the share `enough` on the evidence is full. A `decisive` detector that matches
    almost nothing speaks against the kind.
    """

    name: str
    kind: str
    condition: Callable[[str], str]
    strength: float
    chance: float = 0.0
    enough: float = 0.8
    decisive: bool = False


_BRANDS: Parameters = {"brands": ("visa", "mastercard", "amex", "diners", "discover", "jcb")}
_BEHIND_A_NAME = r"^[^<>@]{0,80}<([^<>]*)>\z"
_WITH_PORT = r"^([0-9.]+):[0-9]{1,5}\z"
_MAIL_INSIDE = r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*\.[A-Za-z]{2,24}"
_PHONE_INSIDE = r"\+\d{1,3}[ (]?[\d ()./-]{6,16}\d|(?i:tel|phone|mobil|handy|call me|fon)\D{1,12}0?\d[\d ()/-]{5,16}\d"
_NATIONAL_PHONE = (
    r"^(?=(\D*\d){7,13}\D*\z)(?!\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\z)"
    r"(\(?0\d{1,5}\)?[ /.-]{1,2}\d[\d /.-]{4,12}\d|(1[ .-])?\(?[2-9]\d\d\)?[ .-]{1,2}[2-9]\d\d[ .-]\d{4})\z"
)
_STREETS = (
    r"^(\d{1,5}[a-zA-Z]?,? [\p{L}\p{M}\d .'’-]{2,40} (street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd"
    r"|court|ct|place|pl|way|terrace|close|square|sq)\b"
    r"|[\p{L}\p{M} .-]{2,40}(straße|strasse|str\.|gasse|weg|platz|allee|ring|ufer|damm|straat|laan|plein|gracht|gatan"
    r"|vägen|gata|vej|gade|katu|tie) \d{1,4}"
    r"|\d{1,4}( bis| ter)?,? (rue|avenue|av\.|boulevard|bd|place|chemin|allée|impasse|quai|route) "
    r"|(calle|c/|avenida|avda\.?|plaza|paseo|via|viale|piazza|corso|largo|rua|travessa|ul\.|al\.|ulica)"
    r" ?[\p{L}\p{M}].*\d)"
)
_DATE = r"^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})([ T][\d:.+Z-]{4,20})?\z"
# How much a number of each country says alone: a date and check digits much, nine digits with one check digit little.
_NUMBER_STRENGTH = {
    "AT": 0.75, "BE": 0.9, "BR": 0.8, "CA": 0.45, "CH": 0.9, "CN": 0.95, "DE": 0.75, "DK": 0.3, "ES": 0.9, "FI": 0.95,
    "FR": 0.95, "GB": 0.8, "IN": 0.6, "IT": 0.95, "NL": 0.55, "NO": 0.9, "PL": 0.9, "PT": 0.5, "SE": 0.85, "TR": 0.8,
    "US": 0.7, "ZA": 0.85,
}  # fmt: skip
_FORM_ONLY_CHANCE = 0.02
_CHECKED_CHANCE = 0.1


def _rule(name: str, text: str, parameters: Parameters | None = None) -> str:
    return BY_NAME[name].condition(Subject("text", text, text, STRING), parameters or {})


def _email(text: str) -> str:
    """The address alone, or behind a name: `Ada <ada@example.com>`."""
    alone = f"regexp_replace({text}, {literal(_BEHIND_A_NAME)}, '$1')"
    return made_once(alone, _rule("email", "_x"))


def _international_phone(text: str) -> str:
    plain = f"regexp_replace(translate({text}, ' ()./-', ''), '^00', '+')"
    return shaped(text, r"^(\+|00)\d[\d ()./-]{5,24}\z", 30, made_once(plain, e164("_x")))


def _national_phone(text: str) -> str:
    return matches(text, _NATIONAL_PHONE, 24)


def _name(text: str) -> str:
    listed = literal(f" {' '.join(GIVEN_NAMES)} ")
    known = f"exists(split(lower({text}), '[ ,]+'), _w -> instr({listed}, concat(' ', _w, ' ')) > 0)"
    return shaped(text, r"^\p{L}[\p{L}\p{M}'’.-]*([ ,]{1,2}[\p{L}\p{M}'’.-]+){0,4}\z", 60, known)


def _card(text: str) -> str:
    plain = made_once(f"translate({text}, ' -', '')", f"{card_number('_x')} AND {_rule('card_brand', '_x', _BRANDS)}")
    return shaped(text, r"^\d[\d -]{11,22}\z", 23, plain)


def _iban(text: str) -> str:
    plain = made_once(f"upper(replace({text}, ' ', ''))", iban("_x"))
    return shaped(text, r"^[A-Za-z]{2}\d{2}[A-Za-z0-9 ]{11,38}\z", 42, plain)


def _ip(text: str) -> str:
    """With or without a port; numbers of versions look like addresses: a first number below 10 does not count."""
    alone = f"regexp_replace({text}, {literal(_WITH_PORT)}, '$1')"
    return made_once(alone, f"{ip('_x')} AND NOT _x RLIKE '^[0-9][.]'")


def _position(text: str) -> str:
    exact = literal(r"^[^,; ]*\.\d{3,}[,; ]+[^,; ]*\.\d{3,}\z")
    return f"({lat_lon(text)} AND {text} RLIKE {exact})"


def _degrees(text: str) -> str:
    return matches(text, r"^-?(180|1[0-7]\d|\d{1,2})\.\d{3,15}\z", 20)


def _text_with_contact(text: str) -> str:
    inside = f"({_MAIL_INSIDE}|{_PHONE_INSIDE})"
    has_words = literal(r"(\p{L}{2,}[.,;:!?]?\s+){3}")
    return f"({text} RLIKE {has_words} AND {text} RLIKE {literal(inside)})"


def _birth_date(text: str) -> str:
    year = f"try_cast(regexp_extract({text}, '(19|20)[0-9]{{2}}', 0) AS INT)"
    return shaped(text, _DATE, 40, f"{year} BETWEEN 1900 AND year(current_date())")


def _postal_code(text: str) -> str:
    forms = "|".join(dict.fromkeys(POSTAL_CODES.values()))
    return matches(text, rf"^({forms})\z", 10)


def _lettered_postal_code(text: str) -> str:
    forms = "|".join(POSTAL_CODES[country] for country in ("CA", "GB", "IE", "NL"))
    return matches(text, rf"^({forms})\z", 10)


def _number_of(country: str) -> Detector:
    """Without hyphens the American number is nine digits like any others."""
    number = PERSON_NUMBERS[country]

    def condition(text: str) -> str:
        parted = matches(text, r"^\d{3}-\d\d-\d{4}\z", 11)
        return f"({number.sql(text)} AND {parted})" if country == "US" else number.sql(text)

    chance = _CHECKED_CHANCE if number.check else _FORM_ONLY_CHANCE
    return Detector(f"national_id_{country}", "national_id", condition, _NUMBER_STRENGTH[country], chance)


DETECTORS = (
    Detector("email", "email", _email, 0.95, enough=0.6, decisive=True),
    Detector("phone_international", "phone", _international_phone, 0.9, enough=0.6),
    Detector("phone_national", "phone", _national_phone, 0.6, enough=0.6),
    Detector("person_name", "person_name", _name, 0.8, chance=0.05, enough=0.4),
    Detector("street_address", "street_address", lambda text: matches(text, f"(?iu){_STREETS}", 100), 0.85, 0.02, 0.5),
    Detector("postal_code", "postal_code", _postal_code, 0.1, decisive=True),
    Detector("postal_code_lettered", "postal_code", _lettered_postal_code, 0.6),
    Detector("birth_date", "birth_date", _birth_date, 0.1, decisive=True),
    Detector("iban", "iban", _iban, 0.98, chance=0.02, enough=0.6),
    Detector("card_number", "card_number", _card, 0.9, chance=0.12, enough=0.6, decisive=True),
    *(_number_of(country) for country in PERSON_NUMBERS),
    Detector("ip_address", "ip_address", _ip, 0.85, enough=0.7, decisive=True),
    Detector("mac_address", "mac_address", mac, 0.95, enough=0.7, decisive=True),
    Detector("geo_position", "geo_position", _position, 0.85, enough=0.7),
    Detector("degrees", "geo_position", _degrees, 0.1),
    Detector("free_text", "free_text", _text_with_contact, 0.85, enough=0.005),
)
