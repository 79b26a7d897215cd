"""Links that are no record have an index of their own: whether a record was corrected is asked of every row."""

from django.db import migrations, models

FACTS = (
    "areas", "places", "offices", "enrolments", "closures", "rooms", "room_conditions", "people", "merges",
    "households", "dependants", "residences", "stays", "arrivals", "occupations", "classifications",
    "exposures", "designations", "standing_instructions", "orders", "room_stays", "health_checks",
    "releases", "hand_overs", "hand_over_acceptances", "transfers", "samples", "sample_members",
    "sample_receipts", "results", "institution_reports", "place_checks", "absences", "absence_causes",
    "equipment", "beds", "laboratory_capacities", "works", "works_steps", "admissions", "discharges",
    "deaths", "visits", "case_reports", "investigations", "referrals", "medicine_sales", "encounters",
    "escorts", "declarations", "pushed_entries", "dispositions", "requests", "request_outcomes",
    "place_requests", "place_request_outcomes", "resumption_applications", "resumption_decisions",
    "appeals", "appeal_decisions", "area_grades", "response_levels", "area_counts", "waivers", "adoptions",
    "published_totals", "inspections", "findings", "rectifications", "shifts", "rosters", "staffing",
    "teams", "incidents", "incident_reports", "assignments", "assignment_reports", "deployments",
    "staff_care", "campaigns", "campaign_reports", "publications", "stock_counts", "movements",
    "allocations", "budget_lines", "notices", "public_contacts",
)


def _later(fact):
    return migrations.AddIndex(
        model_name=fact.replace("_", ""),
        index=models.Index(
            fields=["key_hi", "key_lo"],
            condition=models.Q(("action", "record"), _negated=True),
            name=f"{fact[:24]}_later",
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("records", "0020_rows_stored_in_blocks")]

    operations = [_later(fact) for fact in FACTS]
