"""Rules of visibility, told twice from one definition: as a filter of the ORM and as SQL of a row policy.

The filter makes queries fast and pages right; the policy stands behind it and holds also for the query that
forgot the filter. `tests` compare both row by row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from django.db.models import Exists, OuterRef, Q

from sizao.terms.queries import literal
from sizao_web.records.access.scope import Scope


def setting(name: str) -> str:
    """SQL of what `enter` told the database: looked up once for a query, NULL where nothing was sealed."""
    return f"(SELECT sizao_said('{name}'))"


def own_persons() -> str:
    """SQL of the people whose rows a resident sees, as an array; NULL for every other duty."""
    return f"string_to_array({setting('sees_persons')}, E'\\n')"


class AskedOfEachRow(Exists):
    """EXISTS that is looked up for each row that the rest of the question lets through, by an index.

    As a join PostgreSQL would begin with everybody who belongs to the area, a whole city, and then look for
    the few rows that were asked for: it cannot know how many a policy shows. OFFSET keeps it from joining.
    """

    template = "EXISTS(%(subquery)s OFFSET 0)"


class Rule(Protocol):
    """Which rows of a table a scope sees."""

    def q(self, scope: Scope) -> Q:
        """As a filter."""
        ...

    def sql(self, table: str) -> str:
        """As a condition over the table, never NULL-safe by accident: what is not TRUE is not seen."""
        ...


NOTHING = Q(pk__in=())
WATCHING = ("command", "cdc", "health_commission", "supervision", "administrator")
"""Duties that see what the installation notices about itself."""


@dataclass(frozen=True)
class InArea:
    """The column's area is the seen area or lies in it; of: `sees_area`, or `area`: the assignment's own."""

    column: str = "area"
    of: str = "sees_area"

    def q(self, scope: Scope) -> Q:
        area = scope.seen_area if self.of == "sees_area" else scope.area
        if not area:
            return NOTHING
        return Q(**{self.column: area}) | Q(
            **{f"{self.column}__gte": f"{area}/", f"{self.column}__lt": f"{area}0"}
        )

    def sql(self, table: str) -> str:
        # "0" follows "/" in the order of bytes: between the two lies every path below. Both ends are made
        # once for a query, and not for each of its rows.
        seen, column = f"sizao_said('{self.of}')", f'{table}."{self.column}"'
        below = f"({column} >= (SELECT {seen} || '/') AND {column} < (SELECT {seen} || '0'))"
        return f"({column} = (SELECT {seen}) OR {below})"


@dataclass(frozen=True)
class OfSelf:
    """The column names the resident who asks, or somebody whom they care for."""

    column: str = "person"

    def q(self, scope: Scope) -> Q:
        seen = scope.seen_persons
        return Q(**{f"{self.column}__in": seen}) if seen else NOTHING

    def sql(self, table: str) -> str:
        return f'({table}."{self.column}" = ANY ({own_persons()}))'


@dataclass(frozen=True)
class OfOrganisation:
    """The column names the seen organisation."""

    column: str

    def q(self, scope: Scope) -> Q:
        seen = scope.seen_organisation
        return Q(**{self.column: seen}) if seen else NOTHING

    def sql(self, table: str) -> str:
        return f'({table}."{self.column}" = {setting("sees_organisation")})'


@dataclass(frozen=True)
class OfPerson:
    """The column names a person who belongs to the seen area or organisation (`person_access`)."""

    column: str = "person"

    def q(self, scope: Scope) -> Q:
        from sizao_web.records.models import PersonAccess

        there = PersonAccess.objects.filter(ACCESS.q(scope), person=OuterRef(self.column))
        return Q(AskedOfEachRow(there))

    def sql(self, table: str) -> str:
        # OFFSET as in AskedOfEachRow: for a few rows a whole city would be read and hashed first.
        return (
            f'EXISTS (SELECT 1 FROM person_access AS seen WHERE seen.person = {table}."{self.column}"'
            f" AND {ACCESS.sql('seen')} OFFSET 0)"
        )


@dataclass(frozen=True)
class OfSample:
    """The sample is of a person who is seen."""

    def q(self, scope: Scope) -> Q:
        from sizao_web.records.models import FACT_MODELS

        members = FACT_MODELS["sample_members"]._default_manager.filter(
            OfPerson().q(scope), sample=OuterRef("sample")
        )
        return Q(AskedOfEachRow(members))

    def sql(self, table: str) -> str:
        return (
            f"EXISTS (SELECT 1 FROM fact_sample_members AS member WHERE member.sample = {table}.sample"
            f" AND {OfPerson().sql('member')} OFFSET 0)"  # else every member there is would be read first
        )


@dataclass(frozen=True)
class PlaceIn:
    """The column names a place that lies in the seen area; of: as of InArea."""

    column: str = "place"
    of: str = "sees_area"

    def q(self, scope: Scope) -> Q:
        from sizao_web.records.models import FACT_MODELS

        there = FACT_MODELS["places"]._default_manager.filter(
            InArea("located_in", self.of).q(scope), place=OuterRef(self.column)
        )
        return Q(AskedOfEachRow(there))

    def sql(self, table: str) -> str:
        return (
            f'EXISTS (SELECT 1 FROM fact_places AS there WHERE there.place = {table}."{self.column}"'
            f" AND {InArea('located_in', self.of).sql('there')})"
        )


@dataclass(frozen=True)
class Is:
    """The column holds this value."""

    column: str
    value: str

    def q(self, scope: Scope) -> Q:
        return Q(**{self.column: self.value})

    def sql(self, table: str) -> str:
        return f'({table}."{self.column}" = {literal(self.value)})'


@dataclass(frozen=True)
class IsNot:
    """The column holds something else."""

    column: str
    value: str

    def q(self, scope: Scope) -> Q:
        return ~Q(**{self.column: self.value})

    def sql(self, table: str) -> str:
        return f'({table}."{self.column}" <> {literal(self.value)})'


@dataclass(frozen=True)
class OwnAccount:
    """The column names the account that asks."""

    column: str = "account"

    def q(self, scope: Scope) -> Q:
        return Q(**{self.column: scope.account})

    def sql(self, table: str) -> str:
        return f'({table}."{self.column}" = {setting("account")})'


@dataclass(frozen=True)
class OwnRole:
    """The column names the role of the scope."""

    column: str = "role"

    def q(self, scope: Scope) -> Q:
        return Q(**{self.column: scope.role})

    def sql(self, table: str) -> str:
        return f'({table}."{self.column}" = {setting("role")})'


@dataclass(frozen=True)
class OfDelivery:
    """The row belongs to a delivery that is seen."""

    rule: Rule

    def q(self, scope: Scope) -> Q:
        from sizao_web.records.models import Delivery

        return Q(Exists(Delivery.objects.filter(self.rule.q(scope), pk=OuterRef("delivery_id"))))

    def sql(self, table: str) -> str:
        return (
            f"EXISTS (SELECT 1 FROM delivery AS whole WHERE whole.id = {table}.delivery_id"
            f" AND {self.rule.sql('whole')})"
        )


@dataclass(frozen=True)
class OfPartner:
    """The row was sent by a partner that is seen."""

    rule: Rule

    def q(self, scope: Scope) -> Q:
        from sizao_web.records.models import Partner

        return Q(Exists(Partner.objects.filter(self.rule.q(scope), account=OuterRef("account"))))

    def sql(self, table: str) -> str:
        return (
            f"EXISTS (SELECT 1 FROM partner AS sender WHERE sender.account = {table}.account"
            f" AND {self.rule.sql('sender')})"
        )


@dataclass(frozen=True)
class OfDoubt:
    """The row belongs to a doubt that is seen."""

    rule: Rule

    def q(self, scope: Scope) -> Q:
        from sizao_web.records.models import Doubt

        return Q(Exists(Doubt.objects.filter(self.rule.q(scope), pk=OuterRef("doubt_id"))))

    def sql(self, table: str) -> str:
        return (
            f"EXISTS (SELECT 1 FROM person_doubt AS pair WHERE pair.id = {table}.doubt_id"
            f" AND {self.rule.sql('pair')})"
        )


@dataclass(frozen=True)
class Roles:
    """The scope's role is one of these, whatever the row."""

    names: tuple[str, ...]

    def q(self, scope: Scope) -> Q:
        return Q() if scope.role in self.names else NOTHING

    def sql(self, table: str) -> str:
        named = ", ".join(literal(name) for name in self.names) or "NULL"
        return f"(SELECT sizao_said('role') IN ({named}))"  # answered once for a query


