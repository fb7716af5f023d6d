"""Addresses of the web and of networks: `url`, `domain`, `ipv4`, `ipv6`, `ip`, `cidr`, `mac_address`, `mime_type`.

Forms: RFC 3986 (URL), RFC 1123 (host names), RFC 4291 (IPv6), RFC 4632 (CIDR), IEEE 802 (MAC), RFC 6838 (media types).
"""

from __future__ import annotations

from ..sql.words import literal
from ..yaml_files.shapes import Key, ListOf, Text
from .forms import examples, form_kind, matches
from .kinds import Example, Parameters, RuleKind, Subject
from .words import escaped, joined, texts_of

_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = rf"({_LABEL}\.)+([A-Za-z]{{2,63}}|[Xx][Nn]--[A-Za-z0-9-]{{1,59}})"
_OCTET = r"(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
IPV4 = rf"({_OCTET}\.){{3}}{_OCTET}"
_HEX = "[0-9A-Fa-f]"
# Eight groups, of which the first or the last may be ::; or fewer than eight around one ::.
IPV6 = (
    rf"(({_HEX}{{1,4}}:){{7}}({_HEX}{{1,4}}|:)|:(:{_HEX}{{1,4}}){{7}}"
    rf"|(?=[^/]*::)(?![^/]*(:::|::[^/]*::))(?!:[^:])(?![^/]*[^:]:(/|\z))({_HEX}{{0,4}}:){{2,7}}{_HEX}{{0,4}})"
)
_IPV4_TAIL = rf":{IPV4}(?=/|\z)"
_MAC = rf"{_HEX}{{2}}((:{_HEX}{{2}}){{5}}|(-{_HEX}{{2}}){{5}})|({_HEX}{{4}}\.){{2}}{_HEX}{{4}}"
_TOP_TYPES = "application|audio|font|haptics|image|message|model|multipart|text|video"


def _ipv4(text: str) -> str:
    return matches(text, rf"^{IPV4}\z", 15)


def _groups(text: str) -> str:
    """SQL for the text with an IPv4 address at its end written as the two groups it stands for."""
    return f"regexp_replace({text}, {literal(_IPV4_TAIL)}, ':0:0')"


def _ipv6(text: str) -> str:
    pattern = literal(rf"^{IPV6}\z")
    return f"CASE WHEN length({text}) <= 45 THEN {_groups(text)} RLIKE {pattern} ELSE false END"


def ip(text: str) -> str:
    """SQL: the text is an IP address, version 4 or 6."""
    return f"CASE WHEN instr({text}, ':') > 0 THEN {_ipv6(text)} ELSE {_ipv4(text)} END"


def _cidr(text: str) -> str:
    version_4 = matches(text, rf"^{IPV4}/(3[0-2]|[12]?\d)\z", 18)
    pattern = literal(rf"^{IPV6}/(12[0-8]|1[01]\d|[1-9]?\d)\z")
    version_6 = f"length({text}) <= 49 AND {_groups(text)} RLIKE {pattern}"
    return f"CASE WHEN instr({text}, ':') > 0 THEN {version_6} ELSE {version_4} END"


def mac(text: str) -> str:
    """SQL: the text is a MAC address."""
    return matches(text, rf"^({_MAC})\z", 17)


def _domain(text: str) -> str:
    return matches(text, rf"^{_DOMAIN}\z", 253)


def _mime_type(text: str) -> str:
    return matches(text, rf"^({_TOP_TYPES})/[A-Za-z0-9][A-Za-z0-9!#&^_.+-]{{0,126}}\z", 150)


def _schemes(parameters: Parameters) -> tuple[str, ...]:
    return texts_of(parameters, "schemes") or ("http", "https")


def _url(subject: Subject, parameters: Parameters) -> str:
    schemes = "|".join(escaped(scheme) for scheme in _schemes(parameters))
    host = rf"({_DOMAIN}|{IPV4}|localhost|\[[0-9A-Fa-f:.]{{2,45}}\])"
    pattern = rf"^({schemes})://([^\s/?#@]{{1,128}}@)?{host}(:\d{{1,5}})?([/?#]\S*)?\z"
    return matches(subject.sql, pattern, 2048)


