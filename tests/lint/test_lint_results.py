"""What lint says as a whole: comments that silence it, places, repairs by position, SARIF, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from lint_project import JudgedProject, codes
from typer.testing import CliRunner

from medallion_toolkit.cli.main import app
from medallion_toolkit.lint.samples import ORDERS_CONTRACT
from medallion_toolkit.lint.sarif import sarif_log

STAR = "CREATE TEMPORARY VIEW orders_conformed\nAS SELECT *\nFROM STREAM(${bronze}.orders);\n"
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
# What SARIF 2.1.0 (OASIS, errata 01) requires of the objects that lint writes.
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {
                                            "type": "object",
                                            "required": ["id"],
                                            "properties": {
                                                "shortDescription": TEXT,
                                                "defaultConfiguration": {
                                                    "properties": {
                                                        "level": {"enum": ["none", "note", "warning", "error"]}
                                                    }
                                                },
                                            },
                                        },
                                    }
                                },
                            }
                        },
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message"],
                            "properties": {
                                "message": TEXT,
                                "ruleIndex": {"type": "integer", "minimum": -1},
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "locations": {
                                    "type": "array",
                                    "items": {
                                        "required": ["physicalLocation"],
                                        "properties": {
                                            "physicalLocation": {
                                                "required": ["artifactLocation"],
                                                "properties": {
                                                    "region": {
                                                        "properties": {
                                                            name: {"type": "integer", "minimum": 1}
                                                            for name in ("startLine", "startColumn", "endColumn")
                                                        }
                                                    }
                                                },
                                            }
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        },
    },
}


def silenced(judged: JudgedProject, comment: str, above: str = "") -> list[str]:
    text = STAR.replace("AS SELECT *", f"{above}AS SELECT *{comment}")
    return codes(judged.lint({"sql/silver/orders_conformed.sql": text, "contracts/silver/orders.yml": STARRED}))


STARRED = "table: silver.orders\nfrom: orders_conformed\nlimits: {quarantined: 1 %}\ncolumns:\n" + "".join(
    f"  {name}: {{type: string, description: As it came}}\n" for name in ("order_id", "amount", "ordered_at")
)


def test_the_star_is_found_at_its_place(judged: JudgedProject) -> None:
    result = judged.lint({"sql/silver/orders_conformed.sql": STAR, "contracts/silver/orders.yml": STARRED})
    (found,) = [one for one in result.findings if one.code == "MED625"]
    assert str(found.place) == "sql/silver/orders_conformed.sql:2:11"
    assert found.message == "orders_conformed takes whatever columns ${bronze}.orders has"


def test_a_comment_with_a_reason_silences_its_line(judged: JudgedProject) -> None:
    assert "MED625" not in silenced(judged, "  -- medallion: ignore MED625 the copy is whole on purpose")
    assert "MED625" not in silenced(judged, "", above="-- medallion: ignore MED625, MED620 whole on purpose\n")
    assert "MED625" in silenced(judged, "\n-- medallion: ignore MED625 one line too late")


def test_a_comment_without_reason_silences_nothing_and_is_found(judged: JudgedProject) -> None:
    assert {"MED625", "MED638"} <= set(silenced(judged, " -- medallion: ignore MED625"))
    assert {"MED625", "MED638"} <= set(silenced(judged, " -- medallion: ignore all of it"))


def test_a_comment_that_silences_nothing_is_found(judged: JudgedProject) -> None:
    assert silenced(judged, "").count("MED639") == 0
    found = silenced(judged, " -- medallion: ignore MED620, MED699 no such thing")
    assert found.count("MED639") == 2


def test_a_comment_inside_a_string_is_text(judged: JudgedProject) -> None:
    text = STAR.replace("*", "*, '-- medallion: ignore MED625 a text' AS remark")
    result = judged.lint({"sql/silver/orders_conformed.sql": text, "contracts/silver/orders.yml": STARRED})
    assert "MED625" in codes(result)


def test_yaml_is_silenced_with_its_own_comment(judged: JudgedProject) -> None:
    undescribed = STARRED.replace(
        "  amount: {type: string, description: As it came}",
        "  amount: {type: string}  # medallion: ignore MED637 obvious",
    )
    assert "MED637" not in codes(judged.lint({"contracts/silver/orders.yml": undescribed}))


def test_errors_of_the_reader_are_findings(judged: JudgedProject) -> None:
    result = judged.lint({"sql/silver/broken.sql": "CREATE OR REFRESH STREAMNG TABLE x AS SELECT 1;\n"})
    (found,) = [one for one in result.findings if one.place.path == "sql/silver/broken.sql"]
    assert (found.level, found.place.line, result.is_clean) == ("error", 1, False)


BRONZE = (
    "-- Größe: über alles\r\n"
    "CREATE OR REFRESH  STREAMING TABLE ${bronze}.orders\r\n"
    "AS SELECT *, /* né */ uuid() AS _row_id, _metadata.file_path AS p\r\n"
    "  FROM STREAM read_files('${landing}/orders', format => 'json', schema => 'order_id STRING');\r\n"
)


READ = {
    "contracts/silver/lost.yml": "table: silver.lost\ncolumns: {id: {type: string, description: Key}}\n",
    "contracts/silver/orders.yml": "",
    "contracts/gold/totals.yml": "table: gold.totals\ncolumns: {one: {type: int, description: One}}\n",
    "sql/gold/totals.sql": "CREATE OR REFRESH MATERIALIZED VIEW ${gold}.totals COMMENT 'x'\n"
    "AS SELECT 1 AS one FROM ${silver}.nowhere;\n",
}


def test_what_the_reader_finds_is_not_found_again_but_told(judged: JudgedProject) -> None:
    judged.write(READ)
    (judged.root / "contracts/silver/orders.yml").unlink()
    found = codes(judged.lint())
    assert {"MED334", "MED239", "MED332", "MED401"} <= set(found)
    sequence = "CREATE OR REFRESH STREAMING TABLE ${silver}.latest;\nCREATE FLOW f AS AUTO CDC INTO ${silver}.latest\n"
    flow = "FROM STREAM(${bronze}.orders) KEYS (order_id) STORED AS SCD TYPE 1;\n"
    assert "MED270" in codes(judged.lint({"sql/silver/latest.sql": sequence + flow}))
    history = ORDERS_CONTRACT.replace("carry:", "keys: [order_id]\nhistory: {type: 1}\ncarry:")
    assert "MED305" in codes(judged.lint({"contracts/silver/orders.yml": history}))
    limit = ORDERS_CONTRACT.replace("quarantined: 5 %", "quarantined: 5 percent")
    told = next(one for one in judged.lint({"contracts/silver/orders.yml": limit}).findings if one.code == "MED304")
    assert told.help == "found 5 percent, expected a share like 5 %, or a number of rows."


def test_repairs_keep_every_other_character(judged: JudgedProject) -> None:
    judged.write({})
    path = judged.root / "sql/bronze/orders.sql"
    path.write_bytes(b"\xef\xbb\xbf" + BRONZE.encode())
    result = judged.lint(fix=True)
    inserted = "\r\nTBLPROPERTIES ('pipelines.reset.allowed' = 'false')\r\nAS SELECT"
    assert result.fixed == 1
    assert path.read_bytes().decode() == "\ufeff" + BRONZE.replace("\r\nAS SELECT", inserted)


def test_properties_that_are_there_are_kept(judged: JudgedProject) -> None:
    text = BRONZE.replace("\r\nAS SELECT", " TBLPROPERTIES ('quality' = 'bronze')\r\nAS SELECT")
    judged.lint({"sql/bronze/orders.sql": text}, fix=True)
    kept = "TBLPROPERTIES ('pipelines.reset.allowed' = 'false', 'quality' = 'bronze')"
    assert kept in judged.text("sql/bronze/orders.sql")


def test_paths_choose_what_is_shown(judged: JudgedProject) -> None:
    judged.write({"sql/silver/orders_conformed.sql": STAR, "contracts/silver/orders.yml": STARRED})
    assert codes(judged.lint(paths=(Path("contracts"),))) == []
    assert "MED625" in codes(judged.lint(paths=(judged.root / "sql" / "silver",)))


def test_sarif_has_what_the_standard_requires(judged: JudgedProject, tmp_path: Path) -> None:
    judged.write({"sql/silver/orders_conformed.sql": STAR, "contracts/silver/orders.yml": STARRED})
    file = tmp_path / "lint.sarif"
    ended = CliRunner().invoke(app, ["lint", "--project", str(judged.root), "--sarif", str(file), "--json"])
    log = json.loads(file.read_text(encoding="utf-8"))
    jsonschema.validate(log, SARIF)
    shown = json.loads(ended.stdout)
    results = log["runs"][0]["results"]
    assert (ended.exit_code, shown["clean"]) == (1, False)
    assert [one["ruleId"] for one in results] == [one["code"] for one in shown["findings"]]
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert [rules[one["ruleIndex"]]["id"] for one in results] == [one["ruleId"] for one in results]
    star = next(one for one in results if one["ruleId"] == "MED625")["locations"][0]["physicalLocation"]
    assert star["artifactLocation"]["uri"] == "sql/silver/orders_conformed.sql"
    assert star["region"] == {"startLine": 2, "startColumn": 11, "endColumn": 12}


def test_the_schema_of_the_test_refuses_what_is_no_sarif(judged: JudgedProject) -> None:
    log = sarif_log(judged.lint({"sql/silver/orders_conformed.sql": STAR}))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**log, "version": "2.0"}, SARIF)


def test_exit_codes_and_text(judged: JudgedProject, tmp_path: Path) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        ended = CliRunner().invoke(app, ["lint", "--project", str(judged.root), *arguments])
        return ended.exit_code, ended.output

    judged.write({})
    assert run() == (0, "4 files · 0 errors · 0 warnings\n")
    judged.write({"contracts/silver/orders.yml": ORDERS_CONTRACT.replace(", description: Gross", "")})
    assert run() == (0, "4 files · 0 errors · 0 warnings · 1 note (--notes shows them)\n")
    assert run("--notes")[1].startswith("contracts/silver/orders.yml:5:3: note MED637 silver.orders.amount ")
    judged.write({"sql/silver/orders_conformed.sql": STAR, "contracts/silver/orders.yml": STARRED})
    assert run()[0] == 1
    assert run()[1].splitlines()[0].startswith("sql/silver/orders_conformed.sql:2:11: warning MED625 ")
    assert run("no/such/folder")[0] == 2
    assert run("--sarif", str(tmp_path / "no" / "folder" / "x.sarif"))[0] == 1
