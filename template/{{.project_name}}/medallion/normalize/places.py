"""Streets, postal codes, countries and their parts."""

from __future__ import annotations

from ..rules.kinds import Parameters, text_of
from ..rules.word_lists import COUNTRIES, POSTAL_CODES
from ..rules.words import escaped, literals
from ..sql.words import literal
from ..yaml_files.shapes import Choice, Key
from .kinds import Pattern, PatternExample, once
from .place_names import COUNTRY_NAMES, STATE_NAMES
from .text import replaced

# Abbreviations of kinds of streets; English ones from Publication 28 of the United States Postal Service.
_STREETS = {
    "en": {
        "st": "Street", "rd": "Road", "ave": "Avenue", "av": "Avenue", "blvd": "Boulevard", "dr": "Drive", "ln": "Lane",
        "ct": "Court", "pl": "Place", "sq": "Square", "ter": "Terrace", "pkwy": "Parkway", "hwy": "Highway",
    },
    "de": {"str": "Straße", "pl": "Platz"},
    "fr": {
        "av": "Avenue", "bd": "Boulevard", "bvd": "Boulevard", "pl": "Place", "r": "Rue", "che": "Chemin",
        "imp": "Impasse",
    },
    "es": {"c": "Calle", "avda": "Avenida", "av": "Avenida", "pza": "Plaza", "pl": "Plaza", "ctra": "Carretera"},
    "it": {"v": "Via", "vle": "Viale", "pza": "Piazza", "p.za": "Piazza", "c.so": "Corso"},
}  # fmt: skip


def _street(text: str, parameters: Parameters) -> str:
    language = text_of(parameters, "language")
    before = r"(?<=\s)" if language in ("en", "de") else "^"
    made = f"trim({replaced(text, _SPACES, ' ')})"
    if language == "de":
        # Grown together with the name: Hauptstr. 5.
        made = replaced(made, r"(?<=[\p{Ll}])str\.?(?=\s|\z)", "straße")
    for short, long in _STREETS[language].items():
        form = rf"(?i){before}{escaped(short)}(?:\.\s*|(?=\s)|\z)(?!\.)"
        made = replaced(made, form, f"{long} ")
    return f"trim({replaced(made, _SPACES, ' ')})"


_SPACES = r"(?U)\s+"
STREET = Pattern(
    "street",
    "An abbreviated kind of street is written out: St. becomes Street, Hauptstr. becomes Hauptstraße; white space "
    "becomes one space.",
    _street,
    (
        PatternExample("12 Main St.", "12 Main Street", {"language": "en"}),
        PatternExample("5  Park Ave", "5 Park Avenue", {"language": "en"}),
        PatternExample(
            "12 St. James Rd", "12 Street James Road", {"language": "en"}, "a saint is not told from a street"
        ),
        PatternExample("Hauptstr. 5", "Hauptstraße 5", {"language": "de"}),
        PatternExample("Berliner Str. 7", "Berliner Straße 7", {"language": "de"}),
        PatternExample("bd Voltaire 3", "Boulevard Voltaire 3", {"language": "fr"}),
        PatternExample("Avda. de la Paz 3", "Avenida de la Paz 3", {"language": "es"}),
        PatternExample("V. Roma 1", "Via Roma 1", {"language": "it"}),
        PatternExample("Stockholm", "Stockholm", {"language": "en"}),
        PatternExample(None, None, {"language": "en"}),
    ),
    (Key("language", Choice(tuple(_STREETS)), " | ".join(_STREETS), required=True),),
    main="language",
)
# How the plain letters and digits of a code are written in a country; digits that a spreadsheet ate come back as zeros.
_POSTAL_FORMS = {
    "BR": (r"^([0-9]{5})([0-9]{3})\z", "$1-$2"), "CA": (r"^([A-Z0-9]{3})([A-Z0-9]{3})\z", "$1 $2"),
    "CZ": (r"^([0-9]{3})([0-9]{2})\z", "$1 $2"), "GB": (r"^([A-Z0-9]{2,4})([0-9][A-Z]{2})\z", "$1 $2"),
    "GR": (r"^([0-9]{3})([0-9]{2})\z", "$1 $2"), "IE": (r"^([A-Z0-9]{3})([A-Z0-9]{4})\z", "$1 $2"),
    "JP": (r"^([0-9]{3})([0-9]{4})\z", "$1-$2"), "NL": (r"^([0-9]{4})([A-Z]{2})\z", "$1 $2"),
    "PL": (r"^([0-9]{2})([0-9]{3})\z", "$1-$2"), "PT": (r"^([0-9]{4})([0-9]{3})\z", "$1-$2"),
    "SE": (r"^([0-9]{3})([0-9]{2})\z", "$1 $2"), "SK": (r"^([0-9]{3})([0-9]{2})\z", "$1 $2"),
    "US": (r"^([0-9]{5})([0-9]{4})\z", "$1-$2"),
}  # fmt: skip
_PADDED = {"DE": 5, "US": 5, "FR": 5, "ES": 5, "IT": 5}
_LETTERS_FIRST = {"GB", "CA", "IE"}


