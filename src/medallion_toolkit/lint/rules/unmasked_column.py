"""MED628: a classified column that readers would see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from medallion_toolkit.lint.columns import KnownColumns, called
from medallion_toolkit.lint.contract import contract_place
from medallion_toolkit.lint.findings import Example, Found, LintRule
from medallion_toolkit.lint.project import PAST_BRONZE, LintProject, Made
from medallion_toolkit.lint.samples import ORDERS_CONTRACT
from medallion_toolkit.model import Column, Span, SqlQuery
from medallion_toolkit.sql.columns import OutputItem, output_items
from medallion_toolkit.sql.literals import name_value
from medallion_toolkit.sql.statements import QueryText

_TABLES = ("streaming_table", "materialized_view")
_MADE_BESIDE = ("_checked", "_quarantine", "_valid")
_HELP = "give the column list: column TYPE MASK ${silver}.mask_text; or leave the column out"


def check(project: LintProject) -> Iterator[Found]:
    known = KnownColumns(project)
    yield from _declared(project)
    for made in project.made_in(*PAST_BRONZE):
        query = made.node.flows[0].query if made.node.flows else None
        is_seen = made.node.dataset.kind in _TABLES and not made.node.dataset.private
        if is_seen and isinstance(query, SqlQuery):
            yield from _copied(known, made, query)


def _declared(project: LintProject) -> Iterator[Found]:
    """Contracts of tables that SQL makes: the mask has to stand in the SQL."""
    for name, contract in project.contracts.items():
        node = project.graph.nodes.get(name)
        if contract.source is not None or node is None:
            continue
        masked = _masked(node.dataset.columns)
        for column in contract.columns:
            if column.is_masked and column.name.lower() not in masked:
                yield Found(
                    contract_place(contract, column.position),
                    f"{contract.layer}.{contract.name}.{column.name} is classified and has no mask in the SQL",
                    _HELP,
                )


def _copied(known: KnownColumns, made: Made, query: SqlQuery) -> Iterator[Found]:
    own = known.project.contracts.get(made.node.name)
    stated = {column.name.lower() for column in own.columns if column.is_masked} if own else set()
    masked = _masked(made.node.dataset.columns) | stated
    text = QueryText(query.text, Span(0, len(query.text), 1, 1), query.relations)
    base = made.statement.query.span.start if made.statement.query else 0
    for item in output_items(text) or ():
        source = _classified(known, made, query, item) if item.name and item.name.lower() not in masked else None
        if source is not None:
            start, end = item.tokens[0].start, item.tokens[-1].end
            message = f"{made.layer}.{made.shown}.{item.name} shows what {source} masks"
            yield Found(made.file.place(base + start, base + end), message, _HELP)


def _classified(known: KnownColumns, made: Made, query: SqlQuery, item: OutputItem) -> str | None:
    """`silver.orders.contact_email` when the item is that classified column and nothing else."""
    tokens = item.tokens[:-2] if len(item.tokens) > 2 and item.tokens[-2].key == "AS" else item.tokens
    if len(tokens) not in (1, 3) or any(token.kind not in ("word", "quoted") for token in tokens[::2]):
        return None
    qualifier = name_value(tokens[0]).lower() if len(tokens) == 3 else None
    column = name_value(tokens[-1]).lower()
    for relation in query.relations:
        if qualifier not in (None, called(relation)):
            continue
        key = known.source(made.node, query, relation) or ""
        own = next((key.removesuffix(one) for one in _MADE_BESIDE if key.endswith(one)), key)
        contract = known.project.contracts.get(own)
        if contract and any(one.name.lower() == column and one.is_masked for one in contract.columns):
            return f"{contract.layer}.{contract.name}.{column}"
    return None


def _masked(columns: Sequence[Column]) -> set[str]:
    return {column.name.lower() for column in columns if column.mask}


_CLASSIFIED = ORDERS_CONTRACT.replace("description: Number on the invoice", "class: pii, description: Number")


def _totals(columns: str) -> Example:
    text = f"""CREATE OR REFRESH MATERIALIZED VIEW ${{gold}}.named{columns}
AS SELECT orders.order_id, amount FROM ${{silver}}.orders AS orders;
"""
    return Example({"sql/gold/named.sql": text, "contracts/silver/orders.yml": _CLASSIFIED})


RULE = LintRule(
    code="MED628",
    name="unmasked_column",
    level="error",
    why="A mask belongs to one table's column; a copy of the column is unmasked until it has a mask of its own.",
    check=check,
    offends=_totals(""),
    fine=_totals(" (\n    order_id STRING MASK ${silver}.mask_text,\n    amount DECIMAL(12,2)\n)"),
)
