"""Tables whose personal data is known: many formats and languages, columns without telling names, and decoys.

The same rows every time. Some values are absent, some are dirt, as in real tables. Half of the given names are not in
the list of the detector.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from person_numbers import LETTERS, NUMBERS, american, card, digits, ean_digit, german, iban, luhn_digit

ROWS = 200


def word_list(text: str) -> list[str]:
    return text.split()


_GIVEN = word_list(
    "Anna Thomas Maria Michael Julia Peter Laura Stefan Sofia Pierre Elena Marco Jan Emma Lucas Ingrid Carlos Ewa "
    "Sven Noor Aylin Bjarne Caoimhe Dragana Eoin Fenna Ghislaine Hjalmar Ikram Jelle Kajetan Lieselotte Marit "
    "Nikolina Oisin Pirkko Quentin Ruairi Siobhan Tjark Urszula Vibeke Wanja Xenia Ylva Zbigniew Ottilie Berenike "
    "Tibor "
)
_FAMILY = word_list(
    "Müller Schmidt Huber Gruber Rossi Bianchi García López Martin Dubois Jansen de-Vries Kowalski Nowak "
    "Andersson Nilsson O'Brien Smith Jones Taylor Silva Santos Novák Horvat Virtanen Nieminen Hansen Larsen "
    "Papadopoulos Yılmaz "
)
_STREETS = (
    "Hauptstraße {n}", "Lindengasse {n}/4", "Am Bahnhofplatz {n}", "{n} Main Street", "{n} Old Mill Road",
    "{n}, rue de la Paix", "{n} avenue Victor Hugo", "Calle Mayor {n}", "Via Garibaldi {n}", "Kerkstraat {n}",
    "Drottninggatan {n}", "ul. Długa {n}",
)  # fmt: skip
_CITIES = ("Wien", "Graz", "Berlin", "Hamburg", "Paris", "Lyon", "Madrid", "Roma", "Utrecht", "London", "Oslo", "Praha")
_PRODUCTS = ("Green Tea", "Road Bike 500", "Rose Water", "Deluxe Mixer", "Garden Lamp", "Olive Oil", "Steel Bolt M8",
             "Ginger Biscuits", "Desk Chair", "Street Light", "Notebook A5", "Max Power Drill")  # fmt: skip
_SENTENCES = ("please deliver after six", "the box was damaged on arrival", "asked for a refund twice",
              "wants the blue one instead", "no answer so far, try again next week")  # fmt: skip

Make = Callable[[Random], str]


@dataclass(frozen=True)
class Column:
    """How values are made, and the kind that ought to be found; None is a decoy."""

    make: Make
    kind: str | None
    type: str = "string"


def name(dice: Random) -> str:
    return f"{dice.choice(_GIVEN)} {dice.choice(_FAMILY)}"


def mail(dice: Random) -> str:
    user = dice.choice((f"{dice.choice(_GIVEN)}.{dice.randint(1, 99)}", f"info+{digits(dice, 3)}", digits(dice, 6)))
    return f"{user}@{dice.choice(('example.com', 'mail.example.at', 'shop.example.co.uk'))}"


def phone(dice: Random) -> str:
    form = dice.choice(("+43 1 {a}", "+49-30-{a}", "+1 415 555 {b}", "0044 20 7946 {b}", "+33{c}"))
    return form.format(a=digits(dice, 7), b=digits(dice, 4), c="6" + digits(dice, 8))


def home_phone(dice: Random) -> str:
    form = dice.choice(("030/{a}", "(0664) {a}", "06 12 34 56 {c}", "020 7946 {b}", "415-555-{b}", "(212) 555-{b}"))
    return form.format(a=digits(dice, 7), b=digits(dice, 4), c=digits(dice, 2))


def plain_phone(dice: Random) -> str:
    return "0664" + digits(dice, 7)


def street(dice: Random) -> str:
    return dice.choice(_STREETS).format(n=dice.randint(1, 199))


def born(dice: Random) -> str:
    return str(date(1940, 1, 1) + timedelta(days=dice.randint(0, 24_000)))


def born_with_dots(dice: Random) -> str:
    return ".".join(reversed(born(dice).split("-")))


def recent(dice: Random) -> str:
    return str(date(2024, 1, 1) + timedelta(days=dice.randint(0, 900)))


def ip(dice: Random) -> str:
    return ".".join(str(dice.randint(11, 254)) for _ in range(4))


def ip_6(dice: Random) -> str:
    return "2001:db8:" + ":".join(f"{dice.randint(1, 65535):x}" for _ in range(3)) + "::1"


def mac(dice: Random) -> str:
    return dice.choice(":-").join(f"{dice.randint(0, 255):02x}" for _ in range(6))


def degrees(dice: Random) -> str:
    return f"{dice.uniform(-80, 80):.5f}"


def position(dice: Random) -> str:
    return f"{degrees(dice)}, {degrees(dice)}"


def ean(dice: Random) -> str:
    body = dice.choice(("40", "73", "50", "90")) + digits(dice, 10)
    return body + ean_digit(body)


def parted(make: Make, size: int, sign: str) -> Make:
    """The same in groups."""

    def made(dice: Random) -> str:
        text = make(dice)
        return sign.join(text[at : at + size] for at in range(0, len(text), size))

    return made


def one_of(*words: str) -> Make:
    return lambda dice: dice.choice(words)


def pattern(form: str) -> Make:
    """# stands for a digit, @ for a letter."""
    return lambda dice: "".join(digits(dice, 1) if s == "#" else dice.choice(LETTERS) if s == "@" else s for s in form)


