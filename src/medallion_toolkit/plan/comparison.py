"""Two states of a project, dataset by dataset: what changes, who is hit, what a column's end breaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from medallion_toolkit.plan.dataset_changes import is_stored
from medallion_toolkit.plan.lineage import Lineage, named_in
from medallion_toolkit.plan.model import NEEDS_ALLOW, ConsequencePlan, DatasetPlan, Effect, Reason
from medallion_toolkit.plan.readers import Readers, find_readers
from medallion_toolkit.plan.reading_resources import declared_readers
from medallion_toolkit.plan.refreshes import with_refreshes
from medallion_toolkit.plan.resources import bundle_changes
from medallion_toolkit.plan.shapes import Shape, said, shapes_of
from medallion_toolkit.plan.views import reasons_through_views, with_equal_names

if TYPE_CHECKING:
    from medallion_toolkit.graph.project import Project


def compare(
    before: Project,
    after: Project,
    base: str,
    allow: tuple[str, ...] = (),
    needs_allow: tuple[Effect, ...] = NEEDS_ALLOW,
) -> ConsequencePlan:
    """The plan from one state to the other; `allow` names datasets or effects that a person has agreed to."""
    was = shapes_of(before)
    now, renamed = with_equal_names(was, shapes_of(after))
    declared = declared_readers(after.bundle)
    readers = find_readers((before, after), declared.readers, declared.unread)
    states = _States(was, now, Lineage(before), Lineage(after), readers)
    changed = {name: reasons_through_views(name, was, now) for name in now if name in was}
    for name, reason in renamed.items():
        changed[name] = (*changed[name], reason)
    changed = with_refreshes(changed, now)
    found = [states.changed(name, reasons) for name, reasons in changed.items() if reasons]
    found += [states.new(name) for name in now if name not in was]
    found += [states.gone(name) for name in was if name not in now]
    datasets = tuple(sorted(found, key=lambda one: one.name))
    return ConsequencePlan(
        base=base,
        target=after.bundle.target,
        datasets=datasets,
        resources=tuple(bundle_changes(before.bundle, after.bundle)),
        unchanged=len(now) - sum(1 for one in datasets if one.name in now),
        allowed={one.name: _is_allowed(one, allow) for one in datasets if one.effect in needs_allow or one.broken},
        known_as={**states.before.known_as, **states.after.known_as},
        unread=readers.unread,
    )


def _is_allowed(plan: DatasetPlan, allow: tuple[str, ...]) -> bool:
    """By its name, or by its effect where nothing breaks."""
    return plan.name in allow or (plan.effect in allow and not plan.broken)


@dataclass(frozen=True)
class _States:
    """Both states of a project, with what is known of readers."""

    was: Mapping[str, Shape]
    now: Mapping[str, Shape]
    before: Lineage
    after: Lineage
    readers: Readers

    def changed(self, name: str, reasons: tuple[Reason, ...]) -> DatasetPlan:
        shape = self.now[name]
        added, gone = _column_differences(self.was[name], shape)
        plan = DatasetPlan(name, said(shape.kind), tuple(dict.fromkeys(reasons)), shape.place, pipeline=shape.pipeline)
        broken = tuple(self._broken(name, gone)) if gone else ()
        return self._with_readers(replace(plan, columns_added=added, columns_gone=gone, broken=broken), self.after)

    def new(self, name: str) -> DatasetPlan:
        shape = self.now[name]
        reason = Reason("new", f"a new {said(shape.kind)}", "flow added")
        twin = self._renamed_from(shape)
        if twin:
            text = f"the same as {twin}, which goes away: a new name is a new table"
            reason = Reason("new", text, "dataset renamed")
        return self._with_readers(DatasetPlan(name, said(shape.kind), (reason,), shape.place), self.after)

    def gone(self, name: str) -> DatasetPlan:
        shape = self.was[name]
        effect: Effect = "dropped with data" if is_stored(shape) else "metadata only"
        text = f"no file makes the {said(shape.kind)} any more"
        text += ": the platform drops it with its rows" if is_stored(shape) else ""
        reason = Reason(effect, text, "dataset taken away")
        plan = DatasetPlan(name, said(shape.kind), (reason,), shape.place, pipeline=shape.pipeline)
        found = self._with_readers(replace(plan, broken=tuple(self.readers.places(name))), self.before)
        return replace(found, consumers=tuple(one for one in found.consumers if one in self.now))

    def _with_readers(self, plan: DatasetPlan, lineage: Lineage) -> DatasetPlan:
        consumers = lineage.consumers(plan.name)
        owners = dict.fromkeys(filter(None, map(lineage.owner, consumers)))
        return replace(
            plan,
            consumers=consumers,
            readers=self.readers.of_all((plan.name, *consumers)),
            owner=lineage.owner(plan.name),
            owners=tuple(sorted(owners)),
        )

    def _broken(self, name: str, gone: tuple[str, ...]) -> Iterator[str]:
        """Places of direct readers whose query still names a column that goes away."""
        for consumer in self.after.direct.get(name, ()):
            yield from named_in(self.now[consumer].texts, gone, consumer)
        yield from self.readers.naming(name, gone)

    def _renamed_from(self, shape: Shape) -> str | None:
        gone = (old for name, old in self.was.items() if name not in self.now and old.kind == shape.kind)
        words = [flow.words for flow in shape.flows.values()]
        same = (old.name for old in gone if [flow.words for flow in old.flows.values()] == words and any(words))
        return next(same, None)


def _column_differences(was: Shape, now: Shape) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if was.output is None or now.output is None:
        return (), ()
    old, new = ({name.lower(): name for name in shape.output or ()} for shape in (was, now))
    return (
        tuple(new[name] for name in new if name not in old),
        tuple(old[name] for name in old if name not in new),
    )
