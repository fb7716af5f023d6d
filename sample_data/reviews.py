"""Product reviews from the shop's site: a CSV file a day. Every row is kept, with what is wrong with it beside it."""

from __future__ import annotations

from datetime import date, timedelta

from sample_data.dice import Dice
from sample_data.files import Row

COLUMNS = ("review_id", "product_id", "stars", "language", "review_text", "photo_url", "written_on", "helpful", "votes")
_TEXTS = {
    "en": ("Does what it says.", "Sturdy, would buy again.", "Smaller than it looks.", "Broke after a week."),
    "de": ("Genau wie beschrieben.", "Gute Qualität.", "Kleiner als gedacht.", "Nach einer Woche kaputt."),
    "fr": ("Conforme à la description.", "Très bon produit.", "Plus petit que prévu.", "Cassé en une semaine."),
}


def first_day() -> list[Row]:
    """Sixty reviews, and eight with something wrong with them."""
    dice = Dice("reviews 1")
    clean = [_review(f"R-{501 + number}", dice, date(2026, 11, 5), dice.below(15)) for number in range(60)]
    return dice.shuffled([*clean, *_dirty(601, clean)])


def second_day() -> list[Row]:
    """Nine reviews, and two with something wrong with them."""
    dice = Dice("reviews 2")
    clean = [_review(f"R-{701 + number}", dice, date(2026, 11, 20), 0) for number in range(9)]
    return [*clean, *_dirty(801, clean)[:2]]


def _review(review_id: str, dice: Dice, first: date, days: int) -> dict[str, object]:
    language = dice.one_of(tuple(_TEXTS))
    votes = dice.below(9)
    return {
        "review_id": review_id,
        "product_id": f"P-{101 + dice.below(40)}",
        "stars": str(dice.between(1, 5)),
        "language": language.upper() if dice.happens(20) else language,
        "review_text": dice.one_of(_TEXTS[language]),
        "photo_url": f"https://photos.example.org/{review_id.lower()}.jpg" if dice.happens(30) else None,
        "written_on": (first + timedelta(days=days)).isoformat(),
        "helpful": str(dice.between(0, votes)),
        "votes": str(votes),
    }


def _dirty(first: int, like: list[dict[str, object]]) -> list[Row]:
    changes: list[dict[str, object]] = [
        {"stars": "6"},
        {"stars": "five", "review_text": "   "},
        {"helpful": "9", "votes": "3"},
        {"language": "xx"},
        {"photo_url": "photos.example.org/none.jpg"},
        {"product_id": "101"},
        {"written_on": "19.11.2026"},
        {"product_id": None, "review_text": "Great\x07 bell."},
    ]
    return [{**like[number], "review_id": f"R-{first + number}", **change} for number, change in enumerate(changes)]