def sentence(dice: Random) -> str:
    return f"{dice.choice(_SENTENCES)}, {dice.choice(_SENTENCES)}"


def sentence_with_contact(dice: Random) -> str:
    contact = dice.choice((f"mail to {mail(dice)} please", f"call me at {phone(dice)}", ""))
    return f"{sentence(dice)} {contact if dice.random() < 0.05 else ''}".strip()


def login(dice: Random) -> str:
    return f"{dice.choice(_GIVEN)[:5].lower()}{dice.randint(1, 999)}"


CRM: Mapping[str, Column] = {
    "customer_id": Column(pattern("C-######"), None),
    "full_name": Column(name, "person_name"),
    "EmailAddress": Column(mail, "email"),
    "phoneNumber": Column(phone, "phone"),
    "mobile": Column(plain_phone, "phone"),
    "birth_date": Column(born, "birth_date", "date"),
    "street": Column(street, "street_address"),
    "zip_code": Column(pattern("#####"), "postal_code"),
    "city": Column(one_of(*_CITIES), None),
    "gender": Column(one_of("f", "m", "x"), "sensitive_attribute"),
    "email_sent_at": Column(recent, None, "timestamp"),
    "email_opt_in": Column(one_of("true", "false"), None),
    "phone_model": Column(one_of("Pixel 9", "iPhone 15", "Galaxy S24"), None),
    "company_name": Column(one_of("Acme GmbH", "Huber & Söhne KG", "Taylor Ltd"), None),
    "country_code": Column(one_of("AT", "DE", "FR"), None),
    "registered_on": Column(recent, None, "date"),
    "lifetime_value": Column(pattern("####.##"), None, "decimal(12,2)"),
}
KUNDEN: Mapping[str, Column] = {
    "kundennummer": Column(pattern("########"), None),
    "Vorname": Column(lambda dice: dice.choice(_GIVEN), "person_name"),
    "Nachname": Column(lambda dice: dice.choice(_FAMILY), "person_name"),
    "e_mail": Column(mail, "email"),
    "telefonnummer": Column(home_phone, "phone"),
    "geburtsdatum": Column(born_with_dots, "birth_date"),
    "anschrift": Column(street, "street_address"),
    "plz": Column(pattern("1###"), "postal_code", "int"),
    "ort": Column(one_of(*_CITIES), None),
    "steuer_id": Column(german, "national_id"),
    "kontonummer_iban": Column(parted(iban, 4, " "), "iban"),
    "benutzername": Column(login, "user_name"),
    "gehalt": Column(pattern("4####.00"), "pay", "decimal(12,2)"),
    "kundengruppe": Column(one_of("A", "B", "C"), None),
    "artikelname": Column(one_of(*_PRODUCTS), None),
    "rechnungsnummer": Column(pattern("R2026-#####"), None),
}
CLIENTS: Mapping[str, Column] = {
    "prenom": Column(lambda dice: dice.choice(_GIVEN), "person_name"),
    "apellidos": Column(lambda dice: dice.choice(_FAMILY), "person_name"),
    "courriel": Column(mail, "email"),
    "correo_electronico": Column(mail, "email"),
    "telefono": Column(phone, "phone"),
    "gsm_nummer": Column(plain_phone, "phone"),
    "fecha_nacimiento": Column(born, "birth_date"),
    "date_de_naissance": Column(born, "birth_date", "date"),
    "indirizzo": Column(street, "street_address"),
    "code_postal": Column(pattern("75###"), "postal_code"),
    "codice_cliente": Column(pattern("@@####"), None),
    "personnummer": Column(NUMBERS["SE"], "national_id"),
    "numero_de_tarjeta": Column(card, "card_number"),
    "produit": Column(one_of(*_PRODUCTS), None),
    "montant": Column(pattern("###.##"), None, "decimal(12,2)"),
    "langue": Column(one_of("fr", "es", "it"), None),
}
# No name says anything.
OPAQUE: Mapping[str, Column] = {
    "c01": Column(name, "person_name"),
    "c02": Column(mail, "email"),
    "c03": Column(phone, "phone"),
    "c04": Column(home_phone, "phone"),
    "c05": Column(street, "street_address"),
    "c06": Column(iban, "iban"),
    "c07": Column(parted(card, 4, "-"), "card_number"),
    "c08": Column(ip, "ip_address"),
    "c09": Column(ip_6, "ip_address"),
    "c10": Column(mac, "mac_address"),
    "c11": Column(position, "geo_position"),
    "c12": Column(sentence_with_contact, "free_text"),
    "c13": Column(lambda dice: f"{dice.choice(_FAMILY)}, {dice.choice(_GIVEN)}", "person_name"),
    "c14": Column(lambda dice: dice.choice(_GIVEN), "person_name"),
    "c15": Column(card, "card_number", "bigint"),
    "c16": Column(pattern("#####"), None),
    "c17": Column(pattern("##########"), None),
    "c18": Column(recent, None),
    "c19": Column(one_of(*_PRODUCTS), None),
    "c20": Column(pattern("####.##"), None, "decimal(12,2)"),
    "c21": Column(sentence, None),
    "c22": Column(login, "user_name"),
    "c23": Column(born, "birth_date"),
    "c24": Column(pattern("#### @@"), "postal_code"),
}
PERSONS: Mapping[str, Column] = {
    **{f"n_{country.lower()}": Column(make, "national_id") for country, make in NUMBERS.items()},
    "ssn": Column(american, "national_id"),
    "passport_no": Column(pattern("@#######"), "national_id"),
    "driving_licence": Column(pattern("@@@@@######"), "national_id"),
    "salary": Column(pattern("5####"), "pay", "int"),
    "password": Column(pattern("@#@#@#@#"), "credential"),
    "api_key": Column(pattern("sk_@@@@####@@@@"), "credential"),
    "nationality": Column(one_of("AT", "DE", "FR"), "sensitive_attribute"),
    "marital_status": Column(one_of("single", "married"), "sensitive_attribute"),
    "cost_centre": Column(pattern("####"), None),
    "job_title": Column(one_of("Engineer", "Clerk", "Driver"), None),
    "department_name": Column(one_of("Sales", "Logistics", "Finance"), None),
    "badge": Column(pattern("#########"), None),
}
DEVICES: Mapping[str, Column] = {
    "user_name": Column(login, "user_name"),
    "client_ip": Column(ip, "ip_address"),
    "device_mac": Column(mac, "mac_address"),
    "latitude": Column(degrees, "geo_position", "double"),
    "longitude": Column(degrees, "geo_position", "double"),
    "gps_position": Column(position, "geo_position"),
    "app_version": Column(lambda dice: ".".join(str(dice.randint(0, 9)) for _ in range(4)), None),
    "host": Column(one_of("web-1.example.com", "web-2.example.com"), None),
    "session": Column(pattern("@#@#@#@#-@#@#@#"), None),
    "user_agent": Column(one_of("Mozilla/5.0 (X11; Linux)", "curl/8.1"), None),
    "imei": Column(lambda dice: (body := "35" + digits(dice, 12)) + luhn_digit(body), None),
    "bytes_sent": Column(pattern("#######"), None, "bigint"),
    "status_code": Column(one_of("200", "404", "500"), None, "int"),
    "support_notes": Column(sentence_with_contact, "free_text"),
}
# Places of business: nobody is named here.
SHOPS: Mapping[str, Column] = {
    "shop_name": Column(one_of("Mode am Ring", "Bio Eck", "Chez Nous"), None),
    "street": Column(street, None),
    "postal_code": Column(pattern("10###"), None),
    "city": Column(one_of(*_CITIES), None),
    "latitude": Column(degrees, None, "double"),
    "longitude": Column(degrees, None, "double"),
    "coordinates": Column(position, None),
    "opened_on": Column(recent, None, "date"),
    "square_metres": Column(pattern("###"), None, "int"),
}
ORDERS: Mapping[str, Column] = {
    "order_number": Column(pattern("2026-######"), None),
    "invoice": Column(pattern("##########"), None),
    "ean": Column(ean, None),
    "ean_as_number": Column(ean, None, "bigint"),
    "product_name": Column(one_of(*_PRODUCTS), None),
    "title": Column(one_of(*_PRODUCTS), None),
    "sku": Column(pattern("@@@-####-@"), None),
    "tracking": Column(pattern("1Z############"), None),
    "reference": Column(pattern("4###############"), None),
    "uuid": Column(pattern("########-####-4###-8###-############"), None),
    "ordered_at": Column(recent, None, "timestamp"),
    "delivery_window": Column(one_of("08:00-12:00", "13:00-17:00"), None),
    "carrier_code": Column(pattern("0##-####"), None),
    "serial": Column(pattern("000#######"), None),
    "url": Column(lambda dice: f"https://shop.example.com/p/{digits(dice, 5)}", None),
    "dimension": Column(lambda dice: f"{dice.randint(1, 99)}.{dice.randint(100, 999)}", None),
    "comment": Column(sentence, None),
    "address_id": Column(pattern("######"), None, "int"),
    "has_phone": Column(one_of("true", "false"), None, "boolean"),
    "email_count": Column(pattern("#"), None, "int"),
    "template_name": Column(one_of("welcome", "receipt"), None),
    "via": Column(one_of("web", "phone", "shop"), None),
}
PAYMENTS: Mapping[str, Column] = {
    "iban": Column(iban, "iban"),
    "card_no": Column(parted(card, 4, " "), "card_number"),
    "account_holder_name": Column(name, "person_name"),
    "bic": Column(one_of("DEUTDEFF", "BKAUATWW"), None),
    "amount": Column(pattern("###.##"), None, "decimal(12,2)"),
    "card_brand": Column(one_of("visa", "mastercard"), None),
    "card_type": Column(one_of("credit", "debit"), None),
    "merchant": Column(one_of("Bio Eck", "Mode am Ring"), None),
    "mcc": Column(pattern("####"), None),
    "e2e_reference": Column(pattern("RF##@@######"), None),
    "value_date": Column(recent, None, "date"),
}
# Forms that are harder: other signs, other names, columns that are nearly empty, two kinds in one column.
HARD: Mapping[str, Column] = {
    "cust_nm": Column(lambda dice: name(dice).upper(), "person_name"),
    "col_a": Column(lambda dice: f"{dice.choice(('Dr.', 'Mag.', 'Prof.'))} {name(dice)}", "person_name"),
    "col_b": Column(lambda dice: dice.choice(_FAMILY), "person_name"),
    "col_c": Column(lambda dice: mail(dice).upper(), "email"),
    "col_d": Column(lambda dice: f"{dice.choice(_GIVEN)} <{mail(dice)}>", "email"),
    "col_e": Column(plain_phone, "phone"),
    "col_f": Column(lambda dice: phone(dice).replace("+", "00").replace(" ", ""), "phone"),
    "col_g": Column(
        lambda dice: f"{street(dice)}, {dice.randint(1000, 9999)} {dice.choice(_CITIES)}", "street_address"
    ),
    "col_h": Column(lambda dice: mail(dice) if dice.random() < 0.5 else phone(dice), "email"),
    "col_i": Column(lambda dice: f"{ip(dice)}:{dice.randint(1024, 65535)}", "ip_address"),
    "col_j": Column(lambda dice: mail(dice) if dice.random() < 0.04 else "", "email"),
    "col_k": Column(lambda dice: iban(dice).lower(), "iban"),
    "addr1": Column(street, "street_address"),
    "tel_no": Column(pattern("6########"), "phone", "bigint"),
    "dob": Column(lambda dice: "/".join(born(dice).split("-")[at] for at in (1, 2, 0)), "birth_date"),
    "eml": Column(mail, "email"),
    "holder": Column(name, "person_name"),
    "lng": Column(degrees, "geo_position", "decimal(9,6)"),
    "PostCode": Column(one_of("SW1A 1AA", "EC1A 1BB", "M1 1AE"), "postal_code"),
    "kreditkartennummer": Column(card, "card_number"),
    "sozialversicherungsnummer": Column(pattern("####010180"), "national_id"),
}
# Decoys that look much like personal data.
ALIKE: Mapping[str, Column] = {
    "port": Column(one_of("Victoria", "Charlotte", "Santos", "Florence", "Odessa", "Split", "Genoa", "Bergen"), None),
    "supplier": Column(lambda dice: f"{dice.choice(_FAMILY)} {dice.choice(('GmbH', 'AG', 'Ltd', 'S.p.A.'))}", None),
    "fragrance": Column(one_of("Rose", "Jasmine", "Amber", "Olive", "Ginger", "Sandalwood"), None),
    "vessel": Column(one_of("Queen Mary", "Santa Maria", "Ocean Star", "Blue Whale", "Nordkapp", "Vega"), None),
    "luhn_reference": Column(lambda dice: (body := "9" + digits(dice, 14)) + luhn_digit(body), None),
    "policy": Column(lambda dice: (body := digits(dice, 8)) + luhn_digit(body), None),
    "firmware": Column(lambda dice: f"{dice.randint(10, 30)}.{dice.randint(0, 9)}.{dice.randint(0, 99)}", None),
    "part_number": Column(pattern("0##-#######"), None),
    "lot": Column(pattern("##-##-####"), None),
    "reading": Column(lambda dice: f"{dice.uniform(-20, 45):.2f}", None, "double"),
    "price_per_unit": Column(lambda dice: f"{dice.uniform(0, 90):.4f}", None, "decimal(10,4)"),
    "interval": Column(lambda dice: f"{dice.randint(1, 99)}.{dice.randint(100, 999)}, 12.000", None),
    "contact_type": Column(one_of("email", "phone", "letter"), None),
    "name": Column(one_of("north", "south", "east", "west"), None),
    "street_type": Column(one_of("road", "lane", "square"), None),
    "mail_domain": Column(one_of("example.com", "example.at"), None),
    "birthday_voucher": Column(one_of("yes", "no"), None),
    "passport_scanner": Column(pattern("PS-##"), None),
    "account_type": Column(one_of("basic", "plus"), None),
    "mac_version": Column(one_of("14.2", "15.0"), None),
    "checksum": Column(pattern("@#@#@#@#@#@#@#@#"), None),
    "valid_on": Column(born, None, "date"),
}
TABLES: Mapping[str, Mapping[str, Column]] = {
    "crm": CRM, "kunden": KUNDEN, "clients": CLIENTS, "opaque": OPAQUE, "persons": PERSONS, "devices": DEVICES,
    "shops": SHOPS, "orders": ORDERS, "payments": PAYMENTS, "hard": HARD, "alike": ALIKE,
}  # fmt: skip


def rows_of(table: str) -> list[tuple[str | None, ...]]:
    """The rows of a table as text: 4 % of the values absent, 2 % of them dirt."""
    dice = Random(f"personal data of {table}")
    return [tuple(_value(dice, column) for column in TABLES[table].values()) for _ in range(ROWS)]


def _value(dice: Random, column: Column) -> str | None:
    chance = dice.random()
    if chance < 0.04:
        return None
    return dice.choice(("n/a", "-", "unknown")) if chance < 0.06 and column.type == "string" else column.make(dice)
