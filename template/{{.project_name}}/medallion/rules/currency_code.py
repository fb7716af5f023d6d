"""`currency_code`: a currency of ISO 4217 in use."""

from __future__ import annotations

from ..sql.words import literal, word_set
from .kinds import Example, Parameters, RuleKind, Subject

CURRENCIES = sorted(
    word_set(
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF "
        "CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ "
        "GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP "
        "LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR "
        "PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC "
        "SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF "
        "YER ZAR ZMW ZWG "
    )
)


def _condition(subject: Subject, _parameters: Parameters) -> str:
    return f"{subject.sql} IN ({', '.join(literal(code) for code in CURRENCIES)})"


def _message(column: str, _parameters: Parameters) -> str:
    return f"{column} must be a currency code of ISO 4217."


RULE = RuleKind(
    name="currency_code",
    suffix="currency",
    about="Text is the code of a national currency of ISO 4217 in use, in capital letters.",
    condition=_condition,
    message=_message,
    families=("string",),
    examples=(
        Example("EUR", True, {}),
        Example("eur", False, {}),
        Example("DEM", False, {}, about="no longer in use"),
        Example("XXX", False, {}, about="means no currency"),
        Example("", False, {}),
        Example(None, True, {}),
    ),
)
