"""Code lists: every code of the dictionary with its Chinese and English label.

A list that says `open` is completed elsewhere (the grounds of waivers by the policy pack), not checked here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sizao.terms.words import Words


@dataclass(frozen=True)
class Code:
    """One code of a list, as written in data, and its label."""

    code: str
    label: Words


@dataclass(frozen=True)
class CodeList:
    """A closed list of codes (or an open one, see above) in the order in which people read them."""

    name: str
    label: Words
    codes: tuple[Code, ...]
    open: bool = False

    def names(self) -> tuple[str, ...]:
        """The codes as written in data, in order."""
        return tuple(code.code for code in self.codes)

    def label_of(self, code: str) -> Words:
        """The label of a code; KeyError when the list does not hold it."""
        for one in self.codes:
            if one.code == code:
                return one.label
        raise KeyError(f"{code!r} is not in the code list {self.name}: {', '.join(self.names())}")


def _list(name: str, zh: str, en: str, *codes: tuple[str, str, str], open: bool = False) -> CodeList:
    return CodeList(
        name, Words(zh, en), tuple(Code(code, Words(one, other)) for code, one, other in codes), open
    )


_LISTS = (
    _list(
        "actions",
        "链接动作",
        "what a row does to its fact",
        ("record", "记录", "record"),
        ("replace", "更正", "replace"),
        ("retract", "撤回", "retract"),
    ),
    _list(
        "area_levels",
        "区域层级",
        "levels of areas",
        ("country", "国家", "country"),
        ("province", "省", "province"),
        ("city", "市", "city"),
        ("county", "县（市、区）", "county or district"),
        ("street", "街道（乡镇）", "street or township"),
        ("community", "社区（村）", "community or village"),
        ("grid", "网格", "grid"),
    ),
    _list(
        "place_kinds",
        "场所类别",
        "kinds of places",
        ("hospital", "医院", "hospital"),
        ("fever_clinic", "发热门诊", "fever clinic"),
        ("pharmacy", "药店", "pharmacy"),
        ("school", "学校和托幼机构", "school or kindergarten"),
        ("laboratory", "检测实验室", "laboratory"),
        ("quarantine_site", "集中隔离点", "quarantine site"),
        ("port", "口岸", "port of entry"),
        ("station", "车站", "station"),
        ("venue", "公共场所", "public venue"),
        ("care_home", "养老福利机构", "care home"),
        ("custody_facility", "监管场所", "custody facility"),
        ("enterprise", "企业", "enterprise"),
        ("market", "市场", "market"),
        ("checkpoint", "卡口监测点", "checkpoint"),
        ("health_centre", "基层医疗卫生机构", "primary health centre"),
    ),
    _list(
        "hospital_levels",
        "医疗机构等级",
        "levels of medical institutions",
        ("level_1", "一级", "level 1"),
        ("level_2", "二级", "level 2"),
        ("level_3", "三级", "level 3"),
        ("below_level_2", "二级以下或未定级", "below level 2 or not graded"),
    ),
    _list(
        "office_tasks",
        "机构职责",
        "tasks of offices",
        ("command", "疫情防控指挥部", "command"),
        ("cdc", "疾病预防控制中心", "centre for disease control"),
        ("site", "集中隔离点管理", "quarantine site management"),
        ("community", "社区（村）防控", "community"),
        ("street", "街道（乡镇）防控", "street or township office"),
        ("sampling_team", "采样队", "sampling team"),
        ("county_hospital", "县级定点救治医院", "designated county hospital"),
        ("family_doctor", "家庭医生团队", "family doctors"),
        ("laboratory", "核酸检测实验室", "testing laboratory"),
        ("education", "教育主管部门", "education authority"),
        ("market_regulation", "市场监管部门", "market regulator"),
        ("health_commission", "卫生健康行政部门", "health commission"),
        ("port_health", "口岸卫生检疫", "port health quarantine"),
        ("supervision", "督导检查组", "inspection group"),
        ("civil_affairs", "民政部门", "civil affairs"),
    ),
    _list(
        "enrolment_duties",
        "报告义务",
        "duties of enrolled places",
        ("daily_report", "日报告、零报告", "daily and zero report"),
        ("pharmacy_report", "药店登记报告", "pharmacy report"),
        ("fever_clinic_report", "发热门诊报告", "fever clinic report"),
    ),
    _list(
        "operating_calendars",
        "运行日历",
        "operating calendars",
        ("every_day", "每天", "every day"),
        ("weekdays", "周一至周五", "Monday to Friday"),
        ("monday_to_saturday", "周一至周六", "Monday to Saturday"),
    ),
    _list(
        "closure_grounds",
        "停业原因",
        "grounds of a closure",
        ("holiday", "放假", "holiday"),
        ("outbreak", "疫情", "outbreak"),
        ("rectification", "整改", "rectification"),
    ),
    _list(
        "sexes",
        "性别",
        "sexes",
        ("female", "女", "female"),
        ("male", "男", "male"),
        ("unknown", "不详", "not known"),
    ),
    _list(
        "dependant_kinds",
        "被照护者类别",
        "kinds of dependants",
        ("child", "儿童", "child"),
        ("older", "老人", "older person"),
        ("disabled", "残疾人", "disabled person"),
        ("none", "已询问，无被照护者", "asked, there is nobody"),
    ),
    _list(
        "conveyances",
        "交通工具",
        "conveyances",
        ("plane", "飞机", "plane"),
        ("train", "火车", "train"),
        ("coach", "长途汽车", "coach"),
        ("ship", "船舶", "ship"),
        ("car", "小汽车", "car"),
        ("other", "其他", "other"),
    ),
    _list(
        "arrival_sources",
        "抵达信息来源",
        "how an arrival became known",
        ("declared", "本人申报", "declared by the person"),
        ("pushed", "大数据推送", "pushed by the data centre"),
        ("port", "口岸登记", "registered at the port"),
    ),
    _list(
        "occupations",
        "职业",
        "occupations",
        ("cold_chain", "冷链从业人员", "cold chain worker"),
        ("port_worker", "口岸工作人员", "port worker"),
        ("medical", "医务人员", "medical staff"),
        ("fever_clinic_staff", "发热门诊工作人员", "fever clinic staff"),
        ("custody_staff", "监管场所工作人员", "custody facility staff"),
        ("care_home_staff", "养老福利机构工作人员", "care home staff"),
        ("quarantine_staff", "隔离点工作人员", "quarantine site staff"),
        ("teacher", "教师", "teacher"),
        ("pupil", "学生", "pupil"),
        ("courier", "快递外卖人员", "courier"),
        ("other", "其他", "other"),
    ),
    _list(
        "case_classes",
        "病例分类",
        "classes of cases",
        ("suspected", "疑似病例", "suspected"),
        ("clinically_diagnosed", "临床诊断病例", "clinically diagnosed"),
        ("confirmed", "确诊病例", "confirmed"),
        ("asymptomatic", "无症状感染者", "asymptomatic infection"),
        ("excluded", "排除", "excluded"),
    ),
    _list(
        "case_origins",
        "感染来源",
        "origins of cases",
        ("imported", "境外输入", "imported"),
        ("local", "本土", "local"),
        ("ship", "船舶（含舰艇）", "ship, naval ones included"),
        ("aircraft", "航空器", "aircraft"),
        ("unknown", "不明", "not known"),
    ),
    _list(
        "detection_ways",
        "发现方式",
        "ways of detection",
        ("port", "口岸检疫", "port quarantine"),
        ("contact_tracing", "密接排查", "contact tracing"),
        ("self_reported", "主动就诊", "sought care"),
        ("quarantine", "隔离观察期间", "during quarantine"),
        ("hospital", "医院筛查", "hospital screening"),
        ("screening", "人群筛查", "population screening"),
        ("other", "其他", "other"),
    ),
    _list(
        "contact_kinds",
        "接触方式",
        "kinds of contact",
        ("couple", "配偶或伴侣", "couple"),
        ("parent_child", "父母与子女", "parent and child"),
        ("grandparent_grandchild", "祖孙", "grandparent and grandchild"),
        ("siblings", "兄弟姐妹", "brothers and sisters"),
        ("family", "其他亲属", "other family"),
        ("friend", "朋友", "friend"),
        ("live_together", "同住", "live together"),
        ("household", "同户", "same household"),
        ("care", "照护", "care"),
        ("meal", "共同用餐", "meal together"),
        ("work", "同事", "work together"),
        ("class", "同班", "same class"),
        ("school", "同校", "same school"),
        ("same_flight", "同航班", "same flight"),
        ("same_flight_nearby", "同航班邻座", "same flight, nearby seat"),
        ("travel_together", "同行", "travel together"),
        ("same_car", "同车", "same car"),
        ("conveyance", "同乘其他交通工具", "same conveyance, other"),
        ("same_hotel", "同酒店", "same hotel"),
        ("same_quarantine_hotel", "同隔离酒店", "same quarantine hotel"),
        ("same_hospital", "同医院", "same hospital"),
        ("medical", "诊疗", "medical care"),
        ("ship", "同船", "same ship"),
        ("venue", "同一公共场所", "same venue"),
        ("unknown", "不明", "not known"),
    ),
    _list(
        "contact_classes",
        "接触者分类",
        "classes of contacts",
        ("close", "密切接触者", "close contact"),
        ("secondary", "密接的密接", "contact of a close contact"),
        ("general", "一般接触者", "general contact"),
        ("venue_exposed", "场所暴露人员", "venue-exposed person"),
        ("unclassified", "未判定", "not yet classified"),
    ),
    _list(
        "restriction_places",
        "管控方式",
        "places of a restriction",
        ("monitoring", "健康监测", "health monitoring"),
        ("home", "居家医学观察", "observation at home"),
        ("central", "集中隔离医学观察", "central quarantine"),
        ("hospital", "医院隔离治疗", "isolation in hospital"),
    ),
    _list(
        "sample_kinds",
        "采样方式",
        "kinds of samples",
        ("single", "单采", "single"),
        ("pool", "混采", "pool"),
        ("household", "按户混采", "household pool"),
    ),
    _list(
        "test_results",
        "检测结果",
        "results of tests",
        ("negative", "阴性", "negative"),
        ("positive", "阳性", "positive"),
        ("doubtful", "可疑", "doubtful"),
        ("invalid", "无效", "invalid"),
    ),
    _list(
        "admission_reasons",
        "入院原因",
        "reasons of an admission",
        ("isolation", "隔离", "isolation"),
        ("treatment", "治疗", "treatment"),
    ),
    _list(
        "discharge_outcomes",
        "出院结局",
        "outcomes of a discharge",
        ("recovered", "治愈", "recovered"),
        ("transferred", "转院", "transferred"),
        ("other", "其他", "other"),
    ),
    _list(
        "visit_purposes",
        "访视目的",
        "purposes of visits",
        ("follow_up", "治愈者随访", "follow-up of a recovered person"),
        ("welfare", "探视照护", "welfare visit"),
        ("observation", "医学观察访视", "visit during observation"),
    ),
    _list(
        "visit_findings",
        "访视所见",
        "what a visit found",
        ("well", "良好", "well"),
        ("symptoms", "有症状", "symptoms"),
        ("needs_help", "需要帮助", "needs help"),
    ),
    _list(
        "report_channels",
        "报告渠道",
        "channels of a report",
        ("direct_report", "网络直报", "direct report"),
        ("telephone", "电话报告", "telephone"),
    ),
    _list(
        "investigation_kinds",
        "流调类别",
        "kinds of investigations",
        ("preliminary", "初步调查", "preliminary"),
        ("full", "完整调查", "full"),
    ),
    _list(
        "medicine_classes",
        "药品类别",
        "classes of medicines",
        ("antipyretic", "退热药", "antipyretic"),
        ("cough", "止咳药", "cough medicine"),
        ("antiviral", "抗病毒药", "antiviral"),
        ("antibiotic", "抗菌药", "antibiotic"),
    ),
    _list(
        "encounter_kinds",
        "就诊类别",
        "kinds of encounters",
        ("triage", "预检分诊", "triage"),
        ("fever_clinic", "发热门诊", "fever clinic"),
        ("outpatient", "普通门诊", "outpatient"),
        ("emergency", "急诊", "emergency"),
    ),
    _list(
        "grades",
        "风险等级",
        "risk grades of areas",
        ("low", "低风险", "low"),
        ("medium", "中风险", "medium"),
        ("high", "高风险", "high"),
    ),
    _list(
        "waiver_grounds",
        "豁免理由（由政策包规定）",
        "grounds of waivers, named by the policy pack",
        open=True,
    ),
    _list(
        "published_figures",
        "公布数字",
        "published figures",
        ("reported_cumulative", "累计报告（含排除）", "reported, cumulative, excluded ones included"),
        ("excluded_cumulative", "累计排除", "excluded, cumulative"),
        ("confirmed_cumulative", "累计确诊", "confirmed, cumulative"),
        ("imported_cumulative", "累计境外输入", "imported, cumulative"),
        ("local_cumulative", "累计本土", "local, cumulative"),
        ("ship_cumulative", "累计船舶（舰艇）", "ship, cumulative"),
        ("unknown_cumulative", "累计来源不明", "origin not known, cumulative"),
        ("deaths_cumulative", "累计死亡", "deaths, cumulative"),
        ("recovered_cumulative", "累计治愈", "recovered, cumulative"),
    ),
    _list(
        "finding_severities",
        "问题严重程度",
        "severities of findings",
        ("minor", "一般", "minor"),
        ("serious", "严重", "serious"),
    ),
)

CODE_LISTS: Mapping[str, CodeList] = MappingProxyType({one.name: one for one in _LISTS})

# The level of area at which an office of this task is expected; one found above it leaves a row unowned.
OFFICE_TASK_LEVEL: Mapping[str, str] = MappingProxyType(
    {
        "command": "city",
        "cdc": "county",
        "site": "county",
        "community": "community",
        "street": "street",
        "sampling_team": "county",
        "county_hospital": "county",
        "family_doctor": "street",
        "laboratory": "county",
        "education": "county",
        "market_regulation": "county",
        "health_commission": "county",
        "port_health": "city",
        "supervision": "county",
        "civil_affairs": "street",
    }
)
