"""What must be true of the tables of the law beyond the type of a cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from linepack.errors import InputError, Issue
from linepack.policy.formula import deeds, parse_formula
from linepack.policy.matching import countries
from linepack.policy.reader import nearest
from linepack.policy.rows import Exemption, Scope
from linepack.policy.schema import LAW_TABLES, LISTS
from linepack.policy.words import Voting

if TYPE_CHECKING:
    from linepack.policy.law import Law


def check_law(law: Law) -> list[Issue]:
    """Return every problem: unknown names, wrong or overlapping dates, formulas, licences wider than their ban."""
    checks: tuple[Callable[[Law], list[Issue]], ...] = (
        _check_references,
        _check_days,
        _check_overlaps,
        _check_formulas,
        _check_readings,
        _check_relief,
        _check_phases,
        _check_reach,
    )
    return [issue for check in checks for issue in check(law)]


def _check_references(law: Law) -> list[Issue]:
    issues = []
    for table in LAW_TABLES:
        rows: Iterable[Any] = getattr(law, table.name)
        for column in table.columns:
            if column.references is None:
                continue
            other, name = column.references.split(".")
            known = {getattr(row, name) for row in getattr(law, other)}
            for row in rows:
                value = getattr(row, column.name)
                for part in value if column.name in LISTS else filter(None, (value,)):
                    if part not in known:
                        issues.append(
                            Issue(
                                f"unknown-{name}",
                                f"{column.name} names '{part}', which {other} does not have",
                                table.name,
                                (_key(row, table.key),),
                                nearest(part, sorted(known)),
                            )
                        )
    return issues


def _check_days(law: Law) -> list[Issue]:
    issues = []
    for table in LAW_TABLES:
        for row in getattr(law, table.name):
            first, last = getattr(row, "first_day", None), getattr(row, "last_day", None)
            if first is not None and last is not None and last < first:
                issues.append(
                    Issue(
                        "wrong-dates",
                        f"last_day {last} is before first_day {first}",
                        table.name,
                        (_key(row, table.key),),
                        "the last day is part of the span",
                    )
                )
    for renewal in law.renewals:
        if renewal.until < renewal.decided:
            issues.append(
                Issue(
                    "wrong-dates",
                    f"until {renewal.until} is before the decision",
                    "renewals",
                    (f"{renewal.instrument} {renewal.decided}",),
                )
            )
    return issues


def _check_overlaps(law: Law) -> list[Issue]:
    issues: list[Issue] = []
    groups: dict[tuple[str, ...], list[Any]] = {}
    replaced = {scope.replaces for scope in law.scopes}
    for scope in law.scopes:
        if scope.scope not in replaced:
            groups.setdefault(("scopes", scope.instrument, scope.reading, *_dimensions(scope)), []).append(scope)
    for member in law.members:
        groups.setdefault(("members", member.body, member.member), []).append(member)
    for (table, *key), rows in groups.items():
        ordered = sorted(rows, key=lambda row: row.first_day)
        for before, after in pairwise(ordered):
            if before.last_day is None or before.last_day >= after.first_day:
                issues.append(
                    Issue(
                        "overlapping-dates",
                        f"rows from {before.first_day} and {after.first_day} overlap",
                        table,
                        (" ".join(filter(None, key)),),
                        "end the earlier row the day before the later one starts",
                    )
                )
    return issues


def _dimensions(scope: Scope) -> tuple[str, ...]:
    dimensions: tuple[Iterable[object], ...] = (
        scope.assets,
        scope.origins,
        scope.destinations,
        scope.media,
        scope.actors,
        scope.contract_classes,
    )
    return (scope.measure, str(scope.activity or ""), *(";".join(str(part) for part in names) for names in dimensions))


def _check_formulas(law: Law) -> list[Issue]:
    issues: list[Issue] = []
    bodies = {row.body for row in law.bodies}
    voters = {row.body for row in law.members}
    texts = [("decision_rules", row.rule, text) for row in law.decision_rules for text in (row.lift, row.relief)]
    texts += [("gate_states", f"{row.gate} {row.first_day}", row.opens_by) for row in law.gate_states]
    for table, key, text in texts:
        try:
            found = deeds(parse_formula(text))
        except InputError as error:
            issues.append(Issue(error.issue.code, error.issue.message, table, (key,), error.issue.hint))
            continue
        for deed in found:
            if deed.body not in bodies:
                issues.append(
                    Issue(
                        "unknown-body",
                        f"the formula names '{deed.body}'",
                        table,
                        (key,),
                        nearest(deed.body, sorted(bodies)),
                    )
                )
            elif deed.voting is not None and deed.body not in voters:
                issues.append(
                    Issue("no-members", f"'{deed.body}' votes by {deed.voting} but has no members", table, (key,))
                )
            elif deed.voting is Voting.QUALIFIED_MAJORITY and any(
                row.population_percent <= 0 for row in law.members if row.body == deed.body
            ):
                issues.append(
                    Issue("no-population", f"members of '{deed.body}' lack a population share", table, (key,))
                )
    return issues


def _check_readings(law: Law) -> list[Issue]:
    issues: list[Issue] = []
    known = {f"{row.question}:{row.reading}" for row in law.readings}
    for name in ("scopes", "exemptions"):
        for row in getattr(law, name):
            if row.reading and row.reading not in known:
                issues.append(
                    Issue(
                        "unknown-reading",
                        f"reading '{row.reading}' is not in readings",
                        name,
                        (_key(row, (name[:-1],)),),
                        nearest(row.reading, sorted(known)),
                    )
                )
    for question in sorted({row.question for row in law.readings}):
        defaults = [row for row in law.readings if row.question == question and row.is_default]
        if len(defaults) != 1:
            issues.append(
                Issue(
                    "one-default",
                    f"'{question}' has {len(defaults)} default readings, not one",
                    "readings",
                    (question,),
                )
            )
    return issues


def _check_relief(law: Law) -> list[Issue]:
    issues = []
    for relief in law.exemptions:
        scopes = [scope for scope in law.scopes if scope.instrument == relief.instrument]
        faults = [_wider(relief, scope) for scope in scopes]
        if not scopes or all(faults):
            what = next((fault for fault in faults if fault), "the instrument has no scope")
            issues.append(
                Issue(
                    "wider-than-ban",
                    f"'{relief.name}' is wider than what {relief.instrument} bars: {what}",
                    "exemptions",
                    (relief.exemption,),
                    "an exemption carves out part of one scope",
                )
            )
        limit = relief.maximum_days
        if limit and relief.last_day and (relief.last_day - relief.first_day).days + 1 > limit:
            issues.append(
                Issue("too-long", f"'{relief.name}' runs more than {limit:.0f} days", "exemptions", (relief.exemption,))
            )
    return issues


def _wider(relief: Exemption, scope: Scope) -> str:
    """Return how an exemption reaches beyond a scope, or ''."""
    if relief.first_day < scope.first_day and not relief.series:
        return f"it starts on {relief.first_day}, the ban on {scope.first_day}"
    if scope.last_day is not None and (relief.last_day is None or relief.last_day > scope.last_day):
        return f"it outlasts the ban, which ends on {scope.last_day}"
    pairs: tuple[tuple[str, Iterable[object], Iterable[object]], ...] = (
        ("assets", relief.assets, scope.assets),
        ("actors", relief.actors, scope.actors),
        ("contract classes", relief.contract_classes, scope.contract_classes),
        ("destinations", countries(relief.destinations), countries(scope.destinations)),
        ("activities", relief.activities, (scope.activity,) if scope.activity else ()),
    )
    for what, own, theirs in pairs:
        beyond = set(own) - set(theirs)
        if set(theirs) and beyond:
            return f"{what} {', '.join(sorted(str(b) for b in beyond))} are not barred"
    return ""


def _check_reach(law: Law) -> list[Issue]:
    """A scope that closes gates must say what it bars and for whom, or it would bar everything."""
    return [
        Issue(
            "unbounded-scope",
            "a bar needs an activity, and assets, origins or actors",
            "scopes",
            (scope.scope,),
            "name what it bars",
        )
        for scope in law.scopes
        if scope.measure.closes and not (scope.activity and (scope.assets or scope.origins or scope.actors))
    ]


def _check_phases(law: Law) -> list[Issue]:
    issues = []
    for row in law.instruments:
        stages = [s for s in law.stages if s.instrument == row.instrument]
        scopes = [s for s in law.scopes if s.instrument == row.instrument]
        if not stages:
            issues.append(Issue("no-stage", "an instrument needs at least one stage", "instruments", (row.instrument,)))
        elif scopes and min(s.first_day for s in scopes) < min(s.date for s in stages):
            issues.append(Issue("wrong-dates", "a phase starts before the first stage", "scopes", (row.instrument,)))
    return issues


def _key(row: Any, key: tuple[str, ...]) -> str:
    return " ".join(str(getattr(row, name)) for name in key if hasattr(row, name))
