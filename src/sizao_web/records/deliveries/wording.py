"""What is said of a file that is not taken, and of a row of it."""

from __future__ import annotations

from typing import Any

from sizao.intake.problems import Problem
from sizao.terms.words import Words
from sizao_web.records.deliveries.storing import FORBIDDEN
from sizao_web.records.models import Delivery


def problem(
    one: Delivery, kind: str, found: str | None, expected: Words, fix: Words, line: int | None = None
) -> Problem:
    """What is wrong with the file, or with a line of it."""
    return Problem(kind, one.name, line, None, found, expected, fix)


def forbidden(name: str) -> tuple[Words, Words]:
    """Of a row that the sender may not record, by the name of the condition."""
    words = FORBIDDEN.get(name, Words("本岗位可登记的行", "a row that this duty may record"))
    return (
        Words(
            f"本岗位可登记的行；此行：{words.zh}", f"a row that this duty may record; of this one: {words.en}"
        ),
        Words(
            "核对编号和区域，或由负责的机构报送",
            "Check numbers and area, or let the office send it that answers.",
        ),
    )


def conflict(fact: str) -> tuple[Words, Words]:
    """Of a row whose key another record has."""
    return (
        Words(
            f"{fact} 与同键已有记录内容相同", f"{fact} with the same content as the record that has this key"
        ),
        Words(
            "若是更正，以更高的版本号和动作 replace 送来；若是另一条记录，给它另一个键",
            "If it corrects, send it as action replace with a higher version; if it is another record,"
            " give it"
            " another key.",
        ),
    )


def rows_said(rows: Any) -> tuple[Words, Words]:
    """Of a file with another number of rows than its manifest says."""
    return (
        Words(f"清单所说的 {rows} 行", f"the {rows} rows that the manifest says"),
        Words("核对后重新传送整个文件", "Compare, and send the whole file again."),
    )


def checksum_said(digest: str) -> tuple[Words, Words]:
    """Of a file with another checksum than its manifest says."""
    return (
        Words(f"清单所说的校验和 {digest[:16]}…", f"the checksum {digest[:16]}… that the manifest says"),
        Words("文件在途中变了：重新传送", "The file changed on its way: send it again."),
    )


NOT_CERTAIN_YET = (
    Words(
        "等台账处理完刚登记的内容，才能确定此人是否归您负责",
        "it waits for the ledger to follow what was recorded a moment ago: then it is certain whether this"
        " person is yours",
    ),
    Words("不必处理：台账跟上后自动再次入库", "Nothing to do: the row is taken in again by itself then."),
)

TAKEN_BACK = (
    Words("没有撤回的报送", "a delivery that was not taken back"),
    Words("若仍需要，作为新文件报送", "Deliver it as a new file if it is still wanted."),
)

DUTY_ENDED = (
    Words("仍在任的岗位", "a duty that is still in force"),
    Words("由在任人员重新报送", "Let somebody send it whose duty is in force."),
)

NO_NAMES = (
    Words("以编号称呼人员的表：本岗位不接触姓名", "a sheet of numbers: your duty reads no names"),
    Words("以人员编号（person）代替姓名和证件", "Give numbers (person) instead of names and documents."),
)

NO_LOOK_UPS = (
    Words("不查其他表的映射", "a mapping that looks nothing up in other sheets"),
    Words("先把两张表合为一张", "Join the two sheets first."),
)

SAY_WHICH = (
    Words("数据字典中的事实，或映射", "a fact of the dictionary, or a mapping"),
    Words("选择该表给出的事实", "Choose what the sheet gives."),
)

NOT_GIVEN = (
    Words("本岗位登记的事实", "a fact that this duty records"),
    Words("由负责的机构报送", "Let the office send it that answers."),
)
