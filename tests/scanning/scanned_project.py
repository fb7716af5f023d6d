"""A small project with personal data in its tables, and contracts that say too little or the wrong thing."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest
from engine.local_project import LocalProject

from medallion_toolkit.engine.session import SessionOnDemand

HELPERS = Path(__file__).parents[2] / "template" / "{{.project_name}}" / "medallion"
PEOPLE = """CREATE OR REFRESH STREAMING TABLE ${silver}.people
AS SELECT *
FROM STREAM read_files('${landing}/people', format => 'json',
    schema => 'ref STRING, who STRING, contact STRING, phone STRING, account STRING, note STRING, visits INT');
"""
PEOPLE_CONTRACT = """# Who came to see us.
table: silver.people
description: One row per visitor.

columns:
  ref:     {type: string, rules: [not_null]}                  # the number on the door
  who:     {type: string, rules: [not_blank, length: {max: 80}]}
  contact: {type: string, class: internal}
  phone:   {type: string, class: pii}
  account:                                                    # where refunds go
    type: string          # as the bank writes it
    description: Account
  note:    {type: string, description: "What, if anything, was said"}
  visits:  {type: int}

governance: {default_class: internal}
"""
PLACES = """CREATE OR REFRESH MATERIALIZED VIEW ${gold}.places
AS SELECT ref, 'x' AS e_mail FROM ${silver}.people;
"""
PLACES_CONTRACT = """table: gold.places
columns:
  ref: {type: string}
  e_mail: {type: string}
"""
FILES = {
    "sql/silver/people.sql": PEOPLE,
    "contracts/silver/people.yml": PEOPLE_CONTRACT,
    "sql/gold/places.sql": PLACES,
    "contracts/gold/places.yml": PLACES_CONTRACT,
}
IBANS = ("DE89370400440532013000", "AT611904300234573201", "BE68539007547034")


def people() -> list[dict[str, object]]:
    dice = Random(5)
    names = ("Anna Huber", "Thomas Nowak", "Maria Rossi", "Tjark Jansen")
    return [
        {
            "ref": f"V-{number:04d}",
            "who": dice.choice(names),
            "contact": f"visitor{number}@example.com",
            "phone": f"+43 1 {dice.randint(1000000, 9999999)}",
            "account": dice.choice(IBANS) if number % 5 else None,
            "note": "please write to a.b@example.com about it" if number == 7 else "came twice and left again",
            "visits": number % 4,
        }
        for number in range(60)
    ]


@pytest.fixture
def scanned(tmp_path: Path, session_source: SessionOnDemand) -> LocalProject:
    """The project after a run of its first pipeline."""
    project = LocalProject(tmp_path, session_source, FILES)
    shutil.copytree(HELPERS, tmp_path / "medallion", ignore=shutil.ignore_patterns("__pycache__"))
    project.deliver("day1", people(), folder="people")
    assert project.run(pipeline="ingest").ok
    return project
