"""The table of each fact. Written by `make generate` from sizao.facts: change the dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.db import models

from sizao_web.records.models.rows import FactRow, corrections, rules_of_keys


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
            corrections("areas"),
        )


class Places(FactRow):
    """Places: hospitals, pharmacies, schools, quarantine sites and others."""

    place = models.TextField(null=True)
    label_zh = models.TextField(null=True)
    label_en = models.TextField(null=True)
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
            corrections("places"),
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
            corrections("offices"),
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
            corrections("enrolments"),
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
            corrections("closures"),
        )


class Rooms(FactRow):
    """Rooms: a quarantine site has a room."""

    place = models.TextField(null=True)
    room = models.TextField(null=True)
    floor = models.TextField(null=True)
    beds = models.BigIntegerField(null=True)
    use = models.TextField(null=True)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        db_table = "fact_rooms"
        constraints = rules_of_keys("rooms")
        indexes = (
            models.Index(fields=["place"], name="rooms_place_ix"),
            models.Index(fields=["arrived_in"], name="rooms_arrived_i_ix"),
            corrections("rooms"),
        )


class RoomConditions(FactRow):
    """Room conditions: a room was found ready, or to be disinfected, or unusable."""

    place = models.TextField(null=True)
    room = models.TextField(null=True)
    condition = models.TextField(null=True)
    stated_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fact_room_conditions"
        constraints = rules_of_keys("room_conditions")
        indexes = (
            models.Index(fields=["place"], name="room_conditions_place_ix"),
            models.Index(fields=["arrived_in"], name="room_conditions_arrived_i_ix"),
            corrections("room_conditions"),
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
            corrections("people"),
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
            corrections("merges"),
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
            models.Index(fields=["household"], name="households_household_ix"),
            models.Index(fields=["person"], name="households_person_ix"),
            models.Index(fields=["arrived_in"], name="households_arrived_i_ix"),
            corrections("households"),
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
            corrections("dependants"),
        )


class Carers(FactRow):
    """Carers instead: who was asked to care for somebody while their carer is away, and what they said."""

    person = models.TextField(null=True)
    carer = models.TextField(null=True)
    answer = models.TextField(null=True)
    from_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fact_carers"
        constraints = rules_of_keys("carers")
        indexes = (
            models.Index(fields=["person"], name="carers_person_ix"),
            models.Index(fields=["carer"], name="carers_carer_ix"),
            models.Index(fields=["arrived_in"], name="carers_arrived_i_ix"),
            corrections("carers"),
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
            models.Index(fields=["household"], name="residences_household_ix"),
            models.Index(fields=["arrived_in"], name="residences_arrived_i_ix"),
            corrections("residences"),
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
            corrections("stays"),
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
            corrections("arrivals"),
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
            corrections("occupations"),
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
            corrections("classifications"),
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
            corrections("exposures"),
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
            corrections("designations"),
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
            corrections("standing_instructions"),
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
            corrections("orders"),
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
            corrections("room_stays"),
        )


class ClosedLoopStays(FactRow):
    """Stays in the closed loop: somebody who works at a quarantine site, from going in to coming out."""

    person = models.TextField(null=True)
    place = models.TextField(null=True)
    post = models.TextField(null=True)
    from_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField(null=True)
    left_for = models.TextField(null=True)

    class Meta:
        db_table = "fact_closed_loop_stays"
        constraints = rules_of_keys("closed_loop_stays")
        indexes = (
            models.Index(fields=["person"], name="closed_loop_stay_person_ix"),
            models.Index(fields=["place"], name="closed_loop_stay_place_ix"),
            models.Index(fields=["arrived_in"], name="closed_loop_stay_arrived_i_ix"),
            corrections("closed_loop_stays"),
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
            corrections("health_checks"),
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
            corrections("releases"),
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
            corrections("hand_overs"),
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
            corrections("hand_over_acceptances"),
        )


class Transfers(FactRow):
    """Transfers: somebody who is handed over left in a vehicle."""

    hand_over = models.TextField(null=True)
    person = models.TextField(null=True)
    vehicle = models.TextField(null=True)
    left_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fact_transfers"
        constraints = rules_of_keys("transfers")
        indexes = (
            models.Index(fields=["hand_over"], name="transfers_hand_over_ix"),
            models.Index(fields=["person"], name="transfers_person_ix"),
            models.Index(fields=["arrived_in"], name="transfers_arrived_i_ix"),
            corrections("transfers"),
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
            corrections("samples"),
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
            corrections("sample_members"),
        )


class SampleReceipts(FactRow):
    """Receipts of samples: a tube has come to a laboratory."""

    sample = models.TextField(null=True)
    received_at = models.DateTimeField(null=True)
    laboratory = models.TextField(null=True)

    class Meta:
        db_table = "fact_sample_receipts"
        constraints = rules_of_keys("sample_receipts")
        indexes = (
            models.Index(fields=["sample"], name="sample_receipts_sample_ix"),
            models.Index(fields=["arrived_in"], name="sample_receipts_arrived_i_ix"),
            corrections("sample_receipts"),
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
            corrections("results"),
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
            corrections("institution_reports"),
        )


class PlaceChecks(FactRow):
    """Place checks: what a place checked or did itself: gates, morning checks, disinfection, entry posts."""

    place = models.TextField(null=True)
    kind = models.TextField(null=True)
    checked_at = models.DateTimeField(null=True)
    outcome = models.TextField(null=True)
    people = models.BigIntegerField(null=True)
    longest_queue = models.BigIntegerField(null=True)

    class Meta:
        db_table = "fact_place_checks"
        constraints = rules_of_keys("place_checks")
        indexes = (
            models.Index(fields=["place"], name="place_checks_place_ix"),
            models.Index(fields=["arrived_in"], name="place_checks_arrived_i_ix"),
            corrections("place_checks"),
        )


class Absences(FactRow):
    """Absences: somebody was absent through illness; the school keeps the name."""

    absence = models.TextField(null=True)
    place = models.TextField(null=True)
    who = models.TextField(null=True)
    absent_on = models.DateField(null=True)

    class Meta:
        db_table = "fact_absences"
        constraints = rules_of_keys("absences")
        indexes = (
            models.Index(fields=["place"], name="absences_place_ix"),
            models.Index(fields=["arrived_in"], name="absences_arrived_i_ix"),
            corrections("absences"),
        )


class AbsenceCauses(FactRow):
    """Absence causes: why somebody was absent was traced."""

    absence = models.TextField(null=True)
    place = models.TextField(null=True)
    cause = models.TextField(null=True)
    traced_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fact_absence_causes"
        constraints = rules_of_keys("absence_causes")
        indexes = (
            models.Index(fields=["place"], name="absence_causes_place_ix"),
            models.Index(fields=["arrived_in"], name="absence_causes_arrived_i_ix"),
            corrections("absence_causes"),
        )


class Equipment(FactRow):
    """Equipment: devices were put into use at a place."""

    place = models.TextField(null=True)
    kind = models.TextField(null=True)
    installed_at = models.DateTimeField(null=True)
    units = models.BigIntegerField(null=True)

    class Meta:
        db_table = "fact_equipment"
        constraints = rules_of_keys("equipment")
        indexes = (
            models.Index(fields=["place"], name="equipment_place_ix"),
            models.Index(fields=["arrived_in"], name="equipment_arrived_i_ix"),
            corrections("equipment"),
        )


class Beds(FactRow):
    """Beds: of a kind, how many are reserved and how many occupied."""

    place = models.TextField(null=True)
    kind = models.TextField(null=True)
    counted_at = models.DateTimeField(null=True)
    total = models.BigIntegerField(null=True)
    reserved = models.BigIntegerField(null=True)
    occupied = models.BigIntegerField(null=True)

    class Meta:
        db_table = "fact_beds"
        constraints = rules_of_keys("beds")
        indexes = (
            models.Index(fields=["place"], name="beds_place_ix"),
            models.Index(fields=["arrived_in"], name="beds_arrived_i_ix"),
            corrections("beds"),
        )


class LaboratoryCapacities(FactRow):
    """Laboratories: how many tubes each can test in a day."""

    place = models.TextField(null=True)
    counted_at = models.DateTimeField(null=True)
    tubes_a_day = models.BigIntegerField(null=True)

    class Meta:
        db_table = "fact_laboratory_capacities"
        constraints = rules_of_keys("laboratory_capacities")
        indexes = (
            models.Index(fields=["place"], name="laboratory_capac_place_ix"),
            models.Index(fields=["arrived_in"], name="laboratory_capac_arrived_i_ix"),
            corrections("laboratory_capacities"),
        )


class Works(FactRow):
    """Works: something is to be built or brought into use at a place."""

    works = models.TextField(null=True)
    place = models.TextField(null=True)
    kind = models.TextField(null=True)
    from_on = models.DateField(null=True)
    due_on = models.DateField(null=True)

    class Meta:
        db_table = "fact_works"
        constraints = rules_of_keys("works")
        indexes = (
            models.Index(fields=["place"], name="works_place_ix"),
            models.Index(fields=["arrived_in"], name="works_arrived_i_ix"),
            corrections("works"),
        )


class WorksSteps(FactRow):
    """Works steps: a step of works was reached."""

    works = models.TextField(null=True)
    place = models.TextField(null=True)
    stage = models.TextField(null=True)
    reached_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fact_works_steps"
        constraints = rules_of_keys("works_steps")
        indexes = (
            models.Index(fields=["place"], name="works_steps_place_ix"),
            models.Index(fields=["arrived_in"], name="works_steps_arrived_i_ix"),
            corrections("works_steps"),
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
            corrections("admissions"),
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
            corrections("discharges"),
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
            corrections("deaths"),
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
            corrections("visits"),
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
            corrections("case_reports"),
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
            corrections("investigations"),
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
            corrections("referrals"),
        )


class MedicineSales(FactRow):
    """Medicine sales: the register of buyers of certain medicines."""

    person = models.TextField(null=True)
    place = models.TextField(null=True)
    sold_at = models.DateTimeField(null=True)
    medicine = models.TextField(null=True)
    guided_to = models.TextField(null=True)
    prescribed_by = models.TextField(null=True)

    class Meta:
        db_table = "fact_medicine_sales"
        constraints = rules_of_keys("medicine_sales")
        indexes = (
            models.Index(fields=["person"], name="medicine_sales_person_ix"),
            models.Index(fields=["place"], name="medicine_sales_place_ix"),
            models.Index(fields=["arrived_in"], name="medicine_sales_arrived_i_ix"),
            corrections("medicine_sales"),
        )


class Encounters(FactRow):
    """Encounters: a person was seen at a medical institution."""

    person = models.TextField(null=True)
    place = models.TextField(null=True)
    seen_at = models.DateTimeField(null=True)
    kind = models.TextField(null=True)
    temperature = models.FloatField(null=True)
    code_scanned = models.BooleanField(null=True)

    class Meta:
        db_table = "fact_encounters"
        constraints = rules_of_keys("encounters")
        indexes = (
            models.Index(fields=["person"], name="encounters_person_ix"),
            models.Index(fields=["place"], name="encounters_place_ix"),
            models.Index(fields=["arrived_in"], name="encounters_arrived_i_ix"),
            corrections("encounters"),
        )


class Escorts(FactRow):
    """Escorts: somebody stays with a patient in hospital, or visits one."""

    person = models.TextField(null=True)
    patient = models.TextField(null=True)
    place = models.TextField(null=True)
    kind = models.TextField(null=True)
    from_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fact_escorts"
        constraints = rules_of_keys("escorts")
        indexes = (
            models.Index(fields=["person"], name="escorts_person_ix"),
            models.Index(fields=["patient"], name="escorts_patient_ix"),
            models.Index(fields=["arrived_in"], name="escorts_arrived_i_ix"),
            corrections("escorts"),
        )


class AppointmentSlots(FactRow):
    """Appointment slots: how many people a medical institution takes within a stretch of time."""

    place = models.TextField(null=True)
    service = models.TextField(null=True)
    from_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField(null=True)
    capacity = models.BigIntegerField(null=True)

    class Meta:
        db_table = "fact_appointment_slots"
        constraints = rules_of_keys("appointment_slots")
        indexes = (
            models.Index(fields=["place"], name="appointment_slot_place_ix"),
            models.Index(fields=["arrived_in"], name="appointment_slot_arrived_i_ix"),
            corrections("appointment_slots"),
        )


class Appointments(FactRow):
    """Appointments: who booked which slot, who came."""

    person = models.TextField(null=True)
    place = models.TextField(null=True)
    service = models.TextField(null=True)
    from_at = models.DateTimeField(null=True)
    booked_at = models.DateTimeField(null=True)
    outcome = models.TextField(null=True)
    outcome_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fact_appointments"
        constraints = rules_of_keys("appointments")
        indexes = (
            models.Index(fields=["person"], name="appointments_person_ix"),
            models.Index(fields=["place"], name="appointments_place_ix"),
            models.Index(fields=["arrived_in"], name="appointments_arrived_i_ix"),
            corrections("appointments"),
        )


class Declarations(FactRow):
    """Declarations: somebody declared a journey and health to one of three receivers."""

    person = models.TextField(null=True)
    receiver = models.TextField(null=True)
    declared_at = models.DateTimeField(null=True)
    code_scanned = models.BooleanField(null=True)
    symptoms = models.BooleanField(null=True)

    class Meta:
        db_table = "fact_declarations"
        constraints = rules_of_keys("declarations")
        indexes = (
            models.Index(fields=["person"], name="declarations_person_ix"),
            models.Index(fields=["arrived_in"], name="declarations_arrived_i_ix"),
            corrections("declarations"),
        )


class PushedEntries(FactRow):
    """Pushed entries: the data centre, a station or another city named somebody to be verified."""

    entry = models.TextField(null=True)
    person = models.TextField(null=True)
    source = models.TextField(null=True)
    pushed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fact_pushed_entries"
        constraints = rules_of_keys("pushed_entries")
        indexes = (
            models.Index(fields=["person"], name="pushed_entries_person_ix"),
            models.Index(fields=["arrived_in"], name="pushed_entries_arrived_i_ix"),
            corrections("pushed_entries"),
        )


class Dispositions(FactRow):
    """Dispositions: what a pushed person was found to be, and when that was told."""

    entry = models.TextField(null=True)
    person = models.TextField(null=True)
    disposition = models.TextField(null=True)
    disposed_at = models.DateTimeField(null=True)
    fed_back_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fact_dispositions"
        constraints = rules_of_keys("dispositions")
        indexes = (
            models.Index(fields=["person"], name="dispositions_person_ix"),
            models.Index(fields=["arrived_in"], name="dispositions_arrived_i_ix"),
            corrections("dispositions"),
        )


class Requests(FactRow):
    """Requests: somebody asked for a pass, delivery, medicine, care, a test, or complained."""

    request = models.TextField(null=True)
    person = models.TextField(null=True)
    kind = models.TextField(null=True)
    asked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fact_requests"
        constraints = rules_of_keys("requests")
        indexes = (
            models.Index(fields=["person"], name="requests_person_ix"),
            models.Index(fields=["arrived_in"], name="requests_arrived_i_ix"),
            corrections("requests"),
        )


class RequestOutcomes(FactRow):
    """Request outcomes: what became of somebody's request."""

    request = models.TextField(null=True)
    person = models.TextField(null=True)
    kind = models.TextField(null=True)
    answered_at = models.DateTimeField(null=True)
    outcome = models.TextField(null=True)

    class Meta:
        db_table = "fact_request_outcomes"
        constraints = rules_of_keys("request_outcomes")
        indexes = (
            models.Index(fields=["person"], name="request_outcomes_person_ix"),
            models.Index(fields=["arrived_in"], name="request_outcomes_arrived_i_ix"),
            corrections("request_outcomes"),
        )


