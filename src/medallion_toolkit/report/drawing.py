"""Where each dataset stands in the picture: layers from left to right, arrows that bend around the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

NODE_WIDTH, NODE_HEIGHT = 190, 46
COLUMN_GAP, ROW_GAP = 42, 16
MARGIN, BAND_HEAD = 14, 30
BEND_HEIGHT = 8
TREND_WIDTH, TREND_HEIGHT, TREND_EDGE = 160, 32, 4
LAYER_ORDER = ("landing", "bronze", "silver", "gold")


@dataclass(frozen=True)
class Vertex:
    """A dataset to draw and what it reads."""

    name: str
    layer: str
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class Box:
    """A drawn dataset, by its upper left corner."""

    name: str
    layer: str
    x: float
    y: float


@dataclass(frozen=True)
class Arrow:
    """A drawn dependency: an SVG path."""

    source: str
    target: str
    path: str


@dataclass(frozen=True)
class Band:
    """The columns of one layer."""

    layer: str
    x: float
    width: float


@dataclass(frozen=True)
class Trend:
    """A line over runs: a path within `TREND_WIDTH` by `TREND_HEIGHT`, and its last point."""

    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """The whole picture, in user units of an SVG."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    bands: tuple[Band, ...]


@dataclass(frozen=True)
class _Spot:
    """A box, or a bend where a long arrow passes a column."""

    key: str
    column: int
    before: tuple[str, ...]
    height: int


def draw(vertices: Sequence[Vertex]) -> Drawing:
    """Place every vertex; each layer takes its own columns, in the order bronze, silver, gold, others."""
    layers = _layers(vertices)
    columns = _columns(vertices, layers)
    spots = _spots(vertices, columns)
    heights = _heights(spots)
    boxes = tuple(Box(v.name, v.layer, _left(columns[v.name]), heights[v.name]) for v in vertices)
    bottom = max((heights[spot.key] + spot.height for spot in spots), default=0.0)
    bands = tuple(_band(layer, [columns[v.name] for v in vertices if v.layer == layer]) for layer in layers)
    right = max((band.x + band.width for band in bands), default=0.0)
    return Drawing(right + MARGIN, bottom + MARGIN * 2, boxes, _arrows(vertices, columns, heights), bands)


def _layers(vertices: Sequence[Vertex]) -> list[str]:
    seen = dict.fromkeys(vertex.layer for vertex in vertices)
    return sorted(seen, key=lambda layer: LAYER_ORDER.index(layer) if layer in LAYER_ORDER else len(LAYER_ORDER))


