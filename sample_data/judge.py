"""The contracts of the sample in plain Python: which rules a row of each source breaks.

Written from the contracts' meaning, with nothing of the SQL compiler in it: a run that agrees with it is right twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from sample_data.casts import clean, to_date, to_decimal, to_instant, to_int

Raw = Mapping[str, str | None]
EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,63}")
KNOWN_COUNTRIES = ("DE", "FR", "NL", "GB", "CH", "PL", "SE", "US")
KNOWN_LANGUAGES = ("en", "de", "fr")
KNOWN_CURRENCIES = ("EUR", "USD", "GBP", "CHF", "PLN", "SEK")


def broken_names(checks: Mapping[str, bool]) -> list[str]:
    """The names of the checks that do not hold, in order."""
    return sorted(name for name, holds in checks.items() if not holds)


def is_delete(row: Raw) -> bool:
    """Whether an order event deletes its order."""
    return (row.get("op") or "").lower() == "delete"


def judge_order(row: Raw) -> list[str]:
    """Broken rules of silver.orders; a delete answers for its key and sequence only."""
    changed, ordered = to_instant(row.get("changed_at")), to_instant(row.get("ordered_at"))
    amount, status = to_decimal(row.get("amount")), clean(row.get("status"))
    order_id, email = clean(row.get("order_id")), clean(row.get("email"))
    keys = {
        "order_id_present": order_id is not None,
        "changed_at_present": row.get("changed_at") is not None,
        "changed_at_typed": row.get("changed_at") is None or changed is not None,
        "event_id_present": row.get("event_id") is not None,
    }
    if is_delete(row):
        return broken_names(keys)
    return broken_names(
        {
            **keys,
            "order_id_matches": order_id is None or bool(re.fullmatch(r"O-\d+", order_id)),
            "customer_id_present": clean(row.get("customer_id")) is not None,
            "status_allowed": status is None or status.lower() in ("placed", "paid", "shipped", "returned"),
            "order_amount_typed": row.get("amount") is None or amount is not None,
            "order_amount_in_range": amount is None or amount >= 0,
            "currency_code_currency": row.get("currency") is None
            or str(row.get("currency")).upper() in KNOWN_CURRENCIES,
            "contact_email_email": email is None or bool(EMAIL.fullmatch(email)),
            "ordered_at_typed": row.get("ordered_at") is None or ordered is not None,
            "changed_not_before_ordered": changed is not None and ordered is not None and changed >= ordered,
        }
    )


def is_implausible(row: Raw) -> bool:
    """Whether the warning order_amount_plausible counts this event."""
    amount = to_decimal(row.get("amount"))
    return not is_delete(row) and not (amount is not None and amount < 100000)


def judge_order_line(row: Raw) -> list[str]:
    """Broken rules of silver.order_lines."""
    line_id, order_id = clean(row.get("order_line_id")), clean(row.get("order_id"))
    quantity, price = to_int(row.get("quantity")), to_decimal(row.get("unit_price"))
    discount = to_decimal(clean(row.get("discount")) or "0", places=3)
    return broken_names(
        {
            "order_line_id_present": line_id is not None,
            "order_line_id_matches": line_id is None or bool(re.fullmatch(r"L-\d+", line_id)),
            "order_id_present": order_id is not None,
            "order_id_matches": order_id is None or bool(re.fullmatch(r"O-\d+", order_id)),
            "product_id_present": clean(row.get("product_id")) is not None,
            "quantity_present": row.get("quantity") is not None,
            "quantity_typed": row.get("quantity") is None or quantity is not None,
            "quantity_in_range": quantity is None or 1 <= quantity <= 1000,
            "unit_price_present": row.get("unit_price") is not None,
            "unit_price_typed": row.get("unit_price") is None or price is not None,
            "unit_price_in_range": price is None or price >= 0,
            "discount_rate_typed": discount is not None,
            "discount_rate_in_range": discount is None or 0 <= discount <= 1,
        }
    )


def judge_customer(row: Raw) -> list[str]:
    """Broken rules of silver.customers."""
    customer_id, email = clean(row.get("customer_id")), clean(row.get("email"))
    country, segment = clean(row.get("country")), clean(row.get("segment"))
    registered, updated = to_date(row.get("registered_on")), to_instant(row.get("updated_at"))
    in_order = registered is not None and updated is not None and registered <= updated.date()
    return broken_names(
        {
            "customer_id_present": customer_id is not None,
            "customer_id_matches": customer_id is None or bool(re.fullmatch(r"C-\d+", customer_id)),
            "full_name_present": clean(row.get("full_name")) is not None,
            "contact_email_email": email is None or bool(EMAIL.fullmatch(email)),
            "country_code_country": country is None or country.upper() in KNOWN_COUNTRIES,
            "segment_allowed": segment is None or segment.lower() in ("consumer", "business", "vip"),
            "registered_on_present": row.get("registered_on") is not None,
            "registered_on_typed": row.get("registered_on") is None or registered is not None,
            "updated_at_present": row.get("updated_at") is not None,
            "updated_at_typed": row.get("updated_at") is None or updated is not None,
            "registered_not_after_update": in_order,
        }
    )


def judge_product(row: Mapping[str, object]) -> list[str]:
    """Broken rules of silver.products; the types are those of the file."""
    name, price = row["product_name"], row["list_price"]
    product_id = row["product_id"]
    return broken_names(
        {
            "product_id_present": product_id is not None,
            "product_id_matches": product_id is None or bool(re.fullmatch(r"P-\d+", str(product_id))),
            "product_name_present": name is not None,
            "product_name_length": name is None or 1 <= len(str(name)) <= 80,
            "category_present": row["category"] is not None,
            "category_allowed": str(row["category"]).lower() in ("garden", "kitchen", "office", "outdoor", "toys"),
            "list_price_present": price is not None,
            "list_price_in_range": isinstance(price, Decimal) and price >= 0,
            "updated_at_present": row["updated_at"] is not None,
        }
    )


def judge_currency(row: Raw) -> list[str]:
    """Broken rules of silver.currencies."""
    rate = to_decimal(row.get("euro_rate"), places=6)
    return broken_names(
        {
            "currency_code_present": row.get("currency_code") is not None,
            "currency_code_currency": (row.get("currency_code") or "EUR").strip().upper() in KNOWN_CURRENCIES,
            "currency_name_present": row.get("currency_name") is not None,
            "euro_rate_present": row.get("euro_rate") is not None,
            "euro_rate_typed": rate is not None,
            "euro_rate_in_range": rate is None or rate >= 0,
            "updated_on_present": row.get("updated_on") is not None,
            "updated_on_typed": to_date(row.get("updated_on")) is not None,
        }
    )


def judge_review(row: Raw) -> list[str]:
    """Broken rules of silver.reviews, which keeps every row."""
    stars, written = to_int(row.get("stars")), to_date(row.get("written_on"))
    helpful, votes = to_int(row.get("helpful")), to_int(row.get("votes"))
    text, photo = row.get("review_text"), row.get("photo_url")
    product_id, language = clean(row.get("product_id")), clean(row.get("language"))
    return broken_names(
        {
            "review_id_present": clean(row.get("review_id")) is not None,
            "review_id_starts_with": (row.get("review_id") or "R-").startswith("R-"),
            "product_id_present": product_id is not None,
            "product_id_matches": product_id is None or bool(re.fullmatch(r"P-\d+", product_id)),
            "stars_present": row.get("stars") is not None,
            "stars_typed": row.get("stars") is None or stars is not None,
            "stars_in_range": stars is None or 1 <= stars <= 5,
            "language_code_language_code": language is None or language.lower() in KNOWN_LANGUAGES,
            "review_text_not_blank": text is None or text.strip() != "",
            "review_text_no_control_characters": text is None or text.isprintable(),
            "review_text_length": text is None or len(text) <= 2000,
            "photo_url_url": photo is None or photo.startswith("https://"),
            "written_on_typed": row.get("written_on") is None or written is not None,
            "helpful_votes_typed": row.get("helpful") is None or helpful is not None,
            "helpful_votes_in_range": helpful is None or helpful >= 0,
            "helpful_votes_at_most_column": helpful is None or votes is None or helpful <= votes,
            "all_votes_typed": row.get("votes") is None or votes is not None,
            "all_votes_in_range": votes is None or votes >= 0,
            "text_or_photo": bool((text or "").strip()) or photo is not None,
        }
    )


def tags_of_order_line(row: Raw) -> list[str]:
    """The signals of silver.order_line_signals; a value that does not cast has the tag of its type."""
    quantity, price = to_int(row.get("quantity")), to_decimal(row.get("unit_price"))
    discount = to_decimal(clean(row.get("discount")) or "0", places=3)
    return broken_names(
        {
            "quantity_typed": row.get("quantity") is None or quantity is not None,
            "bulk_order": quantity is None or quantity <= 5,
            "unit_price_typed": row.get("unit_price") is None or price is not None,
            "odd_price": price is None or price % Decimal("0.05") == 0,
            "discount_rate_typed": discount is not None,
            "deep_discount": discount is None or discount <= Decimal("0.12"),
        }
    )
