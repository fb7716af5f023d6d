"""Names, e-mail addresses and phone numbers."""

from __future__ import annotations

from ..rules.contact import NATIONAL_PHONES
from ..rules.kinds import Parameters, text_of
from ..rules.words import literals, texts_of
from ..sql.words import literal, word_set
from ..yaml_files.shapes import Choice, Flag, Key, ListOf, Text
from .kinds import Pattern, PatternExample, once
from .text import replaced

PARTICLES = tuple(
    sorted(
        word_set(
            "af al bin da das de del della den der di dos du e el la las le los of ten ter und van vom von y zu zum"
        )
    )
)
# Letters with marks and inner apostrophe of a genitive; everything else stands between the parts of a name.
_PARTS = r"[\p{L}\p{M}]+(?:['’]s(?![\p{L}]))?|[^\p{L}\p{M}]+"


def _person_name(text: str, parameters: Parameters) -> str:
    small = literals(word.lower() for word in texts_of(parameters, "particles") or PARTICLES)
    # A ligature whose capital is two letters stays as it is.
    first = "substr(part, 1, 1)"
    capital = f"CASE WHEN length(upper({first})) = 1 THEN concat(upper({first}), substr(part, 2)) ELSE part END"
    scottish = "concat('Mc', upper(substr(part, 3, 1)), substr(part, 4))"
    others = f"WHEN part RLIKE '^mc[a-z]{{3}}' THEN {scottish} ELSE {capital} END"
    cased = f"CASE WHEN at > 0 AND part IN ({small}) THEN part {others}"

    def made(one: str) -> str:
        parts = f"regexp_extract_all(lower({one}), {literal(_PARTS)}, 0)"
        # Written in both cases it is somebody's own spelling: DeVito, MacLeod.
        is_plain = f"({one} = lower({one}) OR {one} = upper({one}))"
        return f"CASE WHEN {is_plain} THEN array_join(transform({parts}, (part, at) -> {cased}), '') ELSE {one} END"

    return once(text, made)


PERSON_NAME = Pattern(
    "person_name",
    "A name written in one case gets capitals: each part of a double name, after an apostrophe, after Mc. Particles "
    "(von, de, van der …) stay small unless they begin the name. A name in both cases stays: it is somebody's own "
    "spelling.",
    _person_name,
    (
        PatternExample("ANNA MÜLLER-LÜDENSCHEIDT", "Anna Müller-Lüdenscheidt"),
        PatternExample("ludwig van beethoven", "Ludwig van Beethoven"),
        PatternExample("SEAN O'HARA", "Sean O'Hara"),
        PatternExample("ronald mcdonald", "Ronald McDonald"),
        PatternExample("VON NEUMANN", "Von Neumann"),
        PatternExample("WOMEN'S SHOP", "Women's Shop"),
        PatternExample("Danny DeVito", "Danny DeVito", about="both cases"),
        PatternExample("", ""),
        PatternExample(None, None),
    ),
    (Key("particles", ListOf(Text(), minimum=1), "Words that stay small, instead of the usual ones."),),
    main="particles",
)
# Domains whose owners say that a tag behind + is not part of the address.
_TAGGED = (
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "icloud.com", "me.com",
    "mac.com", "fastmail.com", "proton.me", "protonmail.com", "pm.me",
)  # fmt: skip
_ADDRESS = r"^[^\s@<>]{1,64}@[^\s@<>]{1,255}\z"


def _email(text: str, parameters: Parameters) -> str:
    def bare(one: str) -> str:
        return replaced(f"lower(trim({one}))", r"^mailto:|^[^<>]*<([^<>]*)>\z", "$1")

    made = _mailbox if parameters.get("mailbox") is True else str
    is_address = literal(_ADDRESS)
    return once(
        text,
        lambda one: once(
            bare(one), lambda two: f"CASE WHEN {two} RLIKE {is_address} THEN {made(two)} ELSE {one} END", "_two"
        ),
    )


def _mailbox(address: str) -> str:
    domain, local = f"substring_index({address}, '@', -1)", f"substring_index({address}, '@', 1)"
    is_tagged = f"{domain} IN ({literals(_TAGGED)}) AND {local} NOT LIKE '+%'"
    untagged = f"CASE WHEN {is_tagged} THEN substring_index({local}, '+', 1) ELSE {local} END"
    is_google = f"{domain} IN ('gmail.com', 'googlemail.com')"
    return (
        f"CASE WHEN {is_google} THEN concat(replace({untagged}, '.', ''), '@gmail.com') "
        f"ELSE concat({untagged}, '@', {domain}) END"
    )


