"""Care: admissions, discharges, deaths, visits, referrals, sales of medicines, encounters, appointments."""

from __future__ import annotations

from sizao.facts.columns import PERSON, code, count, day, flag, identifier, instant, number
from sizao.facts.declaration import Fact
from sizao.terms.words import Words

HOSPITAL = identifier("place", "place", "医疗机构", "the medical institution")

ADMISSIONS = Fact(
    name="admissions",
    meaning=Words("入院", "Admissions: a person was admitted"),
    columns=(
        PERSON,
        HOSPITAL,
        instant("admitted_at", "入院时间", "moment of admission"),
        code("admitted_for", "admission_reasons", "原因", "reason"),
    ),
    event="admitted_at",
    subjects=("person",),
    orders=("D1-41", "D2-34", "D2-39"),
    given_by=("county_hospital", "health_commission"),
)

DISCHARGES = Fact(
    name="discharges",
    meaning=Words("出院", "Discharges: a person left hospital"),
    columns=(
        PERSON,
        HOSPITAL,
        instant("discharged_at", "出院时间", "moment of discharge"),
        code("outcome", "discharge_outcomes", "结局", "outcome"),
    ),
    event="discharged_at",
    subjects=("person",),
    orders=("D1-50", "D1-51", "D2-08"),
    given_by=("county_hospital", "health_commission"),
)

DEATHS = Fact(
    name="deaths",
    meaning=Words("死亡", "Deaths: a person died"),
    columns=(PERSON, day("died_on", "死亡日期", "day of death")),
    event="died_on",
    subjects=("person",),
    orders=("D2-08",),
    given_by=("cdc", "health_commission"),
)

VISITS = Fact(
    name="visits",
    meaning=Words(
        "访视：治愈者随访、被照护者探视、社区上门",
        "Visits: to the recovered, to dependants, by the community",
    ),
    columns=(
        PERSON,
        instant("visited_at", "访视时间", "moment of the visit"),
        code("purpose", "visit_purposes", "目的", "purpose"),
        identifier("by", "office", "访视机构", "office that visited", required=False),
        code("findings", "visit_findings", "所见", "what was found", required=False),
    ),
    event="visited_at",
    subjects=("person",),
    orders=("D1-51", "D1-52", "D1-54", "D2-77"),
    given_by=("county_hospital", "family_doctor", "community", "civil_affairs"),
)

REFERRALS = Fact(
    name="referrals",
    meaning=Words(
        "转诊：发热病人转往发热门诊",
        "Referrals: a patient was sent on, with the moments of leaving and arriving",
    ),
    columns=(
        PERSON,
        identifier("from_place", "place", "转出机构", "place that sends"),
        identifier("to_place", "place", "转入机构", "place that receives"),
        instant("referred_at", "转出时间", "moment of leaving"),
        instant("arrived_at", "到达时间", "moment of arriving", required=False),
    ),
    event="referred_at",
    subjects=("person",),
    orders=("D1-39", "D1-40"),
    given_by=("health_commission",),
)

MEDICINE_SALES = Fact(
    name="medicine_sales",
    meaning=Words("药品销售登记", "Medicine sales: the register of buyers of certain medicines"),
    columns=(
        PERSON,
        identifier("place", "place", "药店", "the pharmacy"),
        instant("sold_at", "销售时间", "moment of the sale"),
        code("medicine", "medicine_classes", "药品类别", "class of the medicine"),
        identifier(
            "guided_to", "place", "引导就诊的发热门诊", "fever clinic the buyer was guided to", required=False
        ),
        identifier(
            "prescribed_by", "place", "开具处方的医疗机构", "institution of the prescription", required=False
        ),
    ),
    event="sold_at",
    subjects=("person", "place"),
    orders=("D1-43", "D1-44", "D1-45"),
    given_by=("market_regulation",),
    retention_days=730,
)

ENCOUNTERS = Fact(
    name="encounters",
    meaning=Words("就诊", "Encounters: a person was seen at a medical institution"),
    columns=(
        PERSON,
        HOSPITAL,
        instant("seen_at", "就诊时间", "moment of the encounter"),
        code("kind", "encounter_kinds", "类别", "kind"),
        number("temperature", "体温", "body temperature", unit="°C", required=False),
        flag("code_scanned", "是否扫健康码", "whether the health code was scanned", required=False),
    ),
    event="seen_at",
    subjects=("person", "place"),
    orders=("D1-38", "D1-41", "D1-42"),
    given_by=("health_commission",),
    retention_days=730,
)

ESCORTS = Fact(
    name="escorts",
    meaning=Words("陪护、探视登记", "Escorts: somebody stays with a patient in hospital, or visits one"),
    columns=(
        identifier("person", "person", "陪护（探视）者", "who stays or visits"),
        identifier("patient", "person", "患者", "the patient"),
        HOSPITAL,
        code("kind", "escort_kinds", "类别", "kind"),
        instant("from_at", "进入病区时间", "moment it began"),
        instant("until_at", "离开时间；空为仍在", "moment it ended; empty: still there", required=False),
    ),
    event="from_at",
    subjects=("person",),
    orders=("D1-29", "D1-41", "D1-48"),
    given_by=("county_hospital", "health_commission"),
    retention_days=730,
)

APPOINTMENT_SLOTS = Fact(
    name="appointment_slots",
    meaning=Words(
        "号源时段：每段可约几人",
        "Appointment slots: how many people a medical institution takes within a stretch of time",
    ),
    columns=(
        identifier("place", "place", "开放预约的机构", "the place that takes appointments"),
        code("service", "appointment_services", "开放预约的项目", "what the slot is for"),
        instant("from_at", "时段开始", "moment the slot begins"),
        instant("until_at", "时段结束", "moment the slot ends"),
        count("capacity", "可约人数", "how many it takes", unit="people"),
    ),
    event="happened_at",
    subjects=("place",),
    orders=("D1-30",),
    given_by=("county_hospital", "health_commission"),
    retention_days=730,
)

APPOINTMENTS = Fact(
    name="appointments",
    meaning=Words("预约：谁约了哪个时段，来了没有", "Appointments: who booked which slot, who came"),
    columns=(
        PERSON,
        identifier("place", "place", "预约的医疗机构", "where it is"),
        code("service", "appointment_services", "预约项目", "what it is for"),
        instant("from_at", "预约时段开始", "moment the booked slot begins"),
        instant("booked_at", "预约时间", "moment of the booking"),
        code("outcome", "appointment_outcomes", "预约结果", "what became of it", required=False),
        instant("outcome_at", "结果时间", "moment of the outcome", required=False),
    ),
    event="booked_at",
    subjects=("person", "place"),
    orders=("D1-30",),
    given_by=("county_hospital", "health_commission"),
    retention_days=730,
)