def _url_message(column: str, parameters: Parameters) -> str:
    return f"{column} must be a URL ({joined(_schemes(parameters))})."


URL = RuleKind(
    name="url",
    suffix="url",
    about="Text is a URL with scheme and host, without blanks, at most 2048 characters.",
    condition=_url,
    message=_url_message,
    parameters=(Key("schemes", ListOf(Text(r"[a-z][a-z0-9+.\-]*", "a scheme"), 1), "Schemes; default: http, https."),),
    main="schemes",
    families=("string",),
    examples=(
        *examples(
            ("https://x.org", "http://a.b.example.co.uk:8080/p?q=1#f", "https://10.0.0.1/", "http://[2001:db8::1]/"),
            (
                "x.org", "https://", "https://x", "ftp://x.org", "https://x.org/a b", "https://x.org\n",
                "https://-x.org", "", "https://x.org/" + "a" * 2048,
            ),
        ),
        *examples(("sftp://x.org/in",), ("https://x.org",), {"schemes": ("ftp", "sftp")}),
        Example(None, True, {}),
    ),
)  # fmt: skip
RULES = (
    URL,
    form_kind(
        "domain",
        "Text is a host name with at least two labels of ASCII letters, digits and hyphens (RFC 1123).",
        "a domain name",
        _domain,
        holds=("x.org", "a-b.example.co.uk", "xn--bcher-kva.example", "X.ORG"),
        fails=("x", "-x.org", "x-.org", "x..org", "x.org.", "x.1", "bücher.example", "x.org\n", "a" * 64 + ".org", ""),
    ),
    form_kind(
        "ipv4",
        "Text is an IPv4 address: four numbers up to 255 without leading zeros.",
        "an IPv4 address",
        _ipv4,
        holds=("0.0.0.1", "192.168.1.255"),
        fails=("256.1.1.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.4\n", " 1.2.3.4", "::1", ""),
    ),
    form_kind(
        "ipv6",
        "Text is an IPv6 address; one :: may stand for groups of zeros, the end may be written as IPv4. No zone.",
        "an IPv6 address",
        _ipv6,
        holds=("2001:db8::8a2e:370:7334", "::", "::1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8",
               "FE80::A", "::ffff:192.0.2.1"),
        fails=("1::2:", "1::2::3", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3::4:5:6:7:8:9",
               "12345::", ":1::2", "fe80::1%eth0", "::ffff:256.0.2.1", "::1\n", "1.2.3.4", ""),
    ),
    form_kind(
        "ip",
        "Text is an IP address, version 4 or 6.",
        "an IP address",
        ip,
        holds=("10.0.0.1", "2001:db8::1"),
        fails=("10.0.0", "10.0.0.1/8", "2001:db8::1\n", "localhost", ""),
    ),
    form_kind(
        "cidr",
        "Text is a network: an IP address, / and the length of the prefix. Bits after the prefix may be set.",
        "a network like 10.0.0.0/8",
        _cidr,
        holds=("10.0.0.0/8", "0.0.0.0/0", "192.0.2.1/32", "2001:db8::/32", "::/0", "::ffff:10.0.0.0/104"),
        fails=("10.0.0.0", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/08", "2001:db8::/129", "10.0.0.0/8\n", "/8", ""),
    ),
    form_kind(
        "mac_address",
        "Text is a MAC address: six pairs of hexadecimal digits with : or -, or three groups of four with dots.",
        "a MAC address",
        mac,
        holds=("00:1a:2B:3c:4d:5e", "00-1A-2B-3C-4D-5E", "001a.2b3c.4d5e"),
        fails=("00:1a:2b:3c:4d", "00:1a-2b:3c:4d:5e", "00:1g:2b:3c:4d:5e", "001a2b3c4d5e", "00:1a:2b:3c:4d:5e\n", ""),
    ),
    form_kind(
        "mime_type",
        "Text is a media type: a registered top-level type, / and a subtype, without parameters (RFC 6838).",
        "a media type like text/csv",
        _mime_type,
        holds=("text/csv", "application/vnd.api+json", "image/svg+xml"),
        fails=("text", "text/", "texts/csv", "text/csv; charset=utf-8", "text/c sv", "text/csv\n", ""),
    ),
)  # fmt: skip
