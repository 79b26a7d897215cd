"""Why a file cannot be taken at all: the words of each reason, and what to do about it."""

from __future__ import annotations

from typing import NoReturn

from sizao.intake.problems import IntakeRefused, Problem
from sizao.terms.words import Words

OLD_SPREADSHEET = (
    Words(".xlsx 或 .csv（.xls 最多 65,536 行，会截断）", ".xlsx or .csv (.xls cuts off after 65,536 rows)"),
    Words(
        "从数据来源重新导出为 .csv 或 .xlsx，并核对行数",
        "Export it again from its source as .csv or .xlsx, and compare the number of rows.",
    ),
)
EMPTY_FILE = (
    Words("一行表头和数据行", "a header line and rows"),
    Words("重新导出该文件", "Export the file again."),
)
CUT_OFF = (
    Words("完整的最后一行", "a complete last row"),
    Words(
        "文件在一行中间断了：重新传送整个文件，并核对行数",
        "The file ends in the middle of a row: send it again whole, and compare the number of rows.",
    ),
)
NOT_TEXT = (
    Words("文字文件", "a text file"),
    Words(
        "另存为 UTF-8，或注明编码：--encoding utf-16，或映射中的 encoding: utf-16",
        "Save the sheet as UTF-8, or name its encoding: --encoding utf-16, or encoding: utf-16"
        " in the mapping.",
    ),
)
NOT_XLSX = (
    Words("完整的 .xlsx 文件", "a complete .xlsx file"),
    Words("重新传送整个文件", "Send the whole file again."),
)
NOT_PARQUET = (
    Words("完整的 Parquet 文件", "a complete Parquet file"),
    Words("重新传送整个文件", "Send the whole file again."),
)
NOT_JSON = (
    Words(
        "完整的 JSON：一个对象数组，或每行一个对象",
        "whole JSON: an array of objects, or one object on each line",
    ),
    Words("改正后重新传送整个文件", "Mend it, and send the whole file again."),
)
NOT_A_SHEET = (
    Words("表格：.csv、.tsv、.xlsx、.json 或 .ndjson", "a sheet: .csv, .tsv, .xlsx, .json or .ndjson"),
    Words(
        "内容不是表格（不看文件名）：从数据来源重新导出",
        "What is in it is no sheet, whatever its name: export it again from its source.",
    ),
)
MACROS = (
    Words("不含宏的 .xlsx", "a workbook without macros"),
    Words("另存为 .xlsx（不启用宏）后重新传送", "Save it as .xlsx, without macros, and send that."),
)
ENCRYPTED = (
    Words("未加密的文件", "a file that is not encrypted"),
    Words("去掉密码后另存为 .xlsx，再重新传送", "Take the password off, save it as .xlsx, and send that."),
)
NOT_ONLY_XLSX = (
    Words(
        "只是一个 .xlsx 的文件，前后没有别的内容",
        "a file that is an .xlsx and nothing before, after or beside",
    ),
    Words("从数据来源重新导出", "Export it again from its source."),
)
ENTITIES = (
    Words("没有文档类型声明和实体的工作簿", "a workbook without document types and entities"),
    Words("从数据来源重新导出为 .csv 或 .xlsx", "Export it again from its source as .csv or .xlsx."),
)
TOO_DEEP = (
    Words("每行一个平的对象，值为文字、数字或真假", "flat objects of texts, numbers, true and false"),
    Words("每个值单独成列", "Give each value a column of its own."),
)
UNNAMED = (
    Words("每列都有名称", "a name for every column"),
    Words("在表头写上该列名称，或删去空列", "Write the name in the header, or remove the empty column."),
)
COLUMN_TWICE = (
    Words(
        "每个列名只出现一次（不分大小写）", "each column name once (upper and lower case count as the same)"
    ),
    Words("改名或删去其中一列", "Rename or remove one of the two."),
)
SPLIT = Words("分成几个文件，或改用 .csv", "Split it into several files, or send it as .csv.")


def refuse(
    name: str,
    kind: str,
    found: str | None,
    expected: Words,
    fix: Words,
    *,
    line: int | None = None,
    column: str | None = None,
    near: str | None = None,
) -> NoReturn:
    """IntakeRefused with this one reason; `name` is that of the file."""
    raise IntakeRefused([Problem(kind, name, line, column, found, expected, fix, near)])


def too_large(name: str, what: Words, found: int, most: int, *, line: int | None = None) -> NoReturn:
    """IntakeRefused because a file has more of something than it may have."""
    refuse(
        name,
        "too_large",
        f"{found:,} {what.en}",
        Words(f"{what.zh}不超过 {most:,}", f"at most {most:,} {what.en}"),
        SPLIT,
        line=line,
    )


ROWS = Words("行数", "rows")
COLUMNS = Words("列数", "columns")
CELLS = Words("单元格数", "cells")
BYTES = Words("字节数", "bytes")
UNPACKED = Words("解压后字节数", "bytes unpacked")
TIMES = Words("解压倍数", "times its size when unpacked")
PARTS = Words("压缩包内的部分", "parts in the package")
SIGNS = Words("一个单元格的字数", "signs in one cell")
