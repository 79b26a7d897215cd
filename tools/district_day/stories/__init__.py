"""What happens to whom, one module for each part of the district's life; each only tells facts."""

from __future__ import annotations

from tools.district_day.district import District
from tools.district_day.plan import Plan
from tools.district_day.stories import arrivals, care, cases, contacts, offices, places, standing, work
from tools.district_day.stories.people import People


def planned(district: District) -> Plan:
    """The whole day of a district, the same for the same seed."""
    from random import Random

    plan = Plan(district, Random(district.seed))
    people = People(district, plan.random)
    for story in (standing, places, cases, contacts, arrivals, care, work, offices):
        story.tell(plan, people)
    return plan
