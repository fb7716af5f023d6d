"""Numbers of made-up persons with right check digits, computed here by themselves and not by the rules."""

from __future__ import annotations

from random import Random

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def digits(dice: Random, count: int) -> str:
    return "".join(dice.choice("0123456789") for _ in range(count))


def date_parts(dice: Random) -> tuple[str, str, str]:
    """Day, month and the last digits of a year between 1950 and 1999."""
    return f"{dice.randint(1, 28):02d}", f"{dice.randint(1, 12):02d}", f"{dice.randint(50, 99):02d}"


def luhn_digit(body: str) -> str:
    doubled = [int(sign) * (2 if place % 2 == 0 else 1) for place, sign in enumerate(reversed(body))]
    return str(-sum(one // 10 + one % 10 for one in doubled) % 10)


def ean_digit(body: str) -> str:
    return str(-sum(int(sign) * (3 if place % 2 == 0 else 1) for place, sign in enumerate(reversed(body))) % 10)


def _weighed(body: str, weights: range | tuple[int, ...]) -> int:
    return sum(int(sign) * weight for sign, weight in zip(body, weights, strict=True))


def german(dice: Random) -> str:
    """One digit twice, the others once, check digit of ISO 7064, 11-10."""
    order = dice.sample("0123456789", 9)
    order.append(dice.choice(order))
    dice.shuffle(order)
    while order[0] == "0":
        dice.shuffle(order)
    product = 10
    for sign in order:
        rest = (int(sign) + product) % 10 or 10
        product = rest * 2 % 11
    return "".join(order) + str((11 - product) % 10)


def dutch(dice: Random) -> str:
    while True:
        body = digits(dice, 8)
        check = _weighed(body, range(9, 1, -1)) % 11
        if check < 10 and body != "00000000":
            return body + str(check)


def spanish(dice: Random) -> str:
    number = digits(dice, 8)
    return number + "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23]


def french(dice: Random) -> str:
    _, month, year = date_parts(dice)
    body = f"{dice.choice('12')}{year}{month}{dice.randint(1, 95):02d}{digits(dice, 6)}"
    return f"{body}{97 - int(body) % 97:02d}"


def polish(dice: Random) -> str:
    day, month, year = date_parts(dice)
    body = f"{year}{month}{day}{digits(dice, 4)}"
    return body + str(-_weighed(body, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10)


def swedish(dice: Random) -> str:
    day, month, year = date_parts(dice)
    body = f"{year}{month}{day}{digits(dice, 3)}"
    return f"{body[:6]}-{body[6:]}{luhn_digit(body)}"


def brazilian(dice: Random) -> str:
    body = digits(dice, 9)
    first = _weighed(body, range(10, 1, -1)) * 10 % 11 % 10
    second = _weighed(f"{body}{first}", range(11, 1, -1)) * 10 % 11 % 10
    return f"{body[:3]}.{body[3:6]}.{body[6:]}-{first}{second}"


def swiss(dice: Random) -> str:
    body = "756" + digits(dice, 9)
    return f"{body[:3]}.{body[3:7]}.{body[7:11]}.{body[11:]}{ean_digit(body)}"


def finnish(dice: Random) -> str:
    day, month, year = date_parts(dice)
    number = f"{dice.randint(2, 899):03d}"
    return f"{day}{month}{year}-{number}{'0123456789ABCDEFHJKLMNPRSTUVWXY'[int(day + month + year + number) % 31]}"


def belgian(dice: Random) -> str:
    day, month, year = date_parts(dice)
    body = f"{year}{month}{day}{digits(dice, 3)}"
    return f"{body}{97 - int(body) % 97:02d}"


def american(dice: Random) -> str:
    return f"{dice.randint(1, 665):03d}-{dice.randint(1, 99):02d}-{dice.randint(1, 9999):04d}"


NUMBERS = {
    "BE": belgian, "BR": brazilian, "CH": swiss, "DE": german, "ES": spanish, "FI": finnish, "FR": french, "NL": dutch,
    "PL": polish, "SE": swedish, "US": american,
}  # fmt: skip


def iban(dice: Random) -> str:
    country, length = dice.choice((("DE", 22), ("AT", 20), ("ES", 24), ("BE", 16), ("CH", 21)))
    account = digits(dice, length - 4)
    turned = "".join(str(LETTERS.index(sign) + 10) if sign in LETTERS else sign for sign in f"{account}{country}00")
    return f"{country}{98 - int(turned) % 97:02d}{account}"


def card(dice: Random) -> str:
    start, length = dice.choice((("4", 16), ("51", 16), ("55", 16), ("2223", 16), ("37", 15), ("6011", 16)))
    body = start + digits(dice, length - len(start) - 1)
    return body + luhn_digit(body)