class PlaceRequests(FactRow):
    """Place requests: an enterprise, farm or hospital asked for a lane, goods, workers, a way to sell."""

    request = models.TextField(null=True)
    place = models.TextField(null=True)
    kind = models.TextField(null=True)
    asked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fact_place_requests"
        constraints = rules_of_keys("place_requests")
        indexes = (
            models.Index(fields=["place"], name="place_requests_place_ix"),
            models.Index(fields=["arrived_in"], name="place_requests_arrived_i_ix"),
            corrections("place_requests"),
        )


class PlaceRequestOutcomes(FactRow):
    """Place request outcomes: what became of a place's request."""

    request = models.TextField(null=True)
    place = models.TextField(null=True)
    kind = models.TextField(null=True)
    answered_at = models.DateTimeField(null=True)
    outcome = models.TextField(null=True)

    class Meta:
        db_table = "fact_place_request_outcomes"
        constraints = rules_of_keys("place_request_outcomes")
        indexes = (
            models.Index(fields=["place"], name="place_request_ou_place_ix"),
            models.Index(fields=["arrived_in"], name="place_request_ou_arrived_i_ix"),
            corrections("place_request_outcomes"),
        )


class ResumptionApplications(FactRow):
    """Resumption applications: a place asked to open again."""

    place = models.TextField(null=True)
    applied_at = models.DateTimeField(null=True)
    reopening_on = models.DateField(null=True)

    class Meta:
        db_table = "fact_resumption_applications"
        constraints = rules_of_keys("resumption_applications")
        indexes = (
            models.Index(fields=["place"], name="resumption_appli_place_ix"),
            models.Index(fields=["arrived_in"], name="resumption_appli_arrived_i_ix"),
            corrections("resumption_applications"),
        )