EMAIL = Pattern(
    "email",
    "An e-mail address becomes lower case, without mailto: and without a name around it. With `mailbox` it becomes "
    "that "
    "of the mailbox: tags behind + go for providers that ignore them, dots too for Gmail. What is no address stays.",
    _email,
    (
        PatternExample(" Anna@Example.ORG ", "anna@example.org"),
        PatternExample("Anna Bell <Anna@Example.org>", "anna@example.org"),
        PatternExample("mailto:a@x.org", "a@x.org"),
        PatternExample("A.B+shop@x.org", "a.b+shop@x.org"),
        PatternExample("A.B+shop@GoogleMail.com", "ab@gmail.com", {"mailbox": True}),
        PatternExample("a.b+shop@outlook.com", "a.b@outlook.com", {"mailbox": True}),
        PatternExample("a.b+shop@x.org", "a.b+shop@x.org", {"mailbox": True}, "another provider may mean it"),
        PatternExample("Not an Address", "Not an Address"),
        PatternExample(None, None),
    ),
    (Key("mailbox", Flag(), "true: addresses of one mailbox become the same."),),
    main="mailbox",
)
_BETWEEN = " \u00a0()./-\u2013\u2010\u2011"
# What is dialled before an international number where that is not 00.
_ABROAD = {"US": "011", "CA": "011", "AU": "0011", "JP": "010"}


def _phone(text: str, parameters: Parameters) -> str:
    country = text_of(parameters, "country")
    code, before, number = NATIONAL_PHONES[country]
    abroad = rf"(?:\+|00|{_ABROAD.get(country, '00')})"
    trunk = before.rstrip("?")
    ways = (
        (rf"^{abroad}{code}{trunk + '?' if trunk else ''}({number})\z", f"+{code}"),
        (rf"^{abroad}([1-9][0-9]{{6,14}})\z", "+"),
        (rf"^{before}({number})\z", f"+{code}"),
    )

    def bare(one: str) -> str:
        return f"translate(replace({one}, '(0)', ''), {literal(_BETWEEN)}, '')"

    def made(two: str) -> str:
        cases = " ".join(
            f"WHEN {two} RLIKE {literal(way)} THEN concat({literal(start)}, regexp_extract({two}, {literal(way)}, 1))"
            for way, start in ways
        )
        return f"CASE {cases} END"

    return once(text, lambda one: f"coalesce({once(bare(one), made, '_two')}, {one})")


PHONE = Pattern(
    "phone",
    "A phone number becomes E.164. Without + or 00 it is one of the country: its trunk prefix goes, the calling code "
    "comes. What fits no number of the country, and no international one, stays.",
    _phone,
    (
        PatternExample("030 / 123 45-67", "+49301234567", {"country": "DE"}),
        PatternExample("+49 (0)30 1234567", "+49301234567", {"country": "DE"}),
        PatternExample("0049 30 1234567", "+49301234567", {"country": "DE"}),
        PatternExample("+33 1 23 45 67 89", "+33123456789", {"country": "DE"}, "of another country"),
        PatternExample("(212) 555-0147", "+12125550147", {"country": "US"}),
        PatternExample("1-212-555-0147", "+12125550147", {"country": "US"}),
        PatternExample("011 49 30 1234567", "+49301234567", {"country": "US"}),
        PatternExample("020 7946 0958", "+442079460958", {"country": "GB"}),
        PatternExample("01 23 45 67 89", "+33123456789", {"country": "FR"}),
        PatternExample("06 12345678", "+390612345678", {"country": "IT"}, "the zero belongs to the number"),
        PatternExample("91 123 45 67", "+34911234567", {"country": "ES"}),
        PatternExample("44 668 18 00", "44 668 18 00", {"country": "CH"}, "without its zero it is no number there"),
        PatternExample("020-1234567", "+31201234567", {"country": "NL"}),
        PatternExample("03-1234-5678", "+81312345678", {"country": "JP"}),
        PatternExample("ask Anna", "ask Anna", {"country": "DE"}),
        PatternExample(None, None, {"country": "DE"}),
    ),
    (Key("country", Choice(tuple(NATIONAL_PHONES)), "Whose numbers they are, two letters.", required=True),),
    main="country",
)
PATTERNS = (PERSON_NAME, EMAIL, PHONE)
