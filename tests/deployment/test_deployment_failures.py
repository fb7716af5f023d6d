"""Every entry of the catalogue is found by its own sample, and says what to do."""

from __future__ import annotations

import pytest

from medallion_toolkit.deployment.failures.catalogue import CATALOGUE, classify
from medallion_toolkit.deployment.failures.model import KnownFailure
from medallion_toolkit.error_codes import CODES


@pytest.mark.parametrize("known", CATALOGUE, ids=lambda known: known.code)
def test_a_sample_is_classified_as_its_own_entry(known: KnownFailure) -> None:
    found = classify(known.sample, "prod")
    assert (found.code, found.title, found.retry, found.heals) == (known.code, known.title, known.retry, known.heals)
    assert "{" not in found.cause + found.fix
    assert "…" not in found.cause + found.fix


def test_the_catalogue_knows_at_least_forty_failures_each_once() -> None:
    codes = [known.code for known in CATALOGUE]
    assert len(codes) == len(set(codes)) >= 40
    assert set(codes) <= set(CODES)


def test_only_what_a_retry_may_mend_is_healed_by_one() -> None:
    healed = [known for known in CATALOGUE if known.heals in ("retry", "restart")]
    assert healed
    assert all(known.retry != "does not help" for known in healed)


def test_the_innermost_condition_decides() -> None:
    message = (
        "[STREAM_FAILED] Query terminated with exception: [CAST_INVALID_INPUT] The value '8,00' of the type"
        ' "STRING" cannot be cast to "INT" because it is malformed.'
    )
    found = classify(message, "prod")
    assert (found.code, found.cause) == ("MED831", "The value 8,00 cannot become INT.")


def test_what_is_not_known_is_said_to_be_unknown_with_its_first_line() -> None:
    found = classify("Something else\nat line 3", "dev")
    assert (found.code, found.cause, found.heals) == ("MED800", "Something else", None)
