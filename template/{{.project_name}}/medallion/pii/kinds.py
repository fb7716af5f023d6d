"""The kinds of personal data that are looked for, and the class that is proposed for their columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Classification = Literal["public", "internal", "confidential", "pii"]
# A class is proposed from this confidence on.
PROPOSED_FROM = 0.5


@dataclass(frozen=True)
class PiiKind:
    """`names_a_person` makes the table one about persons; `needs_a_person` halves the confidence in other tables."""

    name: str
    about: str
    classification: Classification = "pii"
    names_a_person: bool = False
    needs_a_person: bool = False


_KINDS = (
    PiiKind("email", "e-mail address", names_a_person=True),
    PiiKind("phone", "phone number", names_a_person=True),
    PiiKind("person_name", "name of a person", names_a_person=True),
    PiiKind("street_address", "street with house number", needs_a_person=True),
    PiiKind("postal_code", "postal code", needs_a_person=True),
    PiiKind("birth_date", "date of birth", names_a_person=True),
    PiiKind("iban", "bank account"),
    PiiKind("card_number", "number of a payment card"),
    PiiKind("national_id", "number that a state gives to a person", names_a_person=True),
    PiiKind("ip_address", "IP address"),
    PiiKind("mac_address", "address of a network device"),
    PiiKind("geo_position", "position on earth", needs_a_person=True),
    PiiKind("user_name", "name of a user account", names_a_person=True),
    PiiKind("free_text", "text that has e-mail addresses or phone numbers in it"),
    PiiKind("sensitive_attribute", "gender, religion, health and the like"),
    PiiKind("pay", "pay of a person", "confidential"),
    PiiKind("credential", "password, token or key", "confidential"),
)
KINDS = {kind.name: kind for kind in _KINDS}