class ResumptionDecisions(FactRow):
    """Resumption decisions: whether a place may open again."""

    place = models.TextField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(null=True)
    reopening_on = models.DateField(null=True)

    class Meta:
        db_table = "fact_resumption_decisions"
        constraints = rules_of_keys("resumption_decisions")
        indexes = (
            models.Index(fields=["place"], name="resumption_decis_place_ix"),
            models.Index(fields=["arrived_in"], name="resumption_decis_arrived_i_ix"),
            corrections("resumption_decisions"),
        )


class Appeals(FactRow):
    """Appeals: somebody objects to a restriction or a record."""

    appeal = models.TextField(null=True)
    person = models.TextField(null=True)
    against = models.TextField(null=True)
    ground = models.TextField(null=True)
    obligation = models.TextField(null=True)
    statement = models.TextField(null=True)
    appealed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fact_appeals"
        constraints = rules_of_keys("appeals")
        indexes = (
            models.Index(fields=["person"], name="appeals_person_ix"),
            models.Index(fields=["arrived_in"], name="appeals_arrived_i_ix"),
            corrections("appeals"),
        )


class AppealDecisions(FactRow):
    """Appeal decisions: what was decided, and why."""

    appeal = models.TextField(null=True)
    person = models.TextField(null=True)
    outcome = models.TextField(null=True)
    why = models.TextField(null=True)
    decided_office = models.TextField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fact_appeal_decisions"
        constraints = rules_of_keys("appeal_decisions")
        indexes = (
            models.Index(fields=["person"], name="appeal_decisions_person_ix"),
            models.Index(fields=["arrived_in"], name="appeal_decisions_arrived_i_ix"),
            corrections("appeal_decisions"),
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
            corrections("area_grades"),
        )


