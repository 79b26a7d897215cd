"""Two communities beside each other: neither sees, finds nor counts a row of the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tests.journeys.acting import once, whole_list
from tools.browsing.site import Site
from tools.browsing.watching import PATIENCE, Visitor

LANTERN, SAIL = "drill/harbour/quay/lantern", "drill/harbour/quay/sail"


def people_of(site: Site, area: str) -> set[str]:
    return {
        person for (person,) in site.ask("SELECT person FROM fact_residences WHERE located_in = %s", [area])
    }


def about(visitor: Visitor) -> set[str]:
    return {value for row in whole_list(visitor, "all") for value in row.values()}


def test_neither_community_sees_or_counts_a_row_of_the_other(
    site: Site, visit: Callable[..., Visitor]
) -> None:
    lantern, sail = visit("community"), visit("community-sail")
    of_lantern, of_sail = people_of(site, LANTERN), people_of(site, SAIL)
    seen_in_lantern, seen_in_sail = about(lantern), about(sail)
    assert seen_in_lantern & of_lantern, "the one community sees its own"
    assert seen_in_sail & of_sail, "the other community sees its own"
    assert not seen_in_lantern & of_sail
    assert not seen_in_sail & of_lantern


def test_a_row_of_the_other_community_is_not_found_by_its_address(
    site: Site, visit: Callable[..., Visitor]
) -> None:
    lantern, sail = visit("community"), visit("community-sail")
    ((row,),) = site.ask(
        "SELECT obligation_id FROM ledger_obligation WHERE about = 'H02-1' AND verb = 'check_health'"
        " AND withdrawn_at IS NULL ORDER BY due_at LIMIT 1"
    )
    statuses = [
        one.context.request.get(f"{one.address}{address}", timeout=PATIENCE * 1000).status
        for one in (lantern, sail)
        for address in (f"/why/{row}/", "/community/household/household/H02/")
    ]
    assert statuses == [200, 200, 404, 404]


def test_the_numbers_of_each_community_are_of_its_own_rows(site: Site, visit: Callable[..., Visitor]) -> None:
    for username, area in (("community", LANTERN), ("community-sail", SAIL)):
        # A limit may pass between the two counts; what is wrong stays wrong.
        counts = partial(shown_and_there, visit(username), site, area)
        shown, there = once(counts, lambda found: found[0] == found[1])
        assert shown == there
        assert there, "a list of nothing shows nothing"


def shown_and_there(visitor: Visitor, site: Site, area: str) -> tuple[int, int]:
    """What the list of overdue rows says that it has, and what the ledger has for this community."""
    visitor.go("/lists/obligations/overdue/")
    shown = int(visitor.page.locator("[data-total]").first.get_attribute("data-total") or "")
    ((there,),) = site.ask(
        "SELECT count(*) FROM ledger_obligation WHERE status = 'overdue' AND withdrawn_at IS NULL"
        " AND (area = %s OR area LIKE %s OR responsible = %s OR done_by = %s)",
        [area, f"{area}/%", *[f"office/{area}/community"] * 2],
    )
    return shown, int(there)
