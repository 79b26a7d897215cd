"""The table of each fact. Written by `make generate` from sizao.facts: change the dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.db import models

from sizao_web.records.models.rows import FactRow, rules_of_keys


class Areas(FactRow):
    """Areas: one tree from the country to the grid."""

    path = models.TextField(null=True, db_collation="C")
    label_zh = models.TextField(null=True)
    label_en = models.TextField(null=True)
    level = models.TextField(null=True)

    class Meta:
        db_table = "fact_areas"
        constraints = rules_of_keys("areas")
        indexes = (
            models.Index(fields=["path"], name="areas_path_ix"),
            models.Index(fields=["arrived_in"], name="areas_arrived_i_ix"),
        )


class Places(FactRow):
    """Places: hospitals, pharmacies, schools, quarantine sites and others."""

    place = models.TextField(null=True)
    kind = models.TextField(null=True)
    level = models.TextField(null=True)
    located_in = models.TextField(null=True, db_collation="C")
    fever_clinic = models.BooleanField(null=True)
    capacity = models.BigIntegerField(null=True)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        db_table = "fact_places"
        constraints = rules_of_keys("places")
        indexes = (
            models.Index(fields=["place"], name="places_place_ix"),
            models.Index(fields=["arrived_in"], name="places_arrived_i_ix"),
        )


class Offices(FactRow):
    """Offices: one row for each task of an office and the area it covers."""

    office = models.TextField(null=True)
    task = models.TextField(null=True)
    covers = models.TextField(null=True, db_collation="C")
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        db_table = "fact_offices"
        constraints = rules_of_keys("offices")
        indexes = (
            models.Index(fields=["office"], name="offices_office_ix"),
            models.Index(fields=["arrived_in"], name="offices_arrived_i_ix"),
        )


class Enrolments(FactRow):
    """Enrolments: a place owes a report from a day on."""

    place = models.TextField(null=True)
    duty = models.TextField(null=True)
    operating = models.TextField(null=True)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        db_table = "fact_enrolments"
        constraints = rules_of_keys("enrolments")
        indexes = (
            models.Index(fields=["place"], name="enrolments_place_ix"),
            models.Index(fields=["arrived_in"], name="enrolments_arrived_i_ix"),
        )


class Closures(FactRow):
    """Closures: days on which a place does not work."""

    place = models.TextField(null=True)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)
    ground = models.TextField(null=True)

    class Meta:
        db_table = "fact_closures"
        constraints = rules_of_keys("closures")
        indexes = (
            models.Index(fields=["place"], name="closures_place_ix"),
            models.Index(fields=["arrived_in"], name="closures_arrived_i_ix"),
        )


class People(FactRow):
    """People: identifier, sex and year of birth only."""

    person = models.TextField(null=True)
    sex = models.TextField(null=True)
    birth_year = models.BigIntegerField(null=True)

    class Meta:
        db_table = "fact_people"
        constraints = rules_of_keys("people")
        indexes = (
            models.Index(fields=["person"], name="people_person_ix"),
            models.Index(fields=["arrived_in"], name="people_arrived_i_ix"),
        )


class Merges(FactRow):
    """Merges: two identifiers are one person."""

    person = models.TextField(null=True)
    same_as = models.TextField(null=True)

    class Meta:
        db_table = "fact_merges"
        constraints = rules_of_keys("merges")
        indexes = (
            models.Index(fields=["person"], name="merges_person_ix"),
            models.Index(fields=["same_as"], name="merges_same_as_ix"),
            models.Index(fields=["arrived_in"], name="merges_arrived_i_ix"),
        )


class Households(FactRow):
    """Households: who belongs to which household."""

    household = models.TextField(null=True)
    person = models.TextField(null=True)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        db_table = "fact_households"
        constraints = rules_of_keys("households")
        indexes = (
            models.Index(fields=["person"], name="households_person_ix"),
            models.Index(fields=["arrived_in"], name="households_arrived_i_ix"),
        )


class Dependants(FactRow):
    """Dependants: who depends on whom for care; “none” is an answer too."""

    person = models.TextField(null=True)
    dependant = models.TextField(null=True)
    kind = models.TextField(null=True)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        db_table = "fact_dependants"
        constraints = rules_of_keys("dependants")
        indexes = (
            models.Index(fields=["person"], name="dependants_person_ix"),
            models.Index(fields=["dependant"], name="dependants_dependant_ix"),
            models.Index(fields=["arrived_in"], name="dependants_arrived_i_ix"),
        )


class Residences(FactRow):
    """Residences: where a person lives."""

    person = models.TextField(null=True)
    located_in = models.TextField(null=True, db_collation="C")
    household = models.TextField(null=True)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        db_table = "fact_residences"
        constraints = rules_of_keys("residences")
        indexes = (
            models.Index(fields=["person"], name="residences_person_ix"),
            models.Index(fields=["arrived_in"], name="residences_arrived_i_ix"),
        )


class Stays(FactRow):
    """Stays: a person was in an area or place."""

    person = models.TextField(null=True)
    located_in = models.TextField(null=True, db_collation="C")
    place = models.TextField(null=True)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        db_table = "fact_stays"
        constraints = rules_of_keys("stays")
        indexes = (
            models.Index(fields=["person"], name="stays_person_ix"),
            models.Index(fields=["arrived_in"], name="stays_arrived_i_ix"),
        )


class Arrivals(FactRow):
    """Arrivals: a person came to the city or came back."""

    person = models.TextField(null=True)
    arrived_on = models.DateField(null=True)
    origin = models.TextField(null=True, db_collation="C")
    origin_country = models.TextField(null=True)
    conveyance = models.TextField(null=True)
    conveyance_number = models.TextField(null=True)
    seat = models.TextField(null=True)
    declared = models.TextField(null=True)

    class Meta:
        db_table = "fact_arrivals"
        constraints = rules_of_keys("arrivals")
        indexes = (
            models.Index(fields=["person"], name="arrivals_person_ix"),
            models.Index(fields=["arrived_in"], name="arrivals_arrived_i_ix"),
        )


class Occupations(FactRow):
    """Occupations: what a person works, and where."""

    person = models.TextField(null=True)
    occupation = models.TextField(null=True)
    employer = models.TextField(null=True)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        db_table = "fact_occupations"
        constraints = rules_of_keys("occupations")
        indexes = (
            models.Index(fields=["person"], name="occupations_person_ix"),
            models.Index(fields=["arrived_in"], name="occupations_arrived_i_ix"),
        )


class Classifications(FactRow):
    """Classifications: one row each time a case is classified."""

    person = models.TextField(null=True)
    case = models.TextField(null=True)
    class_named = models.TextField(db_column="class", null=True)
    classified_on = models.DateField(null=True)
    onset_earliest = models.DateField(null=True)
    onset_latest = models.DateField(null=True)
    origin = models.TextField(null=True)
    found_by = models.TextField(null=True)

    class Meta:
        db_table = "fact_classifications"
        constraints = rules_of_keys("classifications")
        indexes = (
            models.Index(fields=["person"], name="classifications_person_ix"),
            models.Index(fields=["case"], name="classifications_case_ix"),
            models.Index(fields=["arrived_in"], name="classifications_arrived_i_ix"),
        )


class Exposures(FactRow):
    """Exposures: a person was in contact with a case."""

    person = models.TextField(null=True)
    case = models.TextField(null=True)
    case_person = models.TextField(null=True)
    kind = models.TextField(null=True)
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)

    class Meta:
        db_table = "fact_exposures"
        constraints = rules_of_keys("exposures")
        indexes = (
            models.Index(fields=["person"], name="exposures_person_ix"),
            models.Index(fields=["case"], name="exposures_case_ix"),
            models.Index(fields=["case_person"], name="exposures_case_pers_ix"),
            models.Index(fields=["arrived_in"], name="exposures_arrived_i_ix"),
        )


class Designations(FactRow):
    """Designations: a decision that a person is a contact of a class."""

    person = models.TextField(null=True)
    case = models.TextField(null=True)
    case_person = models.TextField(null=True)
    class_named = models.TextField(db_column="class", null=True)
    last_exposed_on = models.DateField(null=True)
    designated_on = models.DateField(null=True)
    instruction = models.TextField(null=True)

    class Meta:
        db_table = "fact_designations"
        constraints = rules_of_keys("designations")
        indexes = (
            models.Index(fields=["person"], name="designations_person_ix"),
            models.Index(fields=["case"], name="designations_case_ix"),
            models.Index(fields=["case_person"], name="designations_case_pers_ix"),
            models.Index(fields=["arrived_in"], name="designations_arrived_i_ix"),
        )


class StandingInstructions(FactRow):
    """Standing instructions: contacts of a kind are contacts of a class, decided by two persons."""

    instruction = models.TextField(null=True)
    kind = models.TextField(null=True)
    class_named = models.TextField(db_column="class", null=True)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)
    adopted_by = models.TextField(null=True)
    approved_by = models.TextField(null=True)

    class Meta:
        db_table = "fact_standing_instructions"
        constraints = rules_of_keys("standing_instructions")
        indexes = (
            models.Index(fields=["instruction"], name="standing_instruc_instructi_ix"),
            models.Index(fields=["arrived_in"], name="standing_instruc_arrived_i_ix"),
        )


class Orders(FactRow):
    """Orders: a restriction was ordered and handed to the person."""

    order = models.TextField(null=True)
    person = models.TextField(null=True)
    place = models.TextField(null=True)
    ground_rule = models.TextField(null=True)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)
    appeal_to = models.TextField(null=True)

    class Meta:
        db_table = "fact_orders"
        constraints = rules_of_keys("orders")
        indexes = (
            models.Index(fields=["person"], name="orders_person_ix"),
            models.Index(fields=["arrived_in"], name="orders_arrived_i_ix"),
        )


class RoomStays(FactRow):
    """Room stays: a person was under quarantine or observation at a place."""

    person = models.TextField(null=True)
    place = models.TextField(null=True)
    room = models.TextField(null=True)
    kind = models.TextField(null=True)
    from_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fact_room_stays"
        constraints = rules_of_keys("room_stays")
        indexes = (
            models.Index(fields=["person"], name="room_stays_person_ix"),
            models.Index(fields=["place"], name="room_stays_place_ix"),
            models.Index(fields=["arrived_in"], name="room_stays_arrived_i_ix"),
        )


class HealthChecks(FactRow):
    """Health checks: temperature and symptoms."""

    person = models.TextField(null=True)
    checked_at = models.DateTimeField(null=True)
    temperature = models.FloatField(null=True)
    symptoms = models.BooleanField(null=True)

    class Meta:
        db_table = "fact_health_checks"
        constraints = rules_of_keys("health_checks")
        indexes = (
            models.Index(fields=["person"], name="health_checks_person_ix"),
            models.Index(fields=["arrived_in"], name="health_checks_arrived_i_ix"),
        )


class Releases(FactRow):
    """Releases: a restriction was lifted."""

    person = models.TextField(null=True)
    released_at = models.DateTimeField(null=True)
    order = models.TextField(null=True)

    class Meta:
        db_table = "fact_releases"
        constraints = rules_of_keys("releases")
        indexes = (
            models.Index(fields=["person"], name="releases_person_ix"),
            models.Index(fields=["arrived_in"], name="releases_arrived_i_ix"),
        )


class HandOvers(FactRow):
    """Hand-overs: an office offers that another takes over responsibility for a person."""

    hand_over = models.TextField(null=True)
    person = models.TextField(null=True)
    from_office = models.TextField(null=True)
    to_office = models.TextField(null=True)
    offered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fact_hand_overs"
        constraints = rules_of_keys("hand_overs")
        indexes = (
            models.Index(fields=["hand_over"], name="hand_overs_hand_over_ix"),
            models.Index(fields=["person"], name="hand_overs_person_ix"),
            models.Index(fields=["arrived_in"], name="hand_overs_arrived_i_ix"),
        )


class HandOverAcceptances(FactRow):
    """Acceptances of hand-overs: responsibility passes only when the receiver accepts."""

    hand_over = models.TextField(null=True)
    person = models.TextField(null=True)
    accepted_office = models.TextField(null=True)
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fact_hand_over_acceptances"
        constraints = rules_of_keys("hand_over_acceptances")
        indexes = (
            models.Index(fields=["hand_over"], name="hand_over_accept_hand_over_ix"),
            models.Index(fields=["person"], name="hand_over_accept_person_ix"),
            models.Index(fields=["arrived_in"], name="hand_over_accept_arrived_i_ix"),
        )


class Samples(FactRow):
    """Samples: one row for each tube."""

    sample = models.TextField(null=True)
    taken_at = models.DateTimeField(null=True)
    place = models.TextField(null=True)
    kind = models.TextField(null=True)
    laboratory = models.TextField(null=True)

    class Meta:
        db_table = "fact_samples"
        constraints = rules_of_keys("samples")
        indexes = (
            models.Index(fields=["sample"], name="samples_sample_ix"),
            models.Index(fields=["arrived_in"], name="samples_arrived_i_ix"),
        )


class SampleMembers(FactRow):
    """Sample members: one row for each person in a tube."""

    sample = models.TextField(null=True)
    person = models.TextField(null=True)

    class Meta:
        db_table = "fact_sample_members"
        constraints = rules_of_keys("sample_members")
        indexes = (
            models.Index(fields=["sample"], name="sample_members_sample_ix"),
            models.Index(fields=["person"], name="sample_members_person_ix"),
            models.Index(fields=["arrived_in"], name="sample_members_arrived_i_ix"),
        )


class Results(FactRow):
    """Results: a laboratory found a result for a sample."""

    sample = models.TextField(null=True)
    result = models.TextField(null=True)
    resulted_at = models.DateTimeField(null=True)
    laboratory = models.TextField(null=True)

    class Meta:
        db_table = "fact_results"
        constraints = rules_of_keys("results")
        indexes = (
            models.Index(fields=["sample"], name="results_sample_ix"),
            models.Index(fields=["arrived_in"], name="results_arrived_i_ix"),
        )


class InstitutionReports(FactRow):
    """Institution reports: the daily report of a place, zero included."""

    place = models.TextField(null=True)
    duty = models.TextField(null=True)
    reported_at = models.DateTimeField(null=True)
    for_on = models.DateField(null=True)
    present = models.BigIntegerField(null=True)
    absent = models.BigIntegerField(null=True)
    feverish = models.BigIntegerField(null=True)

    class Meta:
        db_table = "fact_institution_reports"
        constraints = rules_of_keys("institution_reports")
        indexes = (
            models.Index(fields=["place"], name="institution_repo_place_ix"),
            models.Index(fields=["arrived_in"], name="institution_repo_arrived_i_ix"),
        )


class Admissions(FactRow):
    """Admissions: a person was admitted."""

    person = models.TextField(null=True)
    place = models.TextField(null=True)
    admitted_at = models.DateTimeField(null=True)
    admitted_for = models.TextField(null=True)

    class Meta:
        db_table = "fact_admissions"
        constraints = rules_of_keys("admissions")
        indexes = (
            models.Index(fields=["person"], name="admissions_person_ix"),
            models.Index(fields=["arrived_in"], name="admissions_arrived_i_ix"),
        )


class Discharges(FactRow):
    """Discharges: a person left hospital."""

    person = models.TextField(null=True)
    place = models.TextField(null=True)
    discharged_at = models.DateTimeField(null=True)
    outcome = models.TextField(null=True)

    class Meta:
        db_table = "fact_discharges"
        constraints = rules_of_keys("discharges")
        indexes = (
            models.Index(fields=["person"], name="discharges_person_ix"),
            models.Index(fields=["arrived_in"], name="discharges_arrived_i_ix"),
        )


class Deaths(FactRow):
    """Deaths: a person died."""

    person = models.TextField(null=True)
    died_on = models.DateField(null=True)

    class Meta:
        db_table = "fact_deaths"
        constraints = rules_of_keys("deaths")
        indexes = (
            models.Index(fields=["person"], name="deaths_person_ix"),
            models.Index(fields=["arrived_in"], name="deaths_arrived_i_ix"),
        )


class Visits(FactRow):
    """Visits: to the recovered, to dependants, by the community."""

    person = models.TextField(null=True)
    visited_at = models.DateTimeField(null=True)
    purpose = models.TextField(null=True)
    by = models.TextField(null=True)
    findings = models.TextField(null=True)

    class Meta:
        db_table = "fact_visits"
        constraints = rules_of_keys("visits")
        indexes = (
            models.Index(fields=["person"], name="visits_person_ix"),
            models.Index(fields=["arrived_in"], name="visits_arrived_i_ix"),
        )


class CaseReports(FactRow):
    """Case reports: a case was reported."""

    case = models.TextField(null=True)
    person = models.TextField(null=True)
    reported_at = models.DateTimeField(null=True)
    channel = models.TextField(null=True)

    class Meta:
        db_table = "fact_case_reports"
        constraints = rules_of_keys("case_reports")
        indexes = (
            models.Index(fields=["case"], name="case_reports_case_ix"),
            models.Index(fields=["person"], name="case_reports_person_ix"),
            models.Index(fields=["arrived_in"], name="case_reports_arrived_i_ix"),
        )


class Investigations(FactRow):
    """Investigations: an epidemiological investigation was finished."""

    case = models.TextField(null=True)
    person = models.TextField(null=True)
    kind = models.TextField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fact_investigations"
        constraints = rules_of_keys("investigations")
        indexes = (
            models.Index(fields=["case"], name="investigations_case_ix"),
            models.Index(fields=["person"], name="investigations_person_ix"),
            models.Index(fields=["arrived_in"], name="investigations_arrived_i_ix"),
        )


class Referrals(FactRow):
    """Referrals: a patient was sent on, with the moments of leaving and arriving."""

    person = models.TextField(null=True)
    from_place = models.TextField(null=True)
    to_place = models.TextField(null=True)
    referred_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fact_referrals"
        constraints = rules_of_keys("referrals")
        indexes = (
            models.Index(fields=["person"], name="referrals_person_ix"),
            models.Index(fields=["arrived_in"], name="referrals_arrived_i_ix"),
        )


class MedicineSales(FactRow):
    """Medicine sales: the register of buyers of certain medicines."""

    person = models.TextField(null=True)
    place = models.TextField(null=True)
    sold_at = models.DateTimeField(null=True)
    medicine = models.TextField(null=True)
    guided_to = models.TextField(null=True)

    class Meta:
        db_table = "fact_medicine_sales"
        constraints = rules_of_keys("medicine_sales")
        indexes = (
            models.Index(fields=["person"], name="medicine_sales_person_ix"),
            models.Index(fields=["place"], name="medicine_sales_place_ix"),
            models.Index(fields=["arrived_in"], name="medicine_sales_arrived_i_ix"),
        )


class Encounters(FactRow):
    """Encounters: a person was seen at a medical institution."""

    person = models.TextField(null=True)
    place = models.TextField(null=True)
    seen_at = models.DateTimeField(null=True)
    kind = models.TextField(null=True)
    temperature = models.FloatField(null=True)

    class Meta:
        db_table = "fact_encounters"
        constraints = rules_of_keys("encounters")
        indexes = (
            models.Index(fields=["person"], name="encounters_person_ix"),
            models.Index(fields=["place"], name="encounters_place_ix"),
            models.Index(fields=["arrived_in"], name="encounters_arrived_i_ix"),
        )


class AreaGrades(FactRow):
    """Area grades: a grade of risk was announced for an area."""

    graded = models.TextField(null=True, db_collation="C")
    grade = models.TextField(null=True)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)
    counts_upward = models.BooleanField(null=True)
    announced_by = models.TextField(null=True)

    class Meta:
        db_table = "fact_area_grades"
        constraints = rules_of_keys("area_grades")
        indexes = (
            models.Index(fields=["graded"], name="area_grades_graded_ix"),
            models.Index(fields=["arrived_in"], name="area_grades_arrived_i_ix"),
        )


class Waivers(FactRow):
    """Waivers: a decision of two persons of two offices, with an end."""

    obligation = models.TextField(null=True)
    rule = models.TextField(null=True)
    about = models.TextField(null=True)
    from_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField(null=True)
    ground = models.TextField(null=True)
    decided_by = models.TextField(null=True)
    decided_office = models.TextField(null=True)
    approved_by = models.TextField(null=True)
    approved_office = models.TextField(null=True)

    class Meta:
        db_table = "fact_waivers"
        constraints = rules_of_keys("waivers")
        indexes = (
            models.Index(fields=["about"], name="waivers_about_ix"),
            models.Index(fields=["arrived_in"], name="waivers_arrived_i_ix"),
        )


class Adoptions(FactRow):
    """Adoptions: a version of a rule was adopted."""

    pack = models.TextField(null=True)
    rule = models.TextField(null=True)
    version = models.TextField(null=True)
    adopted_by = models.TextField(null=True)
    approved_by = models.TextField(null=True)

    class Meta:
        db_table = "fact_adoptions"
        constraints = rules_of_keys("adoptions")
        indexes = (
            models.Index(fields=["rule"], name="adoptions_rule_ix"),
            models.Index(fields=["arrived_in"], name="adoptions_arrived_i_ix"),
        )


class PublishedTotals(FactRow):
    """Published totals: a figure as published for a day."""

    day = models.DateField(null=True)
    figure = models.TextField(null=True)
    value = models.BigIntegerField(null=True)
    publisher = models.TextField(null=True)

    class Meta:
        db_table = "fact_published_totals"
        constraints = rules_of_keys("published_totals")
        indexes = (
            models.Index(fields=["figure"], name="published_totals_figure_ix"),
            models.Index(fields=["arrived_in"], name="published_totals_arrived_i_ix"),
        )


class Inspections(FactRow):
    """Inspections: a place was inspected."""

    inspection = models.TextField(null=True)
    place = models.TextField(null=True)
    inspected_at = models.DateTimeField(null=True)
    by = models.TextField(null=True)

    class Meta:
        db_table = "fact_inspections"
        constraints = rules_of_keys("inspections")
        indexes = (
            models.Index(fields=["place"], name="inspections_place_ix"),
            models.Index(fields=["arrived_in"], name="inspections_arrived_i_ix"),
        )


class Findings(FactRow):
    """Findings: an inspection found something wrong."""

    finding = models.TextField(null=True)
    inspection = models.TextField(null=True)
    place = models.TextField(null=True)
    severity = models.TextField(null=True)
    found_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fact_findings"
        constraints = rules_of_keys("findings")
        indexes = (
            models.Index(fields=["place"], name="findings_place_ix"),
            models.Index(fields=["arrived_in"], name="findings_arrived_i_ix"),
        )


class Rectifications(FactRow):
    """Rectifications: a finding was put right, and checked again."""

    finding = models.TextField(null=True)
    place = models.TextField(null=True)
    rectified_at = models.DateTimeField(null=True)
    rechecked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fact_rectifications"
        constraints = rules_of_keys("rectifications")
        indexes = (
            models.Index(fields=["finding"], name="rectifications_finding_ix"),
            models.Index(fields=["place"], name="rectifications_place_ix"),
            models.Index(fields=["arrived_in"], name="rectifications_arrived_i_ix"),
        )


FACT_MODELS: Mapping[str, type[FactRow]] = MappingProxyType(
    {
        "areas": Areas,
        "places": Places,
        "offices": Offices,
        "enrolments": Enrolments,
        "closures": Closures,
        "people": People,
        "merges": Merges,
        "households": Households,
        "dependants": Dependants,
        "residences": Residences,
        "stays": Stays,
        "arrivals": Arrivals,
        "occupations": Occupations,
        "classifications": Classifications,
        "exposures": Exposures,
        "designations": Designations,
        "standing_instructions": StandingInstructions,
        "orders": Orders,
        "room_stays": RoomStays,
        "health_checks": HealthChecks,
        "releases": Releases,
        "hand_overs": HandOvers,
        "hand_over_acceptances": HandOverAcceptances,
        "samples": Samples,
        "sample_members": SampleMembers,
        "results": Results,
        "institution_reports": InstitutionReports,
        "admissions": Admissions,
        "discharges": Discharges,
        "deaths": Deaths,
        "visits": Visits,
        "case_reports": CaseReports,
        "investigations": Investigations,
        "referrals": Referrals,
        "medicine_sales": MedicineSales,
        "encounters": Encounters,
        "area_grades": AreaGrades,
        "waivers": Waivers,
        "adoptions": Adoptions,
        "published_totals": PublishedTotals,
        "inspections": Inspections,
        "findings": Findings,
        "rectifications": Rectifications,
    }
)
"""Fact -> its model."""