class ResponseLevels(FactRow):
    """Response levels: a level of the emergency response was announced for an area."""

    covers = models.TextField(null=True, db_collation="C")
    level = models.TextField(null=True)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)
    announced_by = models.TextField(null=True)

    class Meta:
        db_table = "fact_response_levels"
        constraints = rules_of_keys("response_levels")
        indexes = (
            models.Index(fields=["announced_by"], name="response_levels_announced_ix"),
            models.Index(fields=["arrived_in"], name="response_levels_arrived_i_ix"),
            corrections("response_levels"),
        )


class AreaCounts(FactRow):
    """Area counts: what grades rest on, one area on one day; empty: not known."""

    counted = models.TextField(null=True, db_collation="C")
    day = models.DateField(null=True)
    confirmed = models.BigIntegerField(null=True)
    confirmed_total = models.BigIntegerField(null=True)
    asymptomatic = models.BigIntegerField(null=True)
    clusters = models.BigIntegerField(null=True)
    infected_residents = models.BigIntegerField(null=True)
    infected_frequent = models.BigIntegerField(null=True)
    infected_visits = models.BigIntegerField(null=True)
    full_tests_negative = models.BigIntegerField(null=True)
    contacts_pending = models.BigIntegerField(null=True)

    class Meta:
        db_table = "fact_area_counts"
        constraints = rules_of_keys("area_counts")
        indexes = (
            models.Index(fields=["counted"], name="area_counts_counted_ix"),
            models.Index(fields=["arrived_in"], name="area_counts_arrived_i_ix"),
            corrections("area_counts"),
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
            corrections("waivers"),
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
            corrections("adoptions"),
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
            corrections("published_totals"),
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
            corrections("inspections"),
        )


