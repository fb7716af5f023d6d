"""What the name of a column says: words of nine languages, without accents, capital letters and digits.

>>> name_evidence("Kunden_EMail-Adresse", "string")
{'email': 0.9}
>>> name_evidence("emailSentAt", "timestamp")
{}
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from ..sql.column_types import Family

_TEXT: tuple[Family, ...] = ("string",)
_NUMBERS: tuple[Family, ...] = ("string", "integer", "decimal")
_MEASURES: tuple[Family, ...] = ("string", "integer", "decimal", "float")
_DATES: tuple[Family, ...] = ("string", "date", "timestamp")
_FAMILIES: Mapping[str, tuple[Family, ...]] = {
    "phone": _NUMBERS,
    "postal_code": _NUMBERS,
    "birth_date": _DATES,
    "card_number": _NUMBERS,
    "national_id": _NUMBERS,
    "geo_position": _MEASURES,
    "pay": _MEASURES,
    "sensitive_attribute": _NUMBERS,
}
# Kind: weight and words. A word here is a run of the name's words with _ between them, as a pattern.
_WORDS: tuple[tuple[str, float, str], ...] = (
    ("email", 0.9, "e?_?mails?(_?(address|adresse|addr))?|courriel|correo(_electronico)?|epost|sahkoposti"),
    (
        "phone",
        0.85,
        "(tele|smart)?phones?(_?(no|nr|num|number))?|mobile(_?(no|nr|number|phone))?|msisdn|cell(_?phone)?",
    ),
    ("phone", 0.85, "telefon[eo]?(_?(nr|nummer|numer))?|tel(_?(no|nr|num))?|handy(_?(nr|nummer))?|mobil(nummer|_nr)?"),
    ("phone", 0.85, "celular|movil|portable|telephone|cellulare|puhelin(numero)?|gsm(_?(nr|nummer))?|fax(_?(no|nr))?"),
    ("person_name", 0.85, "(first|last|middle|full|given|family|maiden|sur|fore)_?names?|surname|lastname|firstname"),
    ("person_name", 0.85, "vorname|nachname|zuname|familienname|geburtsname|prenom|nom_de_famille|nom_complet"),
    ("person_name", 0.85, "apellidos?|nombres?(_completo)?|cognome|sobrenome|nome_completo|voornaam|achternaam"),
    (
        "person_name",
        0.85,
        "imie|nazwisko|fornamn|efternamn|etunimi|sukunimi|fornavn|etternavn|efternavn|jmeno|prijmeni",
    ),
    ("person_name", 0.8, "(customer|client|contact|employee|patient|person|owner|holder|member|guest)_name"),
    ("person_name", 0.8, "(student|passenger|author|recipient|sender|beneficiary|driver|doctor|teacher|tenant)_name"),
    (
        "person_name",
        0.8,
        "(kunden|mitarbeiter|patienten|kontakt|ansprechpartner|inhaber|empfaenger)_?name|name_on_card",
    ),
    ("person_name", 0.3, "name|nom|nome|naam|namn|nazwa|ansprechpartner|contact_person"),
    (
        "street_address",
        0.85,
        "street(_?(address|name|line))?|address_?(line)?_?[12]?|(home|postal|billing|delivery)_address",
    ),
    ("street_address", 0.85, "shipping_address|strasse|str|anschrift|wohnort|adresse(_postale)?|rue|direccion|calle"),
    (
        "street_address",
        0.85,
        "domicilio|indirizzo|via|endereco|adres|straat(naam)?|ulica|gatuadress|osoite|hausnummer|addr",
    ),
    ("postal_code", 0.8, "(post|postal|zip)_?codes?|zip|plz|postleitzahl|code_postal|codigo_postal|cep|postnummer"),
    ("postal_code", 0.4, "cap|cp|postal"),
    (
        "birth_date",
        0.9,
        "birth_?(date|day)|(date|day)_of_birth|dob|born(_(on|at))?|geburts(datum|tag)|geb_?datum|naissance",
    ),
    ("birth_date", 0.9, "date_(de_)?naissance|fecha_(de_)?nacimiento|data_(di_)?nascita|data_(de_)?nascimento"),
    ("birth_date", 0.9, "geboortedatum|data_urodzenia|fodelsedatum|fodselsdato|syntymaaika|birth_year|year_of_birth"),
    ("iban", 0.95, "iban(_?(no|nr|number))?"),
    ("iban", 0.55, "bank_account(_?(no|nr|number))?|account_iban|konto(nummer|_nr)|bankverbindung|cuenta_bancaria"),
    (
        "card_number",
        0.85,
        "(credit|debit|payment|bank)?_?card_?(no|nr|num|number)|credit_?card|kreditkarten?(_?(nr|nummer))?",
    ),
    (
        "card_number",
        0.85,
        "cc_?(no|num|number)|numero_(de_)?(tarjeta|carte)|carte_(bancaire|bleue)|carta_di_credito",
    ),
    (
        "national_id",
        0.9,
        "ssn|social_security_?(no|nr|number)?|national_(id|identifier|insurance_?(no|number)?)|nino",
    ),
    (
        "national_id",
        0.9,
        "steuer_?(id|identifikationsnummer)|sozialversicherungs_?(nr|nummer)|svnr|ahv(_?(nr|nummer))?",
    ),
    ("national_id", 0.9, "bsn|burgerservicenummer|dni|codice_fiscale|numero_(de_)?securite_sociale|nir|pesel|cpf"),
    (
        "national_id",
        0.9,
        "person(nummer|al_?(id|identity_?(no|number|code)))|hetu|henkilotunnus|fodselsnummer|cpr(_?nr)?",
    ),
    ("national_id", 0.9, "aadhaar|aadhar|passport(_?(no|nr|number|id))?|(reise)?pass_?(nr|nummer)|pasaporte|passeport"),
    (
        "national_id",
        0.85,
        "driv(er|ers|ing)_licen[cs]e(_?(no|number))?|fuehrerschein_?(nr|nummer)|(personal)?ausweis_?(nr|nummer)",
    ),
    ("national_id", 0.45, "tax_?(id|number|no)|tin|pan|nie|id_?card(_?(no|number))?|identity_(no|number)|nif|nip"),
    (
        "ip_address",
        0.85,
        "ip|ip_?(addr|address|adresse|v4|v6)|ipv[46]|(client|remote|source|src|user|host|login)_?ip|remote_addr",
    ),
    ("mac_address", 0.85, "mac|mac_?(addr|address|adresse)|(device|wifi|bt|bluetooth)_mac"),
    (
        "geo_position",
        0.75,
        "lat|lon|lng|latitude|longitude|geo_?(lat|lon|lng|point|position|location)|breitengrad",
    ),
    (
        "geo_position",
        0.75,
        "laengengrad|coordinates?|coords?|gps(_position)?|lat_?(lon|lng|long)|posicion|koordinaten?",
    ),
    (
        "user_name",
        0.75,
        "user_?name|login(_?name)?|user_?login|benutzer(name)?|utilisateur|usuario|nick(name)?|screen_name",
    ),
    ("user_name", 0.75, "gebruikersnaam|anvandarnamn|twitter_handle|account_name"),
    (
        "sensitive_attribute",
        0.7,
        "gender|sex|geschlecht|sexe|sexo|genere|religion|konfession|ethnicity|nationality",
    ),
    (
        "sensitive_attribute",
        0.7,
        "marital_status|familienstand|diagnosis|diagnose|blood_(type|group)|disability|orientation",
    ),
    ("pay", 0.75, "salary|salaries|wages?|gehalt|lohn|salaire|salario|stipendio|income|net_pay|gross_pay|base_pay"),
    (
        "credential",
        0.85,
        "passwords?|passwd|pwd|passwort|kennwort|mot_de_passe|contrasena|secret(_key)?|api_?key|private_key",
    ),
    ("credential", 0.8, "(access|auth|refresh|session|api|bearer)_?token|password_hash|passwort_hash"),
)
_PATTERNS = tuple((kind, weight, re.compile(f"_({words})_")) for kind, weight, words in _WORDS)
# Words that turn a name into something about the thing: when the mail was sent, how many phones.
_ABOUT = re.compile(
    r"_(is|has|was|had|count|cnt|num_of|sent|verified|valid|status|type|kind|flag|at|length|len|hash|sha\d*|md5|domain"
    r"|provider|model|brand|template|subject|opt|optin|consent|version|class|format|score|rank|id|key|uuid|sk|fk|"
    r"anzahl|typ|datum_versand)_"
)
_NO_PERSON = re.compile(
    r"_(product|item|article|artikel|produkt|file|table|column|schema|host|server|store|shop|filial|company|firma|brand|"
    r"vendor|supplier|city|country|state|region|category|campaign|project|event|job|team|group|department|domain|bank|"
    r"display|class|field|source|warehouse|plant|site|branch|organi[sz]ation|segment|status|type)_"
)
_TO_COLUMN_NAME = {"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "Ae"}


def words_of(name: str) -> str:
    """The words of a column's name with `_` before, between and after them.

    >>> words_of("customerEMail"), words_of("PLZ"), words_of("Straße 2")
    ('_customer_e_mail_', '_plz_', '_strasse_2_')
    """
    plain = "".join(_TO_COLUMN_NAME.get(sign, sign) for sign in name)
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", plain)
    return "_" + "_".join(re.findall(r"[a-z]+|[0-9]+", parted.lower())) + "_"


def name_evidence(name: str, family: Family) -> Mapping[str, float]:
    """Kinds that the name speaks for, each with its weight between 0 and 1; kinds that do not fit the type are out."""
    words = words_of(name)
    found: dict[str, float] = {}
    for kind, weight, pattern in _PATTERNS:
        if pattern.search(words) and family in _FAMILIES.get(kind, _TEXT):
            found[kind] = max(found.get(kind, 0.0), weight)
    if _NO_PERSON.search(words):
        found.pop("person_name", None)
    if found.keys() & {"email", "ip_address", "mac_address"}:
        found.pop("street_address", None)
    return {kind: _weakened(kind, weight, words) for kind, weight in found.items()}


def _weakened(kind: str, weight: float, words: str) -> float:
    says_about = any(match.group(1) not in _OWN_WORDS.get(kind, ()) for match in _ABOUT.finditer(words))
    return round(weight * 0.3, 3) if says_about else weight


_OWN_WORDS: Mapping[str, tuple[str, ...]] = {
    "national_id": ("id",),
    "credential": ("key", "hash"),
    "sensitive_attribute": ("status", "type"),
    "birth_date": ("at",),
}
