"""`medallion permissions`: the SQL an administrator runs before the first deployment of a target.

It never creates a schema or volume: those belong to the bundle, which creates and owns them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from medallion_toolkit.engine.files.rescue import quoted
from medallion_toolkit.errors import ConfigError, did_you_mean

if TYPE_CHECKING:
    from medallion_toolkit.graph.contracts import Contracts
    from medallion_toolkit.project.bundle import Bundle

MASK_ROLE = "pii_readers"
_RUN_AS_NEEDS = "USE SCHEMA, MANAGE, SELECT, CREATE TABLE, CREATE MATERIALIZED VIEW, CREATE FUNCTION"


@dataclass(frozen=True)
class Reader:
    """A role of the contracts: the tables it may read, and the group behind it (None: nobody yet)."""

    role: str
    group: str | None
    tables: tuple[str, ...]


@dataclass(frozen=True)
class Access:
    """Who needs what before and after the first deployment of a target.

    `schemas` and `volumes` are full names the bundle creates.
    """

    target: str
    catalogs: tuple[str, ...]
    schemas: tuple[str, ...]
    volumes: tuple[str, ...]
    deployer: str
    run_as: str
    readers: tuple[Reader, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """For `--json`: the parts and the script."""
        return {
            "target": self.target,
            "deployer": self.deployer,
            "run_as": self.run_as,
            "readers": {reader.role: reader.group for reader in self.readers},
            "script": permission_script(self),
        }


def prepare_access(project: Path, target: str, deployer: str | None) -> Access:
    """Read the project; the workspace is asked who deploys only where nothing else says so."""
    from medallion_toolkit.deployment.workspace import sign_in
    from medallion_toolkit.graph.contracts import load_contracts
    from medallion_toolkit.project.bundle import load_bundle

    bundle = load_bundle(project, target)
    deployer = deployer or bundle.run_as
    if deployer is None:
        signed_in = sign_in(project, target)
        deployer, bundle = signed_in.me.user_name, signed_in.bundle
    return access_of(bundle, load_contracts(bundle), deployer)


def access_of(bundle: Bundle, contracts: Contracts, deployer: str) -> Access:
    """What the bundle and its contracts ask for in the bundle's target."""
    return Access(
        target=bundle.target,
        catalogs=_once(name.partition(".")[0] for name in bundle.schemas.values()),
        schemas=tuple(bundle.schemas.values()),
        volumes=tuple(path.removeprefix("/Volumes/").replace("/", ".") for path in bundle.volumes.values()),
        deployer=deployer,
        run_as=bundle.run_as or deployer,
        readers=_readers(bundle, contracts),
    )


def permission_script(access: Access) -> str:
    """The script, ready for a SQL editor; running it twice changes nothing.

    >>> script = permission_script(Access("dev", ("shop_dev",), (), (), "ada@x.org", "ada@x.org"))
    >>> print(script.splitlines()[3])
    CREATE CATALOG IF NOT EXISTS `shop_dev`;
    """
    lines = [
        f"-- Target {access.target}: run once before the first deployment, by someone who may create catalogs.",
        f"-- {access.deployer} deploys, {access.run_as} runs. Schemas and volumes are made by the bundle, not here.",
        "",
    ]
    for catalog in access.catalogs:
        lines += [f"CREATE CATALOG IF NOT EXISTS {_name(catalog)};", *_catalog_grants(access, catalog), ""]
    lines += _reader_lines(access)
    lines += _after_deployment(access)
    return "\n".join(lines).rstrip() + "\n"


def _catalog_grants(access: Access, catalog: str) -> list[str]:
    principals = _once((access.deployer, access.run_as))
    return [
        f"GRANT USE CATALOG, USE SCHEMA, CREATE SCHEMA ON CATALOG {_name(catalog)} TO {quoted(principal)};"
        for principal in principals
    ]


def _reader_lines(access: Access) -> list[str]:
    if not access.readers:
        return []
    lines = ["-- Readers: the way in only. SELECT comes table by table from the job's last task."]
    for reader in access.readers:
        lines += _way_in(reader, access.catalogs)
    return [*lines, ""]


def _way_in(reader: Reader, catalogs: Iterable[str]) -> list[str]:
    variable = f"variable group_{reader.role}"
    if reader.group is None:
        return [f"-- role {reader.role}: the {variable} is blank, so nobody has it"]
    if not reader.tables:
        return [f"-- role {reader.role} ({variable}, {reader.group}): no table names it in `read`, so no grant"]
    lines = [f"-- role {reader.role} ({variable}): {table}" for table in reader.tables]
    grants = (f"GRANT USE CATALOG, USE SCHEMA ON CATALOG {_name(one)} TO {quoted(reader.group)};" for one in catalogs)
    return [*lines, *grants]


def _after_deployment(access: Access) -> list[str]:
    if access.run_as == access.deployer:
        return ["-- After the deployment: nothing. Who deploys also runs, and owns the schemas."]
    run_as = quoted(access.run_as)
    return [
        f"-- After the first deployment: {access.run_as} runs in schemas that {access.deployer} owns.",
        *(f"GRANT {_RUN_AS_NEEDS} ON SCHEMA {_name(schema)} TO {run_as};" for schema in access.schemas),
        *(f"GRANT READ VOLUME ON VOLUME {_name(volume)} TO {run_as};" for volume in access.volumes),
        "-- Not SQL: CAN USE on the SQL warehouse for it, and the role Service Principal User on it for the deployer.",
    ]


def _readers(bundle: Bundle, contracts: Contracts) -> tuple[Reader, ...]:
    tables: dict[str, list[str]] = {}
    governed = contracts.by_table.values()
    for contract in governed:
        for role in contract.governance.read:
            tables.setdefault(role, []).append(contract.table)
    if any(contract.has_masks for contract in governed):
        tables.setdefault(MASK_ROLE, [])
    return tuple(Reader(role, _group(bundle, role, named), tuple(named)) for role, named in sorted(tables.items()))


def _group(bundle: Bundle, role: str, tables: list[str]) -> str | None:
    variable = f"group_{role}"
    if variable not in bundle.variables:
        raise ConfigError(
            "MED121",
            f"no variable says which group the role {role} is",
            found=f"read: [{role}] in {', '.join(tables)}",
            expected=f"variable {variable} in databricks.yml",
            help=did_you_mean(variable, bundle.variables),
        )
    return str(bundle.variables[variable]).strip() or None


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _name(dotted: str) -> str:
    return ".".join(quoted(part) for part in dotted.split("."))