class Findings(FactRow):
    """Findings: an inspection found something wrong."""

    finding = models.TextField(null=True)
    inspection = models.TextField(null=True)
    place = models.TextField(null=True)
    severity = models.TextField(null=True)
    found_at = models.DateTimeField(null=True)
    kind = models.TextField(null=True)
    note = models.TextField(null=True)

    class Meta:
        db_table = "fact_findings"
        constraints = rules_of_keys("findings")
        indexes = (
            models.Index(fields=["place"], name="findings_place_ix"),
            models.Index(fields=["arrived_in"], name="findings_arrived_i_ix"),
            corrections("findings"),
        )


class Rectifications(FactRow):
    """Rectifications: a finding was put right, and checked again."""

    finding = models.TextField(null=True)
    place = models.TextField(null=True)
    rectified_at = models.DateTimeField(null=True)
    rechecked_at = models.DateTimeField(null=True)
    note = models.TextField(null=True)

    class Meta:
        db_table = "fact_rectifications"
        constraints = rules_of_keys("rectifications")
        indexes = (
            models.Index(fields=["finding"], name="rectifications_finding_ix"),
            models.Index(fields=["place"], name="rectifications_place_ix"),
            models.Index(fields=["arrived_in"], name="rectifications_arrived_i_ix"),
            corrections("rectifications"),
        )


class Shifts(FactRow):
    """Shifts: somebody was on duty, or led the duty, at an office."""

    office = models.TextField(null=True)
    kind = models.TextField(null=True)
    holder = models.TextField(null=True)
    from_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField(null=True)
    note = models.TextField(null=True)

    class Meta:
        db_table = "fact_shifts"
        constraints = rules_of_keys("shifts")
        indexes = (
            models.Index(fields=["office"], name="shifts_office_ix"),
            models.Index(fields=["arrived_in"], name="shifts_arrived_i_ix"),
            corrections("shifts"),
        )


