"""The project's own helper package, loaded apart."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from python_projects import write

from medallion_toolkit.errors import ContractError, PipelineError
from medallion_toolkit.python.project_modules import project_package, translated


def package(root: Path, text: str, *, interface: str = "INTERFACE = 2") -> Path:
    return write(
        root,
        {
            "medallion/__init__.py": f"{interface}\nfrom .rules import NAME\n",
            "medallion/rules.py": f"NAME = {text!r}\n\ndef late():\n    from .later import VALUE\n    return VALUE\n",
            "medallion/later.py": f"VALUE = 'late {text}'\n",
        },
    )


def test_each_project_has_its_own_copy(tmp_path: Path) -> None:
    first = project_package(package(tmp_path / "a", "one"))
    second = project_package(package(tmp_path / "b", "two"))

    assert (first.NAME, second.NAME) == ("one", "two")
    assert (first.rules.late(), second.rules.late()) == ("late one", "late two")
    assert "medallion" not in sys.modules or sys.modules["medallion"] not in (first, second)


def test_an_unchanged_package_is_the_same_and_an_edited_one_new(tmp_path: Path) -> None:
    root = package(tmp_path, "one")
    before = project_package(root)
    assert project_package(root) is before

    (root / "medallion" / "rules.py").write_text("NAME = 'changed'\n")

    assert project_package(root).NAME == "changed"
    assert before.NAME == "one"


def test_no_bytecode_is_left_in_the_project(tmp_path: Path) -> None:
    project_package(package(tmp_path, "one"))

    assert list(tmp_path.rglob("__pycache__")) == []


@pytest.mark.parametrize(("interface", "found"), [("INTERFACE = 9", "9"), ("OTHER = 1", "None")])
def test_another_interface_is_refused_with_the_upgrade_command(tmp_path: Path, interface: str, found: str) -> None:
    root = package(tmp_path, "one", interface=interface)

    with pytest.raises(PipelineError) as caught:
        project_package(root)

    error = caught.value
    assert (error.code, error.found, error.next) == ("MED261", f"INTERFACE = {found}", "medallion upgrade")


def test_a_missing_package_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PipelineError) as caught:
        project_package(tmp_path)

    assert (caught.value.code, caught.value.next) == ("MED260", "medallion upgrade")


def test_a_package_that_does_not_load_names_its_line(tmp_path: Path) -> None:
    root = write(tmp_path, {"medallion/__init__.py": "INTERFACE = 2\n1 / 0\n"})
    before = set(sys.modules)

    with pytest.raises(PipelineError) as caught:
        project_package(root)

    assert (caught.value.code, str(caught.value.place)) == ("MED257", f"{root / 'medallion' / '__init__.py'}:2")
    assert [name for name in set(sys.modules) - before if name.startswith("medallion__")] == []


def test_errors_of_the_package_become_contract_errors(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "medallion/__init__.py": """
                INTERFACE = 2

                class ContractProblem(Exception):
                    def __init__(self, path):
                        super().__init__("x")
                        self.code, self.message, self.path, self.line, self.column = "MED305", "No.", path, 4, 2
                        self.found = self.expected = self.help = None

                def load(path):
                    raise ContractProblem(path)
                """
        },
    )
    module = project_package(tmp_path)

    with pytest.raises(ContractError) as caught, translated():
        module.load("contracts/silver/orders.yml")

    assert (caught.value.code, str(caught.value.place)) == ("MED305", "contracts/silver/orders.yml:4:2")


def test_other_errors_pass_through_translation() -> None:
    with pytest.raises(KeyError), translated():
        raise KeyError("x")
