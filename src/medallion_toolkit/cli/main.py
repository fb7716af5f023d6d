"""The command `medallion`: one thin module a command, registered here in the order of `--help`."""

from __future__ import annotations

import sys

import typer

from medallion_toolkit.cli.check import check
from medallion_toolkit.cli.clean import clean
from medallion_toolkit.cli.comment import comment
from medallion_toolkit.cli.contract import contract
from medallion_toolkit.cli.deliver import deliver
from medallion_toolkit.cli.deploy import deploy
from medallion_toolkit.cli.describe import describe
from medallion_toolkit.cli.dev import dev
from medallion_toolkit.cli.doctor import doctor
from medallion_toolkit.cli.drift import drift
from medallion_toolkit.cli.explain import explain
from medallion_toolkit.cli.gate import gate
from medallion_toolkit.cli.generate import generate
from medallion_toolkit.cli.lint import lint
from medallion_toolkit.cli.new import new
from medallion_toolkit.cli.parse import parse
from medallion_toolkit.cli.permissions import permissions
from medallion_toolkit.cli.plan import plan
from medallion_toolkit.cli.promote import promote
from medallion_toolkit.cli.quarantine import app as quarantine
from medallion_toolkit.cli.release import app as release
from medallion_toolkit.cli.render import render
from medallion_toolkit.cli.retry import retry
from medallion_toolkit.cli.rollback import rollback
from medallion_toolkit.cli.rules import rules
from medallion_toolkit.cli.run import run
from medallion_toolkit.cli.scan import scan
from medallion_toolkit.cli.show import show
from medallion_toolkit.cli.sql import sql
from medallion_toolkit.cli.start import start
from medallion_toolkit.cli.status import status
from medallion_toolkit.cli.tests import run_project_tests
from medallion_toolkit.cli.upgrade import upgrade
from medallion_toolkit.cli.validate import validate
from medallion_toolkit.cli.watch import watch

app = typer.Typer(
    name="medallion",
    help="Run, test, check and deploy a medallion lakehouse project.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

COMMANDS = (
    new,
    run,
    dev,
    show,
    sql,
    explain,
    describe,
    render,
    rules,
    scan,
    lint,
    check,
    validate,
    plan,
    comment,
    gate,
    generate,
    deliver,
    deploy,
    start,
    watch,
    status,
    retry,
    promote,
    rollback,
    drift,
    clean,
    permissions,
    upgrade,
    parse,
    doctor,
)
for command in COMMANDS:
    app.command()(command)
app.command("test")(run_project_tests)
app.add_typer(contract, name="contract")
app.add_typer(quarantine, name="quarantine")
app.add_typer(release, name="release")


def main() -> None:
    """Entry point of the console script."""
    sys.exit(app())