class Rosters(FactRow):
    """Rosters: who is to be on duty, or to lead it, and when."""

    office = models.TextField(null=True)
    kind = models.TextField(null=True)
    holder = models.TextField(null=True)
    from_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fact_rosters"
        constraints = rules_of_keys("rosters")
        indexes = (
            models.Index(fields=["office"], name="rosters_office_ix"),
            models.Index(fields=["arrived_in"], name="rosters_arrived_i_ix"),
            corrections("rosters"),
        )


class Staffing(FactRow):
    """Staffing: how many people an office has for epidemic control."""

    office = models.TextField(null=True)
    counted_on = models.DateField(null=True)
    staff = models.BigIntegerField(null=True)
    seconded = models.BigIntegerField(null=True)

    class Meta:
        db_table = "fact_staffing"
        constraints = rules_of_keys("staffing")
        indexes = (
            models.Index(fields=["office"], name="staffing_office_ix"),
            models.Index(fields=["arrived_in"], name="staffing_arrived_i_ix"),
            corrections("staffing"),
        )


class Teams(FactRow):
    """Teams: how many an office has of a kind, and are free."""

    office = models.TextField(null=True)
    kind = models.TextField(null=True)
    counted_at = models.DateTimeField(null=True)
    teams = models.BigIntegerField(null=True)
    free = models.BigIntegerField(null=True)

    class Meta:
        db_table = "fact_teams"
        constraints = rules_of_keys("teams")
        indexes = (
            models.Index(fields=["office"], name="teams_office_ix"),
            models.Index(fields=["arrived_in"], name="teams_arrived_i_ix"),
            corrections("teams"),
        )


class Incidents(FactRow):
    """Incidents: something happened that must be reported at once."""

    incident = models.TextField(null=True)
    office = models.TextField(null=True)
    kind = models.TextField(null=True)
    found_at = models.DateTimeField(null=True)
    note = models.TextField(null=True)

    class Meta:
        db_table = "fact_incidents"
        constraints = rules_of_keys("incidents")
        indexes = (
            models.Index(fields=["office"], name="incidents_office_ix"),
            models.Index(fields=["arrived_in"], name="incidents_arrived_i_ix"),
            corrections("incidents"),
        )


class IncidentReports(FactRow):
    """Incident reports: an incident was reported, followed up or closed."""

    incident = models.TextField(null=True)
    office = models.TextField(null=True)
    stage = models.TextField(null=True)
    reported_at = models.DateTimeField(null=True)
    note = models.TextField(null=True)

    class Meta:
        db_table = "fact_incident_reports"
        constraints = rules_of_keys("incident_reports")
        indexes = (
            models.Index(fields=["office"], name="incident_reports_office_ix"),
            models.Index(fields=["arrived_in"], name="incident_reports_arrived_i_ix"),
            corrections("incident_reports"),
        )


class Assignments(FactRow):
    """Assignments: an office was charged with something by a meeting, a superior, a list of problems."""

    assignment = models.TextField(null=True)
    office = models.TextField(null=True)
    by = models.TextField(null=True)
    source = models.TextField(null=True)
    meeting = models.TextField(null=True)
    assigned_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    task = models.TextField(null=True)

    class Meta:
        db_table = "fact_assignments"
        constraints = rules_of_keys("assignments")
        indexes = (
            models.Index(fields=["office"], name="assignments_office_ix"),
            models.Index(fields=["arrived_in"], name="assignments_arrived_i_ix"),
            corrections("assignments"),
        )


class AssignmentReports(FactRow):
    """Assignment reports: progress of an assignment, or its end."""

    assignment = models.TextField(null=True)
    office = models.TextField(null=True)
    state = models.TextField(null=True)
    reported_at = models.DateTimeField(null=True)
    evidence = models.TextField(null=True)

    class Meta:
        db_table = "fact_assignment_reports"
        constraints = rules_of_keys("assignment_reports")
        indexes = (
            models.Index(fields=["office"], name="assignment_repor_office_ix"),
            models.Index(fields=["arrived_in"], name="assignment_repor_arrived_i_ix"),
            corrections("assignment_reports"),
        )


class Deployments(FactRow):
    """Deployments: people were sent to help an office."""

    deployment = models.TextField(null=True)
    office = models.TextField(null=True)
    sender = models.TextField(null=True)
    kind = models.TextField(null=True)
    people = models.BigIntegerField(null=True)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        db_table = "fact_deployments"
        constraints = rules_of_keys("deployments")
        indexes = (
            models.Index(fields=["office"], name="deployments_office_ix"),
            models.Index(fields=["arrived_in"], name="deployments_arrived_i_ix"),
            corrections("deployments"),
        )


