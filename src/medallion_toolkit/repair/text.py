"""What the quarantine commands print: short, in the order in which one asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from medallion_toolkit.repair.model import Counts, Journey, OpenRows, Replayed, ReplayPlan

MOST_LINES = 8


def open_rows_text(found: Sequence[OpenRows]) -> str:
    """A block a table: open rows, the rules they fail, the files they came from."""
    if not found:
        return "No open rows: every row is valid, or was dropped by rule."
    return "\n".join(line for one in found for line in _open_lines(one))


def plan_text(plan: ReplayPlan) -> str:
    """What a replay would do; the command asks after it."""
    if plan.rows == 0 and plan.waiting == 0:
        return f"{plan.table}: no open rows, nothing to replay"
    lines = [
        f"{plan.table}: {_rows(plan.rows, 'open row')}",
        *_counted("  ", plan.by_rule, plan.by_file),
    ]
    if plan.waiting:
        lines.append(
            f"  {plan.waiting:,} of them wait since an earlier replay that was broken off; they are not inserted again"
        )
    lines.append("judged with the present query and contract, nothing written:")
    lines.append(f"  {plan.passing:,} would pass")
    if plan.failing:
        lines.append(f"  {plan.failing:,} would fail for other reasons than before, and keep their history")
    if plan.same:
        lines.append(f"  {plan.same:,} would fail as they did and are left as they are")
    lines += _counted("    ", plan.reasons)
    if plan.dropped:
        lines.append(f"  {plan.dropped:,} would be dropped by rule")
    if plan.gone:
        lines.append(f"  {plan.gone:,} are gone: the present query leaves them out, or bronze no longer has them")
    if plan.corrected:
        lines.append(f"  {_rows(plan.corrected, 'row')} with a correction")
    if plan.corrections_elsewhere:
        lines.append(
            f"  {_rows(len(plan.corrections_elsewhere), 'correction')} for rows that are not open here: not applied"
        )
    return "\n".join(lines)


def replayed_text(done: Replayed) -> str:
    """Counts before and after, and whether every row is in exactly one place."""
    names = ("rows", "valid", "open", "dropped", "in table")
    lines = [f"{'':8}" + "".join(f"{name:>10}" for name in names)]
    lines += [_count_line("before", done.before), _count_line("after", done.after)]
    verdict = "every row is in exactly one place, none twice" if done.ok else f"NOT CONSERVED: {done.after}"
    return "\n".join([*lines, verdict])


def journey_text(found: Journey) -> str:
    """The way of a row from bronze to where it is now."""
    return "\n".join([f"{found.table}  row {found.row}", f"  now: {found.now}", *_journey_lines(found)])


def _journey_lines(found: Journey) -> Iterator[str]:
    yield "  attempts"
    for attempt in found.attempts:
        when = f"  {attempt.checked_at}" if attempt.checked_at else ""
        version = f"  contract {attempt.contract_version}" if attempt.contract_version else ""
        yield f"    {attempt.number}  {attempt.state}{when}{version}"
        for reason in attempt.reasons:
            yield f"       {reason['rule']}: {reason['message']} (was {_value(reason['value'])})"
    yield from _value_lines("bronze row", found.bronze)
    yield from _value_lines("with the present query and types", found.conformed)
    if found.rules:
        yield "  present rules"
    for rule in found.rules:
        yield f"    {'holds' if rule.holds else 'FAILS'}  {rule.name} ({rule.on_fail}): {_value(rule.observed)}"


def _value_lines(title: str, values: Mapping[str, object] | None) -> Iterator[str]:
    yield f"  {title}" if values else f"  {title}: gone"
    width = max(map(len, values), default=0) if values else 0
    for name, value in (values or {}).items():
        yield f"    {name:<{width}}  {_value(value)}"


def _open_lines(one: OpenRows) -> Iterator[str]:
    since = f"   since {one.since} UTC, newest {one.newest} UTC" if one.since else ""
    yield f"{one.table}   {_rows(one.rows, 'open row')}{since}"
    yield from _counted("  ", one.by_rule, one.by_file)
    if one.waiting:
        yield f"  {one.waiting:,} wait to be judged: medallion run"


def _counted(margin: str, *groups: Mapping[str, int]) -> Iterator[str]:
    """Names with their counts, of each group the most frequent."""
    shown = [dict(list(counts.items())[:MOST_LINES]) for counts in groups]
    width = max((len(name) for counts in shown for name in counts), default=0)
    for counts, found in zip(shown, groups, strict=True):
        for name, count in counts.items():
            yield f"{margin}{name:<{width}}  {count:>5,}"
        if len(found) > len(counts):
            yield f"{margin}and {len(found) - len(counts)} more"


def _count_line(name: str, counts: Counts) -> str:
    figures = (counts.rows, counts.valid, counts.open, counts.dropped, counts.in_table)
    return f"{name:8}" + "".join(f"{figure:>10,}" for figure in figures)


def _rows(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _value(value: object) -> str:
    return "null" if value is None else str(value)
