"""Something may not be read or written, or is not there.

Conditions are those of https://docs.databricks.com/aws/en/error-messages/error-classes.
"""

from __future__ import annotations

from .model import KnownFailure

_LACKS = (
    r"does not have (?P<privilege>[A-Z ]*?{privilege}[A-Z ]*?) on (?P<kind>\w+) '?(?P<name>[^'.\s]+(?:\.[^'.\s]+)*)"
)

ACCESS = (
    KnownFailure(
        code="MED801",
        title="the identity that runs the pipeline may not use a catalog",
        cause="{privilege} is missing on catalog {name}.",
        fix="medallion permissions -t {target} --apply",
        pattern=_LACKS.format(privilege="USE CATALOG"),
        heals="grant",
        sample="PERMISSION_DENIED: User does not have USE CATALOG on Catalog 'shop_prod'.",
    ),
    KnownFailure(
        code="MED802",
        title="the identity that runs the pipeline may not use a schema",
        cause="{privilege} is missing on schema {name}.",
        fix="medallion permissions -t {target} --apply",
        pattern=_LACKS.format(privilege="USE SCHEMA"),
        heals="grant",
        sample=(
            "[INSUFFICIENT_PERMISSIONS] Insufficient privileges:\nUser does not have USE SCHEMA on Schema "
            "'shop.silver'. SQLSTATE: 42501"
        ),
    ),
    KnownFailure(
        code="MED803",
        title="the identity that runs the pipeline may not make tables",
        cause="{privilege} is missing on {kind} {name}.",
        fix="medallion permissions -t {target} --apply",
        pattern=_LACKS.format(privilege="CREATE"),
        heals="grant",
        sample="PERMISSION_DENIED: User does not have CREATE MATERIALIZED VIEW on Schema 'shop.gold'.",
    ),
    KnownFailure(
        code="MED804",
        title="files may not be read",
        cause="{privilege} is missing on {kind} {name}.",
        fix="medallion permissions -t {target} --apply",
        pattern=_LACKS.format(privilege="(?:READ VOLUME|READ FILES)"),
        heals="grant",
        sample="PERMISSION_DENIED: User does not have READ VOLUME on Volume 'shop.bronze.landing'.",
    ),
    KnownFailure(
        code="MED805",
        title="a table may not be read",
        cause="{privilege} is missing on {kind} {name}.",
        fix="ask the owner of {name}: GRANT SELECT ON TABLE {name} TO the pipeline's run-as identity",
        pattern=_LACKS.format(privilege="SELECT"),
        sample=(
            "[INSUFFICIENT_PERMISSIONS] Insufficient privileges:\nUser does not have SELECT on Table "
            "'crm.sales.accounts'. SQLSTATE: 42501"
        ),
    ),
    KnownFailure(
        code="MED806",
        title="cloud storage refuses access",
        cause="The storage credential of the external location may not read the path.",
        fix="check the external location and its storage credential in Catalog Explorer",
        pattern=r"\bAccessDenied(?:Exception)?\b|status code: 403|403 Forbidden|AuthorizationPermissionMismatch",
        sample=(
            "java.nio.file.AccessDeniedException: s3://shop-landing/orders: getFileStatus: "
            "com.amazonaws.services.s3.model.AmazonS3Exception: Access Denied (Service: Amazon S3; Status "
            "Code: 403; Error Code: AccessDenied)"
        ),
    ),
    KnownFailure(
        code="MED807",
        title="a table belongs to another pipeline",
        cause="{name} is made by pipeline {owner}; a table has one pipeline.",
        fix="rename the dataset, or take it out of the other pipeline and deploy both",
        pattern=r"Table '?(?P<name>[\w.`]+)'? is already managed by pipeline '?(?P<owner>[\w-]+)",
        sample=(
            "Table 'shop.silver.orders' is already managed by pipeline 7c2b1e0a-11aa-4c8d-9f0e-2b6f6a1c0d55. "
            "A table can only be owned by one pipeline."
        ),
    ),
)

