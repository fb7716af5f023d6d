"""A pipeline without a bundle: `medallion run --files GLOB --conf KEY=VALUE`.

The options are kept in `.medallion/files.json`, so that later commands in the folder (run, show, sql,
describe, dev) mean the same pipeline without naming them again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from medallion_toolkit.errors import ConfigError, Place, UsageError
from medallion_toolkit.project.bundle import Bundle, load_bundle
from medallion_toolkit.project.combining import FILE_NAMES
from medallion_toolkit.project.local_settings import LocalSettings, read_local_settings
from medallion_toolkit.project.nodes import Node
from medallion_toolkit.project.paths import glob_files
from medallion_toolkit.project.pipelines import Pipeline

CATALOG, SCHEMA, TARGET, PIPELINE = "local", "default", "local", "files"
_STATE = Path(".medallion") / "files.json"


@dataclass(frozen=True)
class FilePipeline:
    """`files` are globs counted from the folder; `configuration` is what `${key}` and spark.conf.get give."""

    files: tuple[str, ...]
    configuration: Mapping[str, str]

    @property
    def headline(self) -> str:
        """What a run says first: which files, and where names without a catalog or schema belong."""
        return f"local · no bundle · {', '.join(self.files)} · names without catalog or schema: {CATALOG}.{SCHEMA}"


def file_pipeline(folder: Path, files: Sequence[str], settings: Sequence[str]) -> FilePipeline:
    """The pipeline that `--files` and `--conf` describe; UsageError where the folder has a bundle of its own."""
    bundle_file = _bundle_file(folder)
    if bundle_file is not None or not files:
        raise UsageError(
            "MED110",
            "--files and --conf describe a pipeline without a bundle",
            found=str(bundle_file) if bundle_file else "--conf without --files",
            expected="a folder without databricks.yml, and at least one --files",
            help="a bundle says both itself: libraries: and configuration: of its pipelines",
        )
    return FilePipeline(tuple(files), dict(_setting(text) for text in settings))


def chosen_files(folder: Path, files: Sequence[str], settings: Sequence[str]) -> FilePipeline | None:
    """What this command means: its own `--files`, kept for the next one, or the last; None in a bundle."""
    if not files and not settings:
        return remembered(folder)
    pipeline = file_pipeline(folder, files, settings)
    bundle_without_file(folder.absolute(), pipeline)
    _remember(folder, pipeline)
    return pipeline


def _remember(folder: Path, pipeline: FilePipeline) -> None:
    path = folder / _STATE
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"files": pipeline.files, "configuration": dict(pipeline.configuration)}, indent=2)
    path.write_text(text + "\n", encoding="utf-8")


def remembered(folder: Path) -> FilePipeline | None:
    """The pipeline of the last `--files` in a folder without a bundle."""
    path = folder / _STATE
    if _bundle_file(folder) is not None or not path.is_file():
        return None
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return FilePipeline(tuple(document["files"]), dict(document["configuration"]))
    except (ValueError, KeyError, TypeError) as error:
        place = Place(str(path))
        raise ConfigError("MED102", "The file is not valid JSON.", place=place, found=str(error)) from error


def local_bundle(folder: Path, target: str | None = None) -> Bundle:
    """What commands on this machine work on: the folder's bundle, or the files of its last `--files`."""
    pipeline = remembered(folder)
    if pipeline is None:
        return load_bundle(folder, target)
    if target not in (None, TARGET):
        raise UsageError("MED105", f"There is no target {target} without a databricks.yml.", found=target)
    return bundle_without_file(folder.absolute(), pipeline)


def bundle_without_file(root: Path, pipeline: FilePipeline) -> Bundle:
    """A bundle of one pipeline. Values that are paths stand for themselves: reads below them find local files."""
    folders = {key: path for key, value in pipeline.configuration.items() if (path := _local_folder(root, value))}
    configuration = {**pipeline.configuration, **{key: str(path) for key, path in folders.items()}}
    named = {value: f"{CATALOG}.{value}" for key, value in configuration.items() if key not in folders}
    local = read_local_settings(root, ())
    return Bundle(
        name=root.name,
        root=root,
        target=TARGET,
        mode=None,
        variables={},
        resources={},
        pipelines=(_pipeline(root, pipeline, configuration),),
        schemas={SCHEMA: f"{CATALOG}.{SCHEMA}", **named},
        volumes={key: str(path) for key, path in folders.items()},
        local=LocalSettings({**local.volumes, **folders}, local.paths, local.sources),
        workspace={},
        run_as=None,
        targets=(TARGET,),
    )


def _pipeline(root: Path, pipeline: FilePipeline, configuration: Mapping[str, str]) -> Pipeline:
    found = [file for pattern in pipeline.files for file in _files(root, pattern)]
    return Pipeline(
        key=PIPELINE,
        name=root.name,
        catalog=CATALOG,
        schema=SCHEMA,
        root_path=root,
        configuration=configuration,
        parameters={},
        files=tuple(dict.fromkeys(found)),
        event_log=None,
        serverless=False,
    )


def _files(root: Path, pattern: str) -> tuple[Path, ...]:
    found = glob_files(Node(pattern, Place(str(root / "medallion run --files"))), root, "")
    if not found:
        raise UsageError(
            "MED133",
            f"--files {pattern} matches no SQL or Python file",
            found=str(root / pattern),
            help="quote the pattern, so that the shell leaves it alone: --files 'sql/**/*.sql'",
        )
    return found


def _setting(text: str) -> tuple[str, str]:
    key, separator, value = text.partition("=")
    if not separator or not key.strip():
        raise UsageError("MED111", "--conf takes a key and a value", found=text, expected="--conf landing=./landing")
    return key.strip(), value.strip()


def _local_folder(root: Path, value: str) -> Path | None:
    """The folder a value means: written as a relative path, or an absolute one of this machine."""
    if value.startswith(("./", "../", "~/")) or value in (".", ".."):
        return (root / Path(value).expanduser()).resolve()
    return Path(value) if value.startswith("/") and Path(value).exists() else None


def _bundle_file(folder: Path) -> Path | None:
    return next((folder / name for name in FILE_NAMES if (folder / name).is_file()), None)
