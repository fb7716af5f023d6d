"""Where datasets stand in the graph."""

from __future__ import annotations

import random
import re
from itertools import combinations

import pytest

from medallion_toolkit.report.drawing import (
    NODE_HEIGHT,
    NODE_WIDTH,
    TREND_HEIGHT,
    TREND_WIDTH,
    Drawing,
    Vertex,
    draw,
    draw_trend,
)


def positions(drawing: Drawing) -> dict[str, tuple[float, float]]:
    return {box.name: (box.x, box.y) for box in drawing.boxes}


def random_vertices(seed: int) -> list[Vertex]:
    chance = random.Random(seed)
    names = [f"t{number}" for number in range(25)]
    layers = sorted(chance.choices(["bronze", "silver", "gold"], k=25), key=["bronze", "silver", "gold"].index)
    return [
        Vertex(name, layer, tuple(chance.sample(names[:index], k=min(index, chance.randint(0, 3)))))
        for index, (name, layer) in enumerate(zip(names, layers, strict=True))
    ]


def test_layers_stand_from_left_to_right_in_their_order() -> None:
    drawing = draw([Vertex("g", "gold", ("s",)), Vertex("s", "silver", ("b",)), Vertex("b", "bronze", ())])
    assert [band.layer for band in drawing.bands] == ["bronze", "silver", "gold"]
    x = {name: place[0] for name, place in positions(drawing).items()}
    assert x["b"] < x["s"] < x["g"]


def test_a_layer_without_inputs_still_stands_right_of_the_one_before() -> None:
    x = {
        name: place[0] for name, place in positions(draw([Vertex("b", "bronze", ()), Vertex("d", "gold", ())])).items()
    }
    assert x["b"] < x["d"]


def test_a_straight_chain_is_drawn_straight() -> None:
    drawing = draw([Vertex("a", "bronze", ()), Vertex("b", "silver", ("a",)), Vertex("c", "gold", ("b",))])
    assert len({box.y for box in drawing.boxes}) == 1


def test_reads_from_outside_the_run_are_left_out() -> None:
    assert draw([Vertex("a", "bronze", ("elsewhere.table",))]).arrows == ()


@pytest.mark.parametrize("seed", range(20))
def test_boxes_never_overlap_and_arrows_run_to_the_right(seed: int) -> None:
    vertices = random_vertices(seed)
    drawing = draw(vertices)
    for one, other in combinations(drawing.boxes, 2):
        assert abs(one.x - other.x) >= NODE_WIDTH or abs(one.y - other.y) >= NODE_HEIGHT
    place = positions(drawing)
    assert len(drawing.arrows) == sum(len(vertex.inputs) for vertex in vertices)
    assert all(place[arrow.source][0] < place[arrow.target][0] for arrow in drawing.arrows)
    assert all(x >= 0 and x + NODE_WIDTH <= drawing.width for x, _ in place.values())
    assert all(y >= 0 and y + NODE_HEIGHT <= drawing.height for _, y in place.values())


def test_an_arrow_starts_and_ends_at_its_boxes() -> None:
    drawing = draw([Vertex("a", "bronze", ()), Vertex("b", "silver", ("a",)), Vertex("c", "gold", ("a", "b"))])
    place = positions(drawing)
    for arrow in drawing.arrows:
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", arrow.path)]
        source, target = place[arrow.source], place[arrow.target]
        assert numbers[:2] == [source[0] + NODE_WIDTH, round(source[1] + NODE_HEIGHT / 2, 1)]
        assert numbers[-2:] == [target[0], round(target[1] + NODE_HEIGHT / 2, 1)]


def test_nothing_to_draw_is_an_empty_picture() -> None:
    assert draw([]).boxes == ()


def test_a_trend_goes_from_left_to_right_and_higher_values_stand_higher() -> None:
    trend = draw_trend([90, 100, 95], 90, 100)
    points = [tuple(map(float, point.split())) for point in trend.path.removeprefix("M").split(" L")]
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    low, high, middle = (y for _, y in points)
    assert high < middle < low
    assert (trend.x, trend.y) == points[-1]
    assert all(0 < x < TREND_WIDTH and 0 < y < TREND_HEIGHT for x, y in points)


def test_a_trend_of_one_run_is_a_point_on_the_right_and_values_beyond_the_scale_stay_inside() -> None:
    assert draw_trend([50], 0, 100).x == TREND_WIDTH - 4
    assert draw_trend([200, -5], 0, 100).path == "M4.0 4.0 L156.0 28.0"
