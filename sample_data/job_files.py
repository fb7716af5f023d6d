"""Bring the template's generated files up to date: `python -m sample_data.job_files`.

`medallion generate` writes jobs/*.sql and the editor's schema of a project from its contracts. The template holds
what it writes for the sample and for the empty project: one file where both are the same, a choice where not.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from medallion_toolkit.generate.files import write_files
from medallion_toolkit.scaffold.project import create_project, find_template

PROJECT = find_template() / "template" / "{{.project_name}}"


def template_files(sample: dict[str, str], empty: dict[str, str]) -> dict[str, str]:
    """Path and text of every generated file as the template holds it."""
    files: dict[str, str] = {}
    for path, text in sample.items():
        if text == empty[path]:
            files[path] = text
        elif "{{" in text + empty[path]:
            raise ValueError(f"{path} has braces of a template")
        else:
            files[f"{path}.tmpl"] = (
                f'{{{{if eq .sample_data "yes" -}}}}\n{text}{{{{else -}}}}\n{empty[path]}{{{{end -}}}}\n'
            )
    return files


def generated(sample_data: str) -> dict[str, str]:
    """What `medallion generate` writes in a new project."""
    with tempfile.TemporaryDirectory() as folder:
        create_project(Path(folder), {"project_name": "shop", "sample_data": sample_data})
        root = Path(folder) / "shop"
        return {file.path: (root / file.path).read_text(encoding="utf-8") for file in write_files(root).files}


def main() -> None:
    """Write what the template should hold, and remove the other form of a file that changed its form."""
    files = template_files(generated("yes"), generated("no"))
    for path, text in files.items():
        other = path.removesuffix(".tmpl") if path.endswith(".tmpl") else f"{path}.tmpl"
        (PROJECT / other).unlink(missing_ok=True)
        (PROJECT / path).parent.mkdir(parents=True, exist_ok=True)
        (PROJECT / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
