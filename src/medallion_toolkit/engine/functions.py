"""Functions of the project in local queries: each becomes a temporary function for as long as a query is analysed."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from medallion_toolkit.engine.inputs import note_folder
from medallion_toolkit.engine.project_functions import ProjectFunction
from medallion_toolkit.engine.spark_errors import translated
from medallion_toolkit.graph.names import full_name, split_name
from medallion_toolkit.model import Span

if TYPE_CHECKING:
    from medallion_toolkit.engine.binding import Binder
    from medallion_toolkit.sql.functions import FunctionCall
    from medallion_toolkit.sql.tokens import Token

_numbers = itertools.count(1)
_QUERY = "SELECT "
MEMBERSHIP = ("IS_ACCOUNT_GROUP_MEMBER", "IS_MEMBER")
WHO = ("CURRENT_USER", "SESSION_USER", "USER")


@dataclass(frozen=True)
class Audience:
    """Who looks at rows: the account groups they belong to, and the name that current_user() gives."""

    groups: tuple[str, ...]
    user: str


@dataclass
class LocalFunctions:
    """Temporary functions and views made for one query; `drop` removes them when the query is analysed.

    `audience` answers is_account_group_member and current_user in their bodies; without one both are left to Spark.
    """

    binder: Binder
    audience: Audience | None = None
    _made: dict[str, str] = field(default_factory=dict)
    _views: list[str] = field(default_factory=list)

    def bind(self, text: str, catalog: str, schema: str) -> str:
        """`text` with each call of a function of the project replaced by a call of its local stand-in."""
        from medallion_toolkit.sql.functions import calls_of
        from medallion_toolkit.sql.rewriting import rewrite

        names = self.binder.functions.last_names
        made_in_python = self._python_functions()
        if not names and not made_in_python:
            return text
        called = calls_of(text)
        if any(call.name.lower() in made_in_python for call in called):
            for file in self.binder.graph.opened.get(self.binder.pipeline, ()):
                note_folder(file)
        calls = [call for call in called if split_name(call.name)[-1] in names]
        found = [(call.span, function) for call in calls if (function := self._called(call, catalog, schema))]
        return rewrite(text, [(span, self.name_of(function)) for span, function in found])

    def name_of(self, function: ProjectFunction) -> str:
        """The name of the temporary function that stands for `function`, made when it is first asked for."""
        if function.name not in self._made:
            name = f"__medallion_function_{next(_numbers)}"
            body = self.bind(self._body(function, name), function.catalog, function.schema)
            text = function.text
            returns = f" RETURNS {text.returns}" if text.returns else ""
            with translated(text.place):
                self.binder.spark.sql(f"CREATE TEMPORARY FUNCTION {name}({text.parameters}){returns} RETURN {body}")
            self._made[function.name] = name
        return self._made[function.name]

    def drop(self) -> None:
        for name in self._made.values():
            self.binder.spark.sql(f"DROP TEMPORARY FUNCTION {name}")
        for view in self._views:
            self.binder.spark.catalog.dropTempView(view)

    def _python_functions(self) -> set[str]:
        """Functions that the pipeline's Python registers; a query that calls one depends on its Python files."""
        return {function.name.lower() for function in self.binder.graph.functions.get(self.binder.pipeline, ())}

    def _called(self, call: FunctionCall, catalog: str, schema: str) -> ProjectFunction | None:
        """Spark's own functions win over unqualified ones of the project, as in the workspace."""
        spark = self.binder.spark
        if len(split_name(call.name)) == 1 and spark.catalog.functionExists(call.name.strip("`")):
            return None
        return self.binder.functions.find(spark, full_name(call.name, catalog, schema))

    def _body(self, function: ProjectFunction, name: str) -> str:
        """The body over local tables, answers for the audience put in; parameters may be called `f.parameter`."""
        from medallion_toolkit.sql.rewriting import rewrite
        from medallion_toolkit.sql.tokens import tokenize

        query = "" if (function.text.returns or "").upper().startswith("TABLE") else _QUERY
        text = f"{query}{function.text.body}"
        tokens = tokenize(text)
        own = split_name(function.name)[-1].upper()
        replacements = [
            (Span(token.start, token.end, 0, 0), name)
            for token, behind in itertools.pairwise(tokens)
            if token.key == own and behind.key == "."
        ]
        replacements += _answers(tokens, self.audience) if self.audience else []
        return rewrite(text, [*replacements, *self._tables(text, function)])[len(query) :]

    def _tables(self, text: str, function: ProjectFunction) -> list[tuple[Span, str]]:
        """The tables that a body reads, each replaced by a view over its local rows under the same name."""
        from medallion_toolkit.sql.relations import find_relations

        found = []
        for relation in find_relations(text, function.text.place.path):
            if relation.kind == "table":
                place = function.text.place
                rows = self.binder.table(relation.name, "batch", place, function.catalog, function.schema)
                view = f"__medallion_read_{next(_numbers)}"
                rows.createOrReplaceTempView(view)
                self._views.append(view)
                alias = "" if relation.alias else f" AS `{split_name(relation.name)[-1]}`"
                found.append((relation.span, view + alias))
        return found


def _answers(tokens: Sequence[Token], audience: Audience) -> list[tuple[Span, str]]:
    from medallion_toolkit.engine.files.rescue import literal

    groups = (
        f"array({', '.join(map(literal, audience.groups))})" if audience.groups else "CAST(array() AS ARRAY<STRING>)"
    )
    found = []
    for at, token in enumerate(tokens):
        behind = tokens[at + 1 : at + 3]
        is_call = bool(behind) and behind[0].key == "("
        if token.key in MEMBERSHIP and is_call:
            found.append((Span(token.start, behind[0].end, 0, 0), f"array_contains({groups}, "))
        elif token.key in WHO and is_call and len(behind) == 2 and behind[1].key == ")":
            found.append((Span(token.start, behind[1].end, 0, 0), literal(audience.user)))
        elif token.key in WHO[:2] and not is_call:
            found.append((Span(token.start, token.end, 0, 0), literal(audience.user)))
    return found
