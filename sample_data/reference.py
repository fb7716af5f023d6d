"""Products (Parquet) and currencies (CSV): what orders refer to."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal

from sample_data.dice import Dice
from sample_data.files import Row

CURRENCIES: tuple[Row, ...] = tuple(
    {"currency_code": code, "currency_name": name, "euro_rate": rate, "updated_on": "2026-11-01"}
    for code, name, rate in (
        ("EUR", "Euro", "1"),
        ("USD", "US dollar", "0.921400"),
        ("GBP", "Pound sterling", "1.187300"),
        ("CHF", "Swiss franc", "1.043900"),
        ("PLN", "Polish zloty", "0.234100"),
        ("SEK", "Swedish krona", "0.087600"),
    )
)
CURRENCY_COLUMNS = ("currency_code", "currency_name", "euro_rate", "updated_on")

_THINGS = {
    "Garden": ("Watering can", "Trowel", "Seed box", "Rake", "Plant label set", "Rain gauge", "Twine", "Bird house"),
    "Kitchen": ("Chopping board", "Bread knife", "Whisk", "Measuring jug", "Pan", "Teapot", "Apron", "Egg timer"),
    "Office": ("Notebook", "Desk lamp", "Paper tray", "Stapler", "Ruler", "Pen pot", "Whiteboard", "Hole punch"),
    "Outdoor": ("Flask", "Head torch", "Tent peg set", "Rope", "Compass", "Dry bag", "Camp stool", "Mess tin"),
    "Toys": ("Kite", "Puzzle", "Wooden train", "Building bricks", "Ball", "Yo-yo", "Marbles", "Skipping rope"),
}


def products() -> list[dict[str, object]]:
    """Forty products, then four that must not pass."""
    dice = Dice("products")
    named = [(category, name) for category, names in _THINGS.items() for name in names]
    rows = [
        _product(f"P-{101 + number}", name, category, dice.between(199, 8999))
        for number, (category, name) in enumerate(named)
    ]
    return [
        *rows,
        _product("P-901", "Gift card", "Garden", -500),
        _product("P-902", None, "Toys", 1200),
        _product("P-903", "Cable", "Electronics", 900),
        _product(None, "Leftover", "Kitchen", 300),
    ]


def _product(product_id: str | None, name: str | None, category: str, cents: int) -> dict[str, object]:
    return {
        "product_id": product_id,
        "product_name": name,
        "category": category,
        "list_price": Decimal(cents) / 100,
        "updated_at": datetime(2026, 11, 1, 6, tzinfo=UTC),
    }


def product_file(rows: list[dict[str, object]]) -> bytes:
    """The rows as one Parquet file with the types that sql/bronze/products.sql states."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        [
            ("product_id", pa.string()),
            ("product_name", pa.string()),
            ("category", pa.string()),
            ("list_price", pa.decimal128(12, 2)),
            ("updated_at", pa.timestamp("us", tz="UTC")),
        ]
    )
    target = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), target, compression="none", store_schema=False)
    return target.getvalue()