class StaffCare(FactRow):
    """Staff care: rest, protection, counselling or pay was given to people at work."""

    office = models.TextField(null=True)
    kind = models.TextField(null=True)
    people = models.BigIntegerField(null=True)
    given_on = models.DateField(null=True)

    class Meta:
        db_table = "fact_staff_care"
        constraints = rules_of_keys("staff_care")
        indexes = (
            models.Index(fields=["office"], name="staff_care_office_ix"),
            models.Index(fields=["arrived_in"], name="staff_care_arrived_i_ix"),
            corrections("staff_care"),
        )


class Campaigns(FactRow):
    """Campaigns: an office must reach the people of an area in time."""

    campaign = models.TextField(null=True)
    office = models.TextField(null=True)
    kind = models.TextField(null=True)
    covers = models.TextField(null=True, db_collation="C")
    target = models.BigIntegerField(null=True)
    announced_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fact_campaigns"
        constraints = rules_of_keys("campaigns")
        indexes = (
            models.Index(fields=["office"], name="campaigns_office_ix"),
            models.Index(fields=["arrived_in"], name="campaigns_arrived_i_ix"),
            corrections("campaigns"),
        )


class CampaignReports(FactRow):
    """Campaign reports: how many people a campaign has reached."""

    campaign = models.TextField(null=True)
    office = models.TextField(null=True)
    reported_at = models.DateTimeField(null=True)
    reached = models.BigIntegerField(null=True)
    positive = models.BigIntegerField(null=True)
    complete = models.BooleanField(null=True)

    class Meta:
        db_table = "fact_campaign_reports"
        constraints = rules_of_keys("campaign_reports")
        indexes = (
            models.Index(fields=["office"], name="campaign_reports_office_ix"),
            models.Index(fields=["arrived_in"], name="campaign_reports_arrived_i_ix"),
            corrections("campaign_reports"),
        )


class Publications(FactRow):
    """Publications: an office told the public something."""

    publication = models.TextField(null=True)
    office = models.TextField(null=True)
    kind = models.TextField(null=True)
    published_at = models.DateTimeField(null=True)
    for_on = models.DateField(null=True)
    revises = models.TextField(null=True)

    class Meta:
        db_table = "fact_publications"
        constraints = rules_of_keys("publications")
        indexes = (
            models.Index(fields=["office"], name="publications_office_ix"),
            models.Index(fields=["arrived_in"], name="publications_arrived_i_ix"),
            corrections("publications"),
        )


class StockCounts(FactRow):
    """Stock counts: what an office has of an item, uses and should have."""

    office = models.TextField(null=True)
    item = models.TextField(null=True)
    counted_at = models.DateTimeField(null=True)
    quantity = models.FloatField(null=True)
    daily_use = models.FloatField(null=True)
    reserve = models.FloatField(null=True)
    incoming = models.FloatField(null=True)

    class Meta:
        db_table = "fact_stock_counts"
        constraints = rules_of_keys("stock_counts")
        indexes = (
            models.Index(fields=["office"], name="stock_counts_office_ix"),
            models.Index(fields=["arrived_in"], name="stock_counts_arrived_i_ix"),
            corrections("stock_counts"),
        )


class Movements(FactRow):
    """Movements: goods or money came in, as a gift or otherwise, went out or were used."""

    office = models.TextField(null=True)
    kind = models.TextField(null=True)
    item = models.TextField(null=True)
    quantity = models.FloatField(null=True)
    moved_at = models.DateTimeField(null=True)
    counterpart = models.TextField(null=True)
    donation = models.TextField(null=True)

    class Meta:
        db_table = "fact_movements"
        constraints = rules_of_keys("movements")
        indexes = (
            models.Index(fields=["office"], name="movements_office_ix"),
            models.Index(fields=["arrived_in"], name="movements_arrived_i_ix"),
            corrections("movements"),
        )


class Allocations(FactRow):
    """Allocations: goods were assigned to an office, in a declared order."""

    allocation = models.TextField(null=True)
    office = models.TextField(null=True)
    by = models.TextField(null=True)
    item = models.TextField(null=True)
    quantity = models.FloatField(null=True)
    priority = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "fact_allocations"
        constraints = rules_of_keys("allocations")
        indexes = (
            models.Index(fields=["office"], name="allocations_office_ix"),
            models.Index(fields=["by"], name="allocations_by_ix"),
            models.Index(fields=["arrived_in"], name="allocations_arrived_i_ix"),
            corrections("allocations"),
        )


class BudgetLines(FactRow):
    """Budget lines: money given and spent on one of six lines."""

    office = models.TextField(null=True)
    line = models.TextField(null=True)
    reported_at = models.DateTimeField(null=True)
    allotted = models.FloatField(null=True)
    spent = models.FloatField(null=True)

    class Meta:
        db_table = "fact_budget_lines"
        constraints = rules_of_keys("budget_lines")
        indexes = (
            models.Index(fields=["office"], name="budget_lines_office_ix"),
            models.Index(fields=["arrived_in"], name="budget_lines_arrived_i_ix"),
            corrections("budget_lines"),
        )