def _columns(vertices: Sequence[Vertex], layers: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for layer in layers:
        first = max(columns.values(), default=-1) + 1
        members = {vertex.name: vertex for vertex in vertices if vertex.layer == layer}
        for name in members:
            _place(name, members, first, columns)
    return columns


def _place(name: str, members: Mapping[str, Vertex], first: int, columns: dict[str, int]) -> int:
    if name not in columns:
        columns[name] = first
        known = [source for source in members[name].inputs if source in members or source in columns]
        after = [columns[source] if source in columns else _place(source, members, first, columns) for source in known]
        columns[name] = max([first, *(column + 1 for column in after)])
    return columns[name]


def _bend(source: str, target: str, column: int) -> str:
    return f"{source}\0{target}\0{column}"


def _route(source: str, target: str, columns: Mapping[str, int]) -> list[str]:
    """Keys of the spots an arrow visits, both ends included."""
    between = range(columns[source] + 1, columns[target])
    return [source, *(_bend(source, target, column) for column in between), target]


def _spots(vertices: Sequence[Vertex], columns: Mapping[str, int]) -> list[_Spot]:
    spots: list[_Spot] = []
    for vertex in vertices:
        before = []
        for source in vertex.inputs:
            if source not in columns:
                continue
            route = _route(source, vertex.name, columns)
            before.append(route[-2])
            spots += [
                _Spot(key, columns[source] + step, (route[step - 1],), BEND_HEIGHT)
                for step, key in enumerate(route[1:-1], start=1)
            ]
        spots.append(_Spot(vertex.name, columns[vertex.name], tuple(before), NODE_HEIGHT))
    return spots


def _heights(spots: Sequence[_Spot]) -> dict[str, float]:
    """Upper edge of every spot: near its neighbours, never on top of another."""
    columns = [list(group) for _, group in groupby(sorted(spots, key=lambda s: s.column), key=lambda s: s.column)]
    before = {spot.key: spot.before for spot in spots}
    after = {spot.key: tuple(other.key for other in spots if spot.key in other.before) for spot in spots}
    tops: dict[str, float] = {}
    for column in columns:
        tops |= _stack(column, {})
    for sweep in range(8):
        neighbours = before if sweep % 2 == 0 else after
        for column in columns if sweep % 2 == 0 else reversed(columns):
            tops |= _stack(column, _wishes(column, neighbours, tops))
    highest = min(tops.values(), default=0.0)
    return {key: top - highest + BAND_HEAD + MARGIN for key, top in tops.items()}


def _wishes(
    column: Sequence[_Spot], neighbours: Mapping[str, tuple[str, ...]], tops: Mapping[str, float]
) -> dict[str, float]:
    wishes = {}
    for spot in column:
        near = [tops[key] for key in neighbours[spot.key] if key in tops]
        wishes[spot.key] = sum(near) / len(near) if near else tops[spot.key]
    return wishes


def _stack(column: Sequence[_Spot], wishes: Mapping[str, float]) -> dict[str, float]:
    """Put the spots of a column below one another in the order they wish for, as near to it as there is room."""
    order = sorted(column, key=lambda spot: wishes.get(spot.key, 0.0))
    tops: dict[str, float] = {}
    free = float("-inf")
    for spot in order:
        tops[spot.key] = max(wishes.get(spot.key, 0.0), free)
        free = tops[spot.key] + spot.height + ROW_GAP
    drift = sum(tops[spot.key] - wishes.get(spot.key, 0.0) for spot in order) / len(order)
    return {key: top - drift for key, top in tops.items()}


def _left(column: int) -> float:
    return MARGIN * 2 + column * (NODE_WIDTH + COLUMN_GAP)


def _band(layer: str, columns: Sequence[int]) -> Band:
    left = _left(min(columns)) - MARGIN
    return Band(layer, left, _left(max(columns)) + NODE_WIDTH + MARGIN - left)


def _arrows(vertices: Sequence[Vertex], columns: Mapping[str, int], heights: Mapping[str, float]) -> tuple[Arrow, ...]:
    arrows = []
    for vertex in vertices:
        for source in vertex.inputs:
            if source in columns:
                route = _route(source, vertex.name, columns)
                arrows.append(Arrow(source, vertex.name, _path(route, columns[source], heights)))
    return tuple(arrows)


def _path(route: Sequence[str], first: int, heights: Mapping[str, float]) -> str:
    """A smooth line from the right side of the first spot through the bends to the left side of the last."""
    x, y = _left(first) + NODE_WIDTH, heights[route[0]] + NODE_HEIGHT / 2
    parts = [f"M{x:.1f} {y:.1f}"]
    for step, key in enumerate(route[1:], start=1):
        is_last = step == len(route) - 1
        next_x = _left(first + step)
        next_y = heights[key] + (NODE_HEIGHT if is_last else BEND_HEIGHT) / 2
        middle = (x + next_x) / 2
        parts.append(f"C{middle:.1f} {y:.1f} {middle:.1f} {next_y:.1f} {next_x:.1f} {next_y:.1f}")
        x, y = next_x + NODE_WIDTH, next_y
        if not is_last:
            parts.append(f"H{x:.1f}")
    return "".join(parts)


def draw_trend(values: Sequence[float], low: float, high: float) -> Trend:
    """The values from left to right between `low` at the bottom and `high` at the top; values beyond stay inside."""
    room_x, room_y = TREND_WIDTH - 2 * TREND_EDGE, TREND_HEIGHT - 2 * TREND_EDGE
    step = room_x / max(len(values) - 1, 1)
    points = []
    for index, value in enumerate(values):
        share = min(max((value - low) / (high - low), 0.0), 1.0)
        x = TREND_EDGE + index * step if len(values) > 1 else TREND_EDGE + room_x
        points.append((round(x, 1), round(TREND_EDGE + (1 - share) * room_y, 1)))
    return Trend("M" + " L".join(f"{x} {y}" for x, y in points), *points[-1])