@dataclass(frozen=True)
class AnyOf:
    """One of the rules holds."""

    rules: tuple[Rule, ...]

    def q(self, scope: Scope) -> Q:
        # Q() is "every row", and OR with it must stay so: Django drops an empty Q from an OR.
        parts = [rule.q(scope) for rule in self.rules]
        if any(not part for part in parts):
            return Q()
        found = parts[0]
        for part in parts[1:]:
            found |= part
        return found

    def sql(self, table: str) -> str:
        return "(" + " OR ".join(rule.sql(table) for rule in self.rules) + ")"


@dataclass(frozen=True)
class AllOf:
    """All of the rules hold."""

    rules: tuple[Rule, ...]

    def q(self, scope: Scope) -> Q:
        found = Q()
        for rule in self.rules:
            found &= rule.q(scope)
        return found

    def sql(self, table: str) -> str:
        return "(" + " AND ".join(rule.sql(table) for rule in self.rules) + ")"


def any_of(rules: Iterable[Rule]) -> Rule:
    """One of the rules holds."""
    found = tuple(rules)
    return found[0] if len(found) == 1 else AnyOf(found)


ACCESS = AnyOf((InArea("area"), OfOrganisation("organisation"), OfSelf("person")))
"""Rows of person_access that concern the scope."""
