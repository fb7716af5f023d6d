"""Values for ${name}."""

from __future__ import annotations

import pytest

from medallion_toolkit.errors import Place, SqlError
from medallion_toolkit.sql.substitution import parameters_of, substitute

PLACE = Place("sql/silver/orders.sql", 7, 5)


@pytest.mark.fidelity(
    "${key} is replaced as text everywhere in a statement, also inside strings", source="ldp/parameters", verdict="same"
)
def test_every_placeholder_gets_its_value_also_in_strings():
    text = "SELECT '${landing}/orders' FROM ${bronze}.raw_${ source.name }"
    values = {"landing": "/Volumes/l", "bronze": "b", "source.name": "shop"}

    assert substitute(text, values, PLACE) == "SELECT '/Volumes/l/orders' FROM b.raw_shop"


def test_values_are_put_in_as_they_are():
    assert substitute("x > ${since}", {"since": "'${bronze}'"}, PLACE) == "x > '${bronze}'"


def test_text_without_placeholders_stays():
    assert substitute("SELECT '$5', $x, {a}, {{b}}", {}, PLACE) == "SELECT '$5', $x, {a}, {{b}}"


@pytest.mark.fidelity(
    "${key} that the configuration does not have is an error, not an empty text",
    source="ldp/parameters",
    verdict="refused",
    code="MED209",
)
def test_an_unknown_name_is_an_error_with_the_nearest_one():
    with pytest.raises(SqlError) as caught:
        substitute("SELECT 1,\n  * FROM ${brozne}.orders", {"bronze": "b", "silver": "s"}, PLACE)

    error = caught.value
    assert error.code == "MED209"
    assert error.place == Place("sql/silver/orders.sql", 8, 10, 9)
    assert (error.found, error.expected, error.help) == ("brozne", "bronze, silver", "did you mean ${bronze}?")


def test_on_the_first_line_the_column_counts_from_the_place():
    with pytest.raises(SqlError) as caught:
        substitute("FROM ${x}.y", {}, PLACE)

    assert (caught.value.place.line, caught.value.place.column) == (7, 10)
    assert caught.value.help == "add it to `configuration` of the pipeline"


def test_an_unknown_name_in_a_comment_stays():
    text = "SELECT 1 -- ${todo}\n/* ${other} */ FROM ${bronze}.t -- ${bronze}"

    assert substitute(text, {"bronze": "b"}, PLACE) == "SELECT 1 -- ${todo}\n/* ${other} */ FROM b.t -- b"


def test_a_path_with_a_star_is_no_comment():
    with pytest.raises(SqlError, match=r"MED209 \$\{day\}"):
        substitute("${landing}/*/${day}", {"landing": "/l"}, PLACE)


def test_parameters_are_listed_once_in_order_without_comments():
    assert parameters_of("${b}.x '${a}/y' ${b} -- ${c}") == ("b", "a")