MISSING = (
    KnownFailure(
        code="MED811",
        title="a table or view is not there",
        cause="Nothing is called {name} in this target.",
        fix="medallion lint, or run the pipeline that makes {name} first",
        conditions=("TABLE_OR_VIEW_NOT_FOUND", "DELTA_TABLE_NOT_FOUND"),
        pattern=r"(?:table or view|Delta table) `?(?P<name>[\w`.]+?)`? (?:cannot be found|doesn't exist)",
        sample=(
            "[TABLE_OR_VIEW_NOT_FOUND] The table or view `shop`.`silver`.`rates` cannot be found. Verify the "
            "spelling and correctness of the schema and catalog. SQLSTATE: 42P01"
        ),
    ),
    KnownFailure(
        code="MED812",
        title="a schema is not there",
        cause="The schema {name} was never deployed to this target, or was dropped.",
        fix="medallion deploy -t {target}",
        conditions=("SCHEMA_NOT_FOUND",),
        pattern=r"schema `?(?P<name>[\w`.]+?)`? cannot be found",
        heals="add schema",
        sample=(
            "[SCHEMA_NOT_FOUND] The schema `shop`.`silver` cannot be found. Verify the spelling and "
            "correctness of the schema and catalog. SQLSTATE: 42704"
        ),
    ),
    KnownFailure(
        code="MED813",
        title="a catalog is not there",
        cause="The catalog {name} does not exist, or the run-as identity cannot see it.",
        fix="medallion permissions -t {target}   (its first statements make the catalog)",
        conditions=("CATALOG_NOT_FOUND", "NO_SUCH_CATALOG_EXCEPTION"),
        pattern=r"Catalog '?`?(?P<name>[\w]+)`?'? (?:was )?not found",
        sample=(
            "[NO_SUCH_CATALOG_EXCEPTION] Catalog 'shop_staging' was not found. Please verify the catalog "
            "name and then retry the query or command again. SQLSTATE: 42704"
        ),
    ),
    KnownFailure(
        code="MED814",
        title="a volume is not there",
        cause="The volume of {name} does not exist in this target.",
        fix="medallion deploy -t {target}",
        conditions=("UC_VOLUME_NOT_FOUND",),
        pattern=r"Volume '?`?(?P<name>[\w`./]+?)`?'? does not exist",
        sample=(
            "[UC_VOLUME_NOT_FOUND] Volume `shop`.`bronze`.`landing` does not exist. Please use 'SHOW "
            "VOLUMES' to list available volumes. SQLSTATE: 42704"
        ),
    ),
    KnownFailure(
        code="MED815",
        title="a folder of the source is not there",
        cause="Nothing was ever delivered to {name}.",
        fix="medallion deliver -t {target}, or state the schema in read_files so that an empty folder can be read",
        conditions=("PATH_NOT_FOUND", "CF_PATH_DOES_NOT_EXIST", "CF_EMPTY_DIR_FOR_SCHEMA_INFERENCE"),
        pattern=r"(?:Path does not exist: |input path |empty directory )`?(?P<name>(?:dbfs:)?/[^\s`]+|\w+://[^\s`]+)",
        retry="may help",
        sample=(
            "[CF_EMPTY_DIR_FOR_SCHEMA_INFERENCE] Cannot infer schema when the input path "
            "`/Volumes/shop/bronze/landing/orders` is empty. Please try to start the stream when there are "
            "files in the input path, or specify the schema. SQLSTATE: 42000"
        ),
    ),
    KnownFailure(
        code="MED816",
        title="a function is not there",
        cause="{name} is not a function of this target; mask functions are made by the job's first task.",
        fix="run the job, not the pipeline alone: databricks bundle run daily -t {target}",
        conditions=("UNRESOLVED_ROUTINE", "ROUTINE_NOT_FOUND"),
        pattern=r"(?:routine|function) `?(?P<name>[\w`.]+?)`? (?:on search path|cannot be found)",
        sample=(
            "[UNRESOLVED_ROUTINE] Cannot resolve routine `shop`.`silver`.`mask_text` on search path "
            "[`system`.`builtin`, `system`.`session`, `shop`.`silver`]. SQLSTATE: 42883"
        ),
    ),
    KnownFailure(
        code="MED817",
        title="a Python module is not there",
        cause="The pipeline imports {name}, which the project does not hold and the environment does not install.",
        fix="add {name} to the pipeline's environment.dependencies, or put the module into the project",
        pattern=r"(?:ModuleNotFoundError: )?No module named '(?P<name>[\w.]+)'",
        sample=(
            'Traceback (most recent call last):\n  File "/Workspace/shop/python/contracts.py", line 1, in '
            "<module>\nModuleNotFoundError: No module named 'pydantic'"
        ),
    ),
)