def _postal_code(text: str, parameters: Parameters) -> str:
    country = text_of(parameters, "country")
    is_code = literal(rf"^(?:{POSTAL_CODES[country]})\z")
    return once(
        text,
        lambda one: once(
            _written_code(one, country),
            lambda two: f"CASE WHEN {two} RLIKE {is_code} THEN {two} ELSE {one} END",
            "_two",
        ),
    )


def _written_code(text: str, country: str) -> str:
    plain = replaced(f"upper({text})", "[^A-Z0-9]", "")
    if country not in _LETTERS_FIRST:
        plain = replaced(plain, rf"^(?:{country}|{country[0]})(?=[0-9])", "")
    if country in _PADDED:
        plain = replaced(plain, rf"^([0-9]{{{_PADDED[country] - 1}}})\z", "0$1")
    return replaced(plain, *_POSTAL_FORMS[country]) if country in _POSTAL_FORMS else plain


POSTAL_CODE = Pattern(
    "postal_code",
    "A postal code gets its country's form: capitals, separator, no country before it, the zero back that a "
    "spreadsheet "
    "took. What is no code of the country stays.",
    _postal_code,
    (
        PatternExample("1234ab", "1234 AB", {"country": "NL"}),
        PatternExample("sw1a1aa", "SW1A 1AA", {"country": "GB"}),
        PatternExample("k1a0b1", "K1A 0B1", {"country": "CA"}),
        PatternExample("D-01067", "01067", {"country": "DE"}),
        PatternExample("1067", "01067", {"country": "DE"}),
        PatternExample("123456789", "12345-6789", {"country": "US"}),
        PatternExample("SE 11455", "114 55", {"country": "SE"}),
        PatternExample("00950", "00-950", {"country": "PL"}),
        PatternExample("A-1010", "1010", {"country": "AT"}),
        PatternExample("unknown", "unknown", {"country": "DE"}),
        PatternExample(None, None, {"country": "DE"}),
    ),
    (Key("country", Choice(tuple(POSTAL_CODES)), "Whose codes they are, two letters.", required=True),),
    main="country",
)


def looked_up(text: str, known: dict[str, str], codes: tuple[str, ...]) -> str:
    """SQL: the code of a name in lower case without dots; a code stays, and so does what is in no list."""
    pairs = ", ".join(literals(pair) for pair in known.items())

    def made(one: str) -> str:
        key = f"lower(trim(replace({one}, '.', '')))"
        found = f"try_element_at(map({pairs}), {key})"
        return f"CASE WHEN {one} IN ({literals(codes)}) THEN {one} ELSE coalesce({found}, {one}) END"

    return once(text, made)


_FORMS = {"alpha2": 0, "alpha3": 1, "numeric": 2}


def _country(text: str, parameters: Parameters) -> str:
    place = _FORMS[str(parameters.get("form", "alpha2"))]
    by_alpha2 = {row[0]: row[place] for row in COUNTRIES}
    known = {code.lower(): row[place] for row in COUNTRIES for code in row}
    known |= {name: by_alpha2[code] for name, code in COUNTRY_NAMES.items()}
    return looked_up(text, known, tuple(by_alpha2.values()))


COUNTRY = Pattern(
    "country",
    "A country's name (English, its own language, some others), two or three letters or its number become the code of "
    "ISO 3166-1; what is in no list stays.",
    _country,
    (
        PatternExample("Germany", "DE"),
        PatternExample(" deutschland ", "DE"),
        PatternExample("U.S.A.", "US"),
        PatternExample("GBR", "GB"),
        PatternExample("uk", "GB"),
        PatternExample("756", "CH"),
        PatternExample("FR", "FRA", {"form": "alpha3"}),
        PatternExample("Atlantis", "Atlantis"),
        PatternExample(None, None),
    ),
    (Key("form", Choice(tuple(_FORMS)), "alpha2 (default), alpha3 or numeric."),),
    main="form",
)


def _state(text: str, parameters: Parameters) -> str:
    country = text_of(parameters, "country")
    before = f"{country}-" if parameters.get("form") == "iso" else ""
    known = {name: before + code for name, code in STATE_NAMES[country].items()}
    codes = dict.fromkeys(STATE_NAMES[country].values())
    known |= {f"{country}-{code}".lower(): before + code for code in codes} | {
        code.lower(): before + code for code in codes
    }
    return looked_up(text, known, tuple(before + code for code in codes))


STATE = Pattern(
    "state",
    "The name or code of a state or province becomes its code: CA, or with `form: iso` US-CA (ISO 3166-2). The rest "
    "stays.",
    _state,
    (
        PatternExample("California", "CA", {"country": "US"}),
        PatternExample("ca", "US-CA", {"country": "US", "form": "iso"}),
        PatternExample("US-NY", "NY", {"country": "US"}),
        PatternExample("Québec", "QC", {"country": "CA"}),
        PatternExample("Bayern", "BY", {"country": "DE"}),
        PatternExample("Bavaria", "BY", {"country": "DE"}),
        PatternExample("Elsewhere", "Elsewhere", {"country": "US"}),
        PatternExample(None, None, {"country": "US"}),
    ),
    (
        Key("country", Choice(tuple(STATE_NAMES)), "Whose states: " + ", ".join(STATE_NAMES) + ".", required=True),
        Key("form", Choice(("short", "iso")), "short (default) or iso."),
    ),
    main="country",
)
PATTERNS = (STREET, POSTAL_CODE, COUNTRY, STATE)
