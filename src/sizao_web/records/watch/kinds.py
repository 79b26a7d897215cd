"""The alarms there are: what each says, what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sizao.terms.words import Words


@dataclass(frozen=True)
class Kind:
    """One kind of alarm. says: a sentence with the values of the alarm in it; todo: what to do first."""

    label: Words
    says: Words
    todo: Words


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "silence": Kind(
            Words("来源中断", "a source is silent"),
            Words(
                "{about}已{hours}小时没有报送，平常每{usual}小时一次。",
                "{about} has sent nothing for {hours} h; it usually does every {usual} h.",
            ),
            Words(
                "致电该单位：人还在不在、系统是否正常、证书是否过期。补报的数据照常接收。假期等已知原因，用开关写明间隔和期限。",
                "Call them: is somebody there, does their system work, has a certificate ended? What "
                "they send "
                "late is taken as ever. For a known reason set the interval by a switch, with its end.",
            ),
        ),
        "ending": Kind(
            Words("即将到期", "something ends"),
            Words("{name}还有{days}天到期（{day}）。", "{name} ends in {days} days ({day})."),
            Words(
                "现在就换新的，与对方约好时间；换好后更新到期日。",
                "Exchange it now, at a time agreed with the other side, and note the new end.",
            ),
        ),
        "chart_positivity": Kind(
            Words("实验室阳性数异常", "a laboratory's positives are out of control"),
            Words(
                "{subject}{day}检测{tested}例，阳性{found}例，{verdict_zh}：预期约{expected}例（{lower}–{upper}）。",
                "{subject} on {day}: {found} positive of {tested} tested, {verdict_en}: about {expected} "
                "were expected ({lower} to {upper}).",
            ),
            Words(
                "看控制图和当日结果；致电实验室查试剂批号、仪器和质控；复检一批。确属差错的，报两人决定重开该时段结果。",
                "Look at the chart and the results of that day; call the laboratory about kit, machine and "
                "controls; test some again. Where it was at fault, two decide to re-open the interval.",
            ),
        ),
        "chart_discordance": Kind(
            Words("复检不一致过多", "too many results disagree"),
            Words(
                "{subject}{day}成对结果{tested}对，不一致{found}对：预期约{expected}对（至多{upper}）。",
                "{subject} on {day}: {found} of {tested} pairs of results disagree: about {expected} were "
                "expected ({upper} at most).",
            ),
            Words(
                "看控制图和当日结果；查是哪一方的差错；复检。",
                "Look at the chart and the results of that day; find out whose fault it is; test again.",
            ),
        ),
        "chart_reports": Kind(
            Words("报送行数异常", "a reporter's rows are out of control"),
            Words(
                "{subject}{day}报送{found}行，{verdict_zh}：平常约{expected}行（{lower}–{upper}）。",
                "{subject} on {day}: {found} rows, {verdict_en}: about {expected} are usual "
                "({lower} to {upper}).",
            ),
            Words(
                "看控制图；致电该单位：是否漏报、重报、改了口径。补报照常接收。",
                "Look at the chart; call them: is something left out, sent twice or counted otherwise? What "
                "they send late is taken as ever.",
            ),
        ),
        "switch_reverted": Kind(
            Words("临时开关已复原", "a switch has reverted"),
            Words(
                "临时开关“{name}”{what}到期，已自动复原。设置人：{by}。",
                "The switch “{name}” {what} reached its end and has reverted. It was set by {by}.",
            ),
            Words(
                "确认复原后是否正常；仍需要时，写明理由和期限重新设置。",
                "See whether all is well without it; where it is still needed set it anew, with reason "
                "and end.",
            ),
        ),
        "chain": Kind(
            Words("审计链异常", "the audit is not what it was"),
            Words("第{place}位与链不符。", "Place {place} does not fit the chain."),
            Words(
                "不要重启或恢复。运行sizao audit verify，按docs/how-to/verify-the-audit.md办理。",
                "Neither restart nor restore. Run sizao audit verify and go by "
                "docs/how-to/verify-the-audit.md.",
            ),
        ),
        "witness": Kind(
            Words("审计见证处未能告知", "the witness of the audit is not told"),
            Words("原因：{why}。", "Because: {why}."),
            Words(
                "检查SIZAO_WITNESS所在磁盘和权限；原因是“另一段历史”时，运行sizao audit verify。",
                "Look at the disk and rights of SIZAO_WITNESS; where it says another history, run sizao "
                "audit "
                "verify.",
            ),
        ),
        "groundless": Kind(
            Words("有人无依据受限制", "people are restricted without grounds"),
            Words(
                "有{people}人的限制没有规则、记录、期限或申诉途径。",
                "{people} people are restricted without rule, record, end or appeal.",
            ),
            Words(
                "这不是系统推导出来的，有人直接改了库。解除限制并通知本人；查sizao audit show；"
                "今夜全量推导时自动消除。",
                "Nothing derived this: somebody wrote into the database. Lift it and tell the people; "
                "ask sizao "
                "audit show. Tonight's whole run takes it out.",
            ),
        ),
        "worker": Kind(
            Words("后台任务滞后", "the jobs are behind"),
            Words("有{jobs}项等待，最久{seconds}秒。", "{jobs} wait, the oldest for {seconds} s."),
            Words(
                "运行sizao doctor；看后台任务是否在运行、磁盘和数据库是否正常。",
                "Run sizao doctor; see whether the jobs run, and how disk and database are.",
            ),
        ),
        "job": Kind(
            Words("任务搁置", "a job is parked"),
            Words("有{jobs}项任务多次失败后搁置。", "{jobs} jobs failed repeatedly and are parked."),
            Words(
                "原因见后台任务的日志（procrastinate，error）。解决后台账下次运行会补上。",
                "The log of the jobs has the reason (procrastinate, error). The next run makes up for it.",
            ),
        ),
        "disk": Kind(
            Words("磁盘将满", "the disk is nearly full"),
            Words("数据所在磁盘只余{gigabytes} GB。", "{gigabytes} GB are left where the data lie."),
            Words(
                "腾出空间或换更大的磁盘：写满后不能再记录。", "Make room: on a full disk nothing is recorded."
            ),
        ),
        "backup": Kind(
            Words("备份过旧", "the backup is old"),
            Words("最近一次备份在{days}天前。", "The last backup was made {days} days ago."),
            Words(
                "运行sizao backup，看定时任务为何没有运行。",
                "Run sizao backup, and find out why the timer did not.",
            ),
        ),
        "backup_none": Kind(
            Words("没有备份", "there is no backup"),
            Words("此安装从未备份。", "This installation was never backed up."),
            Words(
                "按docs/how-to/back-up-and-restore.md设定每日备份。",
                "Set up a daily backup by docs/how-to/back-up-and-restore.md.",
            ),
        ),
    }
)
"""Name -> kind."""


def sentence(kind: str, about: str, values: Mapping[str, Any]) -> Words:
    """What an alarm says."""
    said = {"about": about, **values}
    says = KINDS[kind].says
    return Words(says.zh.format(**said), says.en.format(**said))