class Notices(FactRow):
    """Notices: what was published, in both languages, and from when until when it holds."""

    notice = models.TextField(null=True)
    kind = models.TextField(null=True)
    covers = models.TextField(null=True, db_collation="C")
    title_zh = models.TextField(null=True)
    title_en = models.TextField(null=True)
    text_zh = models.TextField(null=True)
    text_en = models.TextField(null=True)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)
    announced_by = models.TextField(null=True)
    basis = models.TextField(null=True)

    class Meta:
        db_table = "fact_notices"
        constraints = rules_of_keys("notices")
        indexes = (
            models.Index(fields=["announced_by"], name="notices_announced_ix"),
            models.Index(fields=["arrived_in"], name="notices_arrived_i_ix"),
            corrections("notices"),
        )


class PublicContacts(FactRow):
    """Public contacts: what an office or place is called, its telephone, address and open hours."""

    subject = models.TextField(null=True)
    name_zh = models.TextField(null=True)
    name_en = models.TextField(null=True)
    telephone = models.TextField(null=True)
    address_zh = models.TextField(null=True)
    address_en = models.TextField(null=True)
    hours_zh = models.TextField(null=True)
    hours_en = models.TextField(null=True)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        db_table = "fact_public_contacts"
        constraints = rules_of_keys("public_contacts")
        indexes = (
            models.Index(fields=["subject"], name="public_contacts_subject_ix"),
            models.Index(fields=["arrived_in"], name="public_contacts_arrived_i_ix"),
            corrections("public_contacts"),
        )


FACT_MODELS: Mapping[str, type[FactRow]] = MappingProxyType(
    {
        "areas": Areas,
        "places": Places,
        "offices": Offices,
        "enrolments": Enrolments,
        "closures": Closures,
        "rooms": Rooms,
        "room_conditions": RoomConditions,
        "people": People,
        "merges": Merges,
        "households": Households,
        "dependants": Dependants,
        "carers": Carers,
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
        "closed_loop_stays": ClosedLoopStays,
        "health_checks": HealthChecks,
        "releases": Releases,
        "hand_overs": HandOvers,
        "hand_over_acceptances": HandOverAcceptances,
        "transfers": Transfers,
        "samples": Samples,
        "sample_members": SampleMembers,
        "sample_receipts": SampleReceipts,
        "results": Results,
        "institution_reports": InstitutionReports,
        "place_checks": PlaceChecks,
        "absences": Absences,
        "absence_causes": AbsenceCauses,
        "equipment": Equipment,
        "beds": Beds,
        "laboratory_capacities": LaboratoryCapacities,
        "works": Works,
        "works_steps": WorksSteps,
        "admissions": Admissions,
        "discharges": Discharges,
        "deaths": Deaths,
        "visits": Visits,
        "case_reports": CaseReports,
        "investigations": Investigations,
        "referrals": Referrals,
        "medicine_sales": MedicineSales,
        "encounters": Encounters,
        "escorts": Escorts,
        "appointment_slots": AppointmentSlots,
        "appointments": Appointments,
        "declarations": Declarations,
        "pushed_entries": PushedEntries,
        "dispositions": Dispositions,
        "requests": Requests,
        "request_outcomes": RequestOutcomes,
        "place_requests": PlaceRequests,
        "place_request_outcomes": PlaceRequestOutcomes,
        "resumption_applications": ResumptionApplications,
        "resumption_decisions": ResumptionDecisions,
        "appeals": Appeals,
        "appeal_decisions": AppealDecisions,
        "area_grades": AreaGrades,
        "response_levels": ResponseLevels,
        "area_counts": AreaCounts,
        "waivers": Waivers,
        "adoptions": Adoptions,
        "published_totals": PublishedTotals,
        "inspections": Inspections,
        "findings": Findings,
        "rectifications": Rectifications,
        "shifts": Shifts,
        "rosters": Rosters,
        "staffing": Staffing,
        "teams": Teams,
        "incidents": Incidents,
        "incident_reports": IncidentReports,
        "assignments": Assignments,
        "assignment_reports": AssignmentReports,
        "deployments": Deployments,
        "staff_care": StaffCare,
        "campaigns": Campaigns,
        "campaign_reports": CampaignReports,
        "publications": Publications,
        "stock_counts": StockCounts,
        "movements": Movements,
        "allocations": Allocations,
        "budget_lines": BudgetLines,
        "notices": Notices,
        "public_contacts": PublicContacts,
    }
)
"""Fact -> its model."""
