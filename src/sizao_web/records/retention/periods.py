"""How long what is kept, beside what the dictionary says of each fact. A law or an authority prevails.

Every value is a demand of this project on itself (mark M): what services of this kind kept elsewhere, and
what seems the shortest time that the purpose needs. Counsel must confirm them before an installation relies
on one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sizao.terms.words import Words


@dataclass(frozen=True)
class Period:
    """days are counted from `since`; within the ledger's horizon what a live row rests on waits for it."""

    name: str
    days: int
    what: Words
    since: Words
    mark: str = "M"


_PERIODS = (
    Period(
        "contacts",
        28,
        Words("未转阳的接触者：其全部记录", "contacts who never were positive: everything about them"),
        Words("最后一次随访或记录", "the last follow-up, or the last fact about them"),
    ),
    Period(
        "negative_results",
        30,
        Words("阴性结果与个人的对应", "whose a negative result is"),
        Words("出结果时间", "the result"),
    ),
    Period(
        "case_identities",
        3 * 365,
        Words("病例的姓名等身份信息，此后只留编号", "who a case is; afterwards only the number is left"),
        Words("最后一项记录", "the last fact about them"),
    ),
    Period(
        "answers",
        30,
        Words(
            "对过去时刻的提问及其答复、比较的示例；给对接单位的答复与回执、其申报的各日",
            "answers about past moments, examples of comparisons; answers and receipts to partners, "
            "and the days that they declared",
        ),
        Words(
            "提出、答复或收到的时间，所申报的日期", "the question, the answer or receipt, the day declared"
        ),
    ),
    Period(
        "jobs",
        30,
        Words("后台任务及其参数", "jobs and what they were told"),
        Words("最后变动", "their last change"),
    ),
    Period(
        "sign_ins",
        30,
        Words("登录失败记录、过期会话", "failed sign-ins, sessions that ended"),
        Words("发生或到期时间", "when it was, or ended"),
    ),
    Period(
        "raw_files",
        7,
        Words("送来的文件原样（加密）", "files as they were sent (sealed)"),
        Words("核对完毕", "when everything in them was settled"),
    ),
    Period(
        "rejects",
        30,
        Words("被拒的行及各行结果", "rows that were rejected, and what became of each row"),
        Words("核对完毕", "when everything in the file was settled"),
    ),
    Period(
        "photographs",
        90,
        Words("检查问题的照片", "photographs of what an inspection found"),
        Words("复查，或该问题的记录已删除", "the re-check; at once when the finding itself is gone"),
    ),
    Period(
        "logs",
        30,
        Words("日志文件中的行", "lines in the files of logs"),
        Words("写入时间", "when they were written"),
    ),
)

PERIODS: Mapping[str, Period] = MappingProxyType({one.name: one for one in _PERIODS})
