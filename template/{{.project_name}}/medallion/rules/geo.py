"""Places on earth in degrees: `latitude`, `longitude`, `lat_lon`. WGS 84, decimal degrees."""

from __future__ import annotations

from collections.abc import Callable

from ..sql.column_types import Family
from ..yaml_files.shapes import Choice, Key
from .forms import examples, matches
from .kinds import Example, Parameters, RuleKind, Subject

_LATITUDE = r"[-+]?(90(\.0{1,15})?|[0-8]?\d(\.\d{1,15})?)"
_LONGITUDE = r"[-+]?(180(\.0{1,15})?|(1[0-7]\d|\d{1,2})(\.\d{1,15})?)"
_NUMBERS: tuple[Family, ...] = ("string", "integer", "decimal", "float")


def _degrees(pattern: str, most: int) -> Callable[[Subject, Parameters], str]:
    def condition(subject: Subject, _parameters: Parameters) -> str:
        if subject.type.is_text:
            return matches(subject.sql, rf"^{pattern}\z", 20)
        return f"{subject.sql} BETWEEN -{most} AND {most}"

    return condition


def _degrees_message(name: str, most: int) -> Callable[[str, Parameters], str]:
    def message(column: str, _parameters: Parameters) -> str:
        return f"{column} must be a {name} between -{most} and {most} degrees."

    return message


def lat_lon(text: str, order: str = "lat_lon") -> str:
    """SQL: the text is a position, two numbers in degrees with a comma, semicolon or blank between them."""
    first, second = (_LATITUDE, _LONGITUDE) if order == "lat_lon" else (_LONGITUDE, _LATITUDE)
    return matches(text, rf"^{first}( ?[,;] ?| ){second}\z", 45)


def _lat_lon(subject: Subject, parameters: Parameters) -> str:
    return lat_lon(subject.sql, str(parameters.get("order", "lat_lon")))


def _lat_lon_message(column: str, parameters: Parameters) -> str:
    words = {"lat_lon": "latitude and longitude", "lon_lat": "longitude and latitude"}
    return f"{column} must be {words[str(parameters.get('order', 'lat_lon'))]} in degrees, like 48.21, 16.37."


def _degrees_kind(name: str, pattern: str, most: int) -> RuleKind:
    return RuleKind(
        name=name,
        suffix=name,
        about=f"A {name} in decimal degrees, -{most} to {most}; text with at most 15 digits after the point.",
        condition=_degrees(pattern, most),
        message=_degrees_message(name, most),
        families=_NUMBERS,
        examples=(
            *examples(("48.2082", "-33", str(most), f"-{most}.0"), (f"{most}.1", "48,2", "48.2 N", "1e1", "12\n", "")),
            Example("48.2082", True, {}, "double"),
            Example("NaN", False, {}, "double"),
            Example(f"-{most}.01", False, {}, "decimal(12,2)"),
            Example(str(most + 1), False, {}, "int"),
            Example(None, True, {}),
        ),
    )


LAT_LON = RuleKind(
    name="lat_lon",
    suffix="lat_lon",
    about="Text is a position: two numbers in decimal degrees with a comma, a semicolon or a blank between them.",
    condition=_lat_lon,
    message=_lat_lon_message,
    parameters=(Key("order", Choice(("lat_lon", "lon_lat")), "Which number stands first; default: lat_lon."),),
    main="order",
    families=("string",),
    examples=(
        *examples(
            ("48.2082, 16.3738", "-33.8688,151.2093", "0;0", "90 180"),
            ("91, 0", "0, 181", "48.2082", "48,2 16,3", "48.2082,16.3738,5", "48.2, 16.3\n", ""),
        ),
        *examples(("151.2093, -33.8688",), ("-33.8688, 151.2093",), {"order": "lon_lat"}),
        Example(None, True, {}),
    ),
)
RULES = (_degrees_kind("latitude", _LATITUDE, 90), _degrees_kind("longitude", _LONGITUDE, 180), LAT_LON)
