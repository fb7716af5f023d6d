"""`medallion scan` on a project: proposals, contradictions, what is left alone, and the change to the contracts."""

from __future__ import annotations

import json

import pytest
from engine.local_project import LocalProject
from scanned_project import PEOPLE_CONTRACT
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app
from medallion_toolkit.errors import MedallionError
from medallion_toolkit.scanning.as_text import scan_as_text
from medallion_toolkit.scanning.scan import apply, scan

pytestmark = pytest.mark.spark
PEOPLE_DIFF = """\
--- a/contracts/silver/people.yml
+++ b/contracts/silver/people.yml
@@ -4,13 +4,14 @@

 columns:
   ref:     {type: string, rules: [not_null]}                  # the number on the door
-  who:     {type: string, rules: [not_blank, length: {max: 80}]}
+  who:     {type: string, rules: [not_blank, length: {max: 80}], class: pii}
   contact: {type: string, class: internal}
   phone:   {type: string, class: pii}
   account:                                                    # where refunds go
     type: string          # as the bank writes it
+    class: pii
     description: Account
-  note:    {type: string, description: "What, if anything, was said"}
+  note:    {type: string, description: "What, if anything, was said", class: pii}
   visits:  {type: int}

 governance: {default_class: internal}
"""


def shown(diff: str) -> str:
    """Unchanged blank lines without the blank before them."""
    return diff.replace("\n \n", "\n\n")


def test_a_scan_proposes_tells_contradictions_and_leaves_the_rest_alone(scanned: LocalProject) -> None:
    found = scan(scanned.open(), scanned.root)
    people, places = sorted(found.tables, key=lambda table: table.name, reverse=True)
    verdicts = {one.finding.column: one for one in people.columns}
    assert people.proposals == {"who": "pii", "account": "pii", "note": "pii"}
    assert {name: one.finding.kind for name, one in verdicts.items()} == {
        "who": "person_name", "contact": "email", "phone": "phone", "account": "iban", "note": "free_text",
    }  # fmt: skip
    assert [name for name, one in verdicts.items() if one.contradicts] == ["contact"]
    assert verdicts["phone"].proposes is None
    assert (people.rows, people.one_of, verdicts["account"].finding.values) == (60, 1, 48)
    assert (places.rows, places.proposals) == (None, {"e_mail": "pii"})
    assert [shown(change.diff) for change in found.changes if "people" in change.path] == [PEOPLE_DIFF]
    text = scan_as_text(found)
    assert text.startswith("local · variables of target dev · 2 contracts\n")
    assert "gold.places   no rows here, judged by column names alone   next: medallion run --select gold.places" in text
    assert "CONTRADICTS internal" in text
    assert "example.com" not in text
    assert "@" not in text.replace("@@", "")
    assert (scanned.root / "contracts/silver/people.yml").read_text() == PEOPLE_CONTRACT

    sampled = scan(scanned.open(), scanned.root, "people", most=20)
    assert [(table.name, table.rows, table.one_of) for table in sampled.tables] == [("silver.people", 60, 3)]
    assert 5 <= max(one.finding.values for one in sampled.tables[0].columns) <= 40
    assert "60 rows, one in 3 looked at" in scan_as_text(sampled)


def test_the_command_writes_what_it_proposes_and_then_has_nothing_more_to_say(scanned: LocalProject) -> None:
    arguments = ["scan", "silver.people", "--project", str(scanned.root), "--json"]
    before = CliRunner().invoke(app, arguments)
    assert before.exit_code == 1
    document = json.loads(before.stdout)
    assert (document["proposals"], document["contradictions"], document["written"]) == (3, 1, [])
    assert shown(document["diff"]) == PEOPLE_DIFF

    written = json.loads(CliRunner().invoke(app, [*arguments, "--write"]).stdout)
    assert written["written"] == ["contracts/silver/people.yml"]
    lines = (scanned.root / "contracts/silver/people.yml").read_text().splitlines()
    added = [line for line in lines if line not in PEOPLE_CONTRACT.splitlines()]
    assert [line.strip().rpartition("class:")[2] for line in added] == [" pii}", " pii", " pii}"]

    scanned.write({"contracts/silver/people.yml": "\n".join(lines).replace("class: internal}", "class: pii}", 1)})
    again = CliRunner().invoke(app, arguments)
    assert (again.exit_code, json.loads(again.stdout)["proposals"]) == (0, 0)


def test_a_contract_that_changed_meanwhile_is_not_written_over(scanned: LocalProject) -> None:
    found = scan(scanned.open(), scanned.root)
    scanned.write({"contracts/silver/people.yml": PEOPLE_CONTRACT + "# a colleague was here\n"})
    places = (scanned.root / "contracts/gold/places.yml").read_text()
    with pytest.raises(MedallionError) as caught:
        apply(found, scanned.root)
    assert caught.value.code == "MED397"
    assert (scanned.root / "contracts/gold/places.yml").read_text() == places
    with pytest.raises(MedallionError) as unknown:
        scan(scanned.open(), scanned.root, "silver.peopel")
    assert (unknown.value.code, unknown.value.exit_code, unknown.value.help) == (
        "MED398",
        2,
        "did you mean silver.people?",
    )
    (scanned.root / "medallion" / "pii" / "__init__.py").rename(scanned.root / "medallion" / "pii" / "other.py")
    for leftover in sorted((scanned.root / "medallion" / "pii").glob("*.py")):
        leftover.unlink()
    (scanned.root / "medallion" / "pii").rmdir()
    with pytest.raises(MedallionError) as missing:
        scan(scanned.open(), scanned.root)
    assert (missing.value.code, missing.value.next) == ("MED399", "medallion upgrade")
