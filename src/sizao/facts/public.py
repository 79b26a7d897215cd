"""What everybody may know: notices and bulletins as published, and where an office or a place is reached."""

from __future__ import annotations

from sizao.facts.columns import UNTIL_ON, area, code, day, identifier, text
from sizao.facts.declaration import Fact
from sizao.terms.words import Words

NOTICES = Fact(
    name="notices",
    meaning=Words(
        "公告正文：通报、公告、更正、辟谣、健康提示",
        "Notices: what was published, in both languages, and from when until when it holds",
    ),
    columns=(
        identifier("notice", "notice", "公告编号", "the notice"),
        code("kind", "publication_kinds", "类别", "kind"),
        area("covers", "适用区域", "area for which it holds"),
        text("title_zh", "中文标题", "title in Chinese"),
        text("title_en", "英文标题", "title in English"),
        text("text_zh", "中文正文（不写个人信息）", "text in Chinese (nothing about a person)"),
        text("text_en", "英文正文（不写个人信息）", "text in English (nothing about a person)"),
        day("from_on", "起始日期", "first day"),
        UNTIL_ON,
        identifier("announced_by", "office", "发布机构", "office that published it"),
        text("basis", "文号或依据", "number of the document, or what it rests on", required=False),
    ),
    event="from_on",
    subjects=("announced_by",),
    orders=("D1-60", "D1-61", "D2-26", "D2-57", "D2-94"),
    given_by=("command", "health_commission", "publicity"),
)

PUBLIC_CONTACTS = Fact(
    name="public_contacts",
    meaning=Words(
        "对外联系方式：机构或场所的名称、电话、地址、开放时间",
        "Public contacts: what an office or place is called, its telephone, address and open hours",
    ),
    columns=(
        identifier("subject", "subject", "机构或场所", "the office or place"),
        text("name_zh", "中文名称", "name in Chinese"),
        text("name_en", "英文名称", "name in English"),
        text("telephone", "对外电话", "telephone", required=False),
        text("address_zh", "中文地址", "address in Chinese", required=False),
        text("address_en", "英文地址", "address in English", required=False),
        text("hours_zh", "中文开放时间", "open hours in Chinese", required=False),
        text("hours_en", "英文开放时间", "open hours in English", required=False),
        day("from_on", "起始日期", "first day on which this holds"),
        UNTIL_ON,
    ),
    event="from_on",
    subjects=("subject",),
    orders=("D1-45", "D2-26"),
    given_by=("command", "health_commission"),
)

FACTS = (NOTICES, PUBLIC_CONTACTS)
