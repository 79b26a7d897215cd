"""Files that somebody might send to harm, and files that broke on the way: made here, never stored.

Each is a name, its content, and what must become of it: `refused` whole, `taken` (as the rows it has), or
`either` where both are right (a text that was cut off between two rows is a shorter text).
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

REFUSED, TAKEN, EITHER = "refused", "taken", "either"


@dataclass(frozen=True)
class Hostile:
    """One file. family: what of it is bad; the first of each family is read every day."""

    family: str
    name: str
    content: bytes
    becomes: str


def hostile_files(port: int) -> Iterator[Hostile]:
    """All of them. port: where somebody listens at 127.0.0.1 whom no file may make us call."""
    for family, made in (
        ("workbook bombs", _bombs()),
        ("entities", _entities(port)),
        ("packages", _packages()),
        ("workbooks that are more", _macros(port)),
        ("strange workbooks", _strange_workbooks(port)),
        ("other formats", _other_formats()),
        ("texts", _texts()),
        ("documents", _documents()),
        ("cut off", _cut_off()),
    ):
        for number, (name, content, becomes) in enumerate(made):
            yield Hostile(family, f"{number:03}-{name}", content, becomes)


Made = Iterator[tuple[str, bytes, str]]

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
ROOT = (
    '<?xml version="1.0"?><Relationships'
    ' xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
    ' Target="xl/workbook.xml"/></Relationships>'
)
BOOK = (
    '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'
)
RELATIONS = (
    '<?xml version="1.0"?><Relationships'
    ' xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"'
    ' Target="worksheets/sheet1.xml"/></Relationships>'
)
SHEET = (
    '<?xml version="1.0"?>{before}<worksheet'
    ' xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
)
CELL = '<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'
TWO_ROWS = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>person</t></is></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>p1</t></is></c></row>'
)


def parts(**changed: str | bytes | None) -> dict[str, str | bytes]:
    """The parts of a small workbook; a part named here instead of its own, None to leave it out."""
    whole: dict[str, str | bytes | None] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": ROOT,
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": RELATIONS,
        "xl/worksheets/sheet1.xml": SHEET.format(before="", rows=TWO_ROWS),
    }
    whole.update({name.replace("__", "/"): part for name, part in changed.items()})
    return {name: part for name, part in whole.items() if part is not None}


def package(of: dict[str, str | bytes], *, comment: bytes = b"") -> bytes:
    """The parts as a ZIP."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in of.items():
            made.writestr(name, part)
        made.comment = comment
    return held.getvalue()


def with_sheet(sheet: str | bytes) -> bytes:
    return package({**parts(), "xl/worksheets/sheet1.xml": sheet})


def _bombs() -> Made:
    for megabytes in (5, 40, 120):
        zeros = b"<a>" + b"0" * (megabytes << 20)
        yield f"zeros-{megabytes}.xlsx", with_sheet(zeros), REFUSED
        yield f"beside-{megabytes}.xlsx", package({**parts(), "xl/media/a.bin": zeros}), REFUSED
    row = '<row r="{0}"><c r="A{0}"><v>1</v></c></row>'
    rows = "".join(row.format(number) for number in range(1, 300_000))
    yield "many-alike-rows.xlsx", with_sheet(SHEET.format(before="", rows=rows)), EITHER
    yield (
        "strings.xlsx",
        with_sheet(SHEET.format(before="", rows=CELL.format(at="A1", text="x" * (8 << 20)))),
        REFUSED,
    )
    small = package(parts())
    yield "many-parts.xlsx", package({**parts(), **{f"xl/p{n}.xml": "<a/>" for n in range(3000)}}), REFUSED
    yield "zip-in-zip.xlsx", package({**parts(), "xl/embeddings/b.xlsx": small}), REFUSED
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    yield "two-far-cells.xlsx", with_sheet(SHEET.format(before="", rows=far)), REFUSED
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1000000"><c r="ZZ1000000"><v>1</v></c></row>'
    yield "two-quite-far-cells.xlsx", with_sheet(SHEET.format(before="", rows=far)), REFUSED
    yield "overlapping.xlsx", _overlapping(), REFUSED
    yield "says-it-is-small.xlsx", _lying(12), REFUSED
    yield "says-it-is-large.xlsx", _lying(0xFFFFFF00), REFUSED
    yield (
        "dimension.xlsx",
        with_sheet(
            SHEET.format(before="", rows=TWO_ROWS).replace(
                "<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>'
            )
        ),
        EITHER,
    )


def _overlapping() -> bytes:
    """Many entries of the directory that all lie on the same few bytes."""
    content = bytearray(package(parts()))
    end = content.rfind(b"PK\x05\x06")
    count, size, start = struct.unpack("<HII", content[end + 10 : end + 20])
    directory = bytes(content[start : start + size])
    last = directory[directory.rfind(b"PK\x01\x02") :]
    more = b"".join(last[:46] + f"x{n:05}".encode() * 4 + last[46 + 24 :] for n in range(1500))
    whole = bytes(content[:start]) + directory + more
    tail = struct.pack(
        "<4sHHHHIIH", b"PK\x05\x06", 0, 0, count + 1500, count + 1500, size + len(more), start, 0
    )
    return whole + tail


def _lying(size: int) -> bytes:
    """The directory says another unpacked size for the sheet than there is."""
    content = bytearray(with_sheet(SHEET.format(before="", rows=TWO_ROWS)))
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(content)


def _entities(port: int) -> Made:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9)
    )
    for name, before in (
        ("laughs", laughs + "]>"),
        ("quadratic", f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>'),
        ("file", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        ("http", f'<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1:{port}/">]>'),
        ("parameter", f'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:{port}/"> %a;]>'),
        ("external-subset", f'<!DOCTYPE x SYSTEM "http://127.0.0.1:{port}/a.dtd">'),
        ("small-letters", '<!doctype x [<!entity a "b">]>'),
    ):
        text = SHEET.format(before=before, rows=TWO_ROWS.replace("p1", "&a;"))
        for encoding in ("utf-8", "utf-16", "utf-16-be"):
            yield f"{name}-{encoding}.xlsx", with_sheet(text.encode(encoding)), REFUSED
        yield f"{name}-strings.xlsx", package({**parts(), "xl/sharedStrings.xml": text}), REFUSED
        yield f"{name}-kinds.xlsx", package(parts(**{"[Content_Types].xml": before + TYPES})), REFUSED


def _packages() -> Made:
    good = package(parts())
    for before in (b"%PDF-1.4\n", b"<html>", b"#!/bin/sh\n", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"MZ\x90\0"):
        yield "something-before.xlsx", before + good, REFUSED
    for behind in (b"\0", b"<script>", good, b"%PDF-1.4", b"x" * 70_000):
        yield "something-behind.xlsx", good + behind, REFUSED
    yield "comment.xlsx", package(parts(), comment=b"<script>"), REFUSED
    yield "comment-zip.xlsx", package(parts(), comment=package({"a": "b"})[:60_000]), REFUSED
    for name in ("../../etc/passwd", "/etc/passwd", "..\\..\\a", "C:\\a", "xl/../../a"):
        yield "leads-out.xlsx", package({**parts(), name: "x"}), REFUSED
    yield "twice.xlsx", package({**parts(), "XL/worksheets/SHEET1.xml": "x"}), REFUSED
    for bit in (0x1, 0x41):
        content = bytearray(good)
        at = content.rfind(b"PK\x01\x02")
        content[at + 8 : at + 10] = struct.pack("<H", bit)
        yield "password.xlsx", bytes(content), REFUSED
    for offset in (0, 4, 14, 30, 60):
        content = bytearray(good)
        content[offset] ^= 0xFF
        yield "flipped.xlsx", bytes(content), EITHER
    content = bytearray(good)
    at = content.rfind(b"PK\x01\x02")
    content[at + 16 : at + 20] = b"\0\0\0\0"
    yield "wrong-checksum.xlsx", bytes(content), REFUSED
    for missing in parts():
        yield "lacks-a-part.xlsx", package({n: p for n, p in parts().items() if n != missing}), EITHER
    yield "a-plain-zip.xlsx", package({"a.csv": "person\np1\n"}), REFUSED
    yield "empty.xlsx", package({}), REFUSED
    yield "stored-badly.xlsx", good[:10] + b"\x63\x00" + good[12:], EITHER


def _macros(port: int) -> Made:
    macro = TYPES.replace("spreadsheetml.sheet.main", "ms-excel.sheet.macroEnabled.main")
    yield "macro.xlsm", package(parts(**{"[Content_Types].xml": macro})), REFUSED
    yield "macro.xlsx", package({**parts(), "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), REFUSED
    yield "macro-elsewhere.xlsx", package({**parts(), "xl/sub/VBAPROJECT.bin": b"x"}), REFUSED
    yield "macro-sheet.xlsx", package({**parts(), "xl/macrosheets/sheet1.xml": "<x/>"}), REFUSED
    yield "activex.xlsx", package({**parts(), "xl/activeX/activeX1.xml": "<x/>"}), REFUSED
    yield "embedded.xlsx", package({**parts(), "xl/embeddings/oleObject1.bin": b"x"}), REFUSED
    for kind in ("wordprocessingml.document.main", "presentationml.presentation.main"):
        changed = TYPES.replace("spreadsheetml.sheet.main", kind)
        yield "document.docx", package(parts(**{"[Content_Types].xml": changed})), REFUSED
    opendocument = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}
    yield "sheet.ods", package(dict(opendocument)), REFUSED
    link = RELATIONS.replace(
        "</Relationships>",
        f'<Relationship Id="r9" TargetMode="External"'
        f' Type="http://x/oleObject" Target="http://127.0.0.1:{port}/"/></Relationships>',
    )
    yield "external-link.xlsx", package({**parts(), "xl/_rels/workbook.xml.rels": link}), EITHER
    linked = RELATIONS.replace("worksheets/sheet1.xml", f"http://127.0.0.1:{port}/sheet.xml")
    yield "sheet-elsewhere.xlsx", package({**parts(), "xl/_rels/workbook.xml.rels": linked}), REFUSED
    linked = RELATIONS.replace("worksheets/sheet1.xml", "../../../../etc/passwd")
    yield "sheet-outside.xlsx", package({**parts(), "xl/_rels/workbook.xml.rels": linked}), REFUSED


def _strange_workbooks(port: int) -> Made:
    def sheet(rows: str) -> bytes:
        return with_sheet(SHEET.format(before="", rows=rows))

    yield "deep.xlsx", sheet("<row>" * 100_000), EITHER
    yield "not-closed.xlsx", with_sheet(SHEET.format(before="", rows=TWO_ROWS)[:-30]), EITHER
    for at in ("A0", "", "ZZZZZZZ1", "A99999999999", "A-1", "1A", "A1:B2", "\u0661"):
        yield "cell-of-no-place.xlsx", sheet(f'<row r="1"><c r="{at}"><v>1</v></c></row>{TWO_ROWS}'), EITHER
    for kind, value in (
        ("s", "99999999"),
        ("s", "-1"),
        ("n", "1e999"),
        ("n", "NaN"),
        ("b", "7"),
        ("e", "#REF!"),
        ("d", "9999-99-99"),
        ("zz", "1"),
        ("str", "\u202egnp.exe"),
    ):
        yield (
            "cell.xlsx",
            sheet(f'{TWO_ROWS}<row r="3"><c r="A3" t="{kind}"><v>{value}</v></c></row>'),
            EITHER,
        )
    for formula in (
        "1+1",
        f'WEBSERVICE("http://127.0.0.1:{port}/")',
        'HYPERLINK("http://x")',
        "cmd|' /C calc'!A0",
    ):
        escaped = formula.replace('"', "&quot;")
        yield (
            "formula.xlsx",
            sheet(f'{TWO_ROWS}<row r="3"><c r="A3"><f>{escaped}</f><v>1</v></c></row>'),
            EITHER,
        )
    wide = "".join(f'<c t="inlineStr"><is><t>c{n}</t></is></c>' for n in range(3000))
    yield "wide.xlsx", sheet(f"<row>{wide}</row>"), REFUSED
    yield (
        "twice-a-heading.xlsx",
        sheet('<row r="1">' + CELL.format(at="A1", text="a") + CELL.format(at="B1", text="A") + "</row>"),
        REFUSED,
    )
    yield "no-rows.xlsx", sheet(""), REFUSED
    yield "nul.xlsx", sheet(TWO_ROWS.replace("p1", "p_x0000_1")), EITHER


def _other_formats() -> Made:
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
    yield "old.xls", compound + "Workbook".encode("utf-16-le") + b"\0" * 512, REFUSED
    yield "old.csv", compound + b"\xff" * 4096, REFUSED
    yield "password.xlsx", compound + "EncryptedPackage".encode("utf-16-le") + b"\0" * 2048, REFUSED
    yield "older.xls", b"\x09\x08\x10\x00\x00\x06\x05\x00" + b"\0" * 200, REFUSED
    for mark in (
        b"%PDF-1.7\n",
        b"\x1f\x8b\x08\0\0\0\0\0",
        b"7z\xbc\xaf\x27\x1c",
        b"Rar!\x1a\x07\0",
        b"\xfd7zXZ\0",
        b"BZh91AY",
        b"\x28\xb5\x2f\xfd",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"GIF89a",
        b"\x7fELF\x02",
        b"SQLite format 3\0",
        b"{\\rtf1",
        b"MZ\x90\0",
    ):
        yield "other.csv", mark + b"person,area\np1,a\n" * 20, REFUSED
    for markup in (
        "<html><table><tr><td>1",
        "<?xml version='1.0'?><Workbook>",
        "<TABLE><TR>",
        "  <!DOCTYPE html>",
        "<svg onload=alert(1)>",
        "<script>alert(1)</script>",
    ):
        yield "sheet.xls", markup.encode(), REFUSED
    table = io.BytesIO()
    pq.write_table(pa.table({"person": [f"p{n}" for n in range(200)]}), table)
    whole = table.getvalue()
    for at in (4, 8, 20, len(whole) // 2, len(whole) - 9, len(whole) - 1):
        yield "cut.parquet", whole[:at], REFUSED
    for at in range(4, len(whole) - 8, max(len(whole) // 10, 1)):
        yield "flipped.parquet", whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :], EITHER
    yield "lists.parquet", _parquet_of_lists(), EITHER


def _parquet_of_lists() -> bytes:
    held = io.BytesIO()
    pq.write_table(pa.table({"person": [["a"], ["b", "c"]]}), held)
    return held.getvalue()


def _texts() -> Made:
    yield "empty.csv", b"", REFUSED
    yield "blank.csv", b" \n\t\n" * 50, REFUSED
    yield "blank-lines.csv", b"\n" * 3_000_000, REFUSED
    yield "nul.csv", b"person\np\0 1\n", REFUSED
    yield "nul-later.csv", b"person\n" + b"p1\n" * 9000 + b"\0\n", REFUSED
    yield "not-utf-8.csv", b"person\n\xff\xfe\xfd\n", REFUSED
    yield "half-utf-16.csv", "person\np1\n".encode("utf-16")[:-1], REFUSED
    yield "quote.csv", b'person,area\n"p1,a\n' + b"p2,a\n" * 1000, REFUSED
    yield "quotes.csv", b'person\n"a"b"c\n', REFUSED
    yield "long-cell.csv", b"person\n" + b"x" * 40_000 + b"\n", REFUSED
    yield "long-line.csv", b"person\n" + b"x" * (6 << 20), REFUSED
    yield "long-quoted.csv", b'person\n"' + b"x\n" * (9 << 20), REFUSED
    yield "wide.csv", b",".join(b"c%d" % n for n in range(5000)) + b"\n", REFUSED
    yield "separators.csv", b"," * (1 << 20) + b"\n", REFUSED
    yield "twice.csv", b"a,A\n1,2\n", REFUSED
    yield "unnamed.csv", b"a,,b\n1,2,3\n", REFUSED
    yield "own-word.csv", b"line_of_sheet,a\n1,2\n", REFUSED
    yield "returns.csv", b"person,area\rp1,a\rp2,a\r", TAKEN
    yield "ragged.csv", b"a,b\n" + b"1\n1,2,3\n" * 500, TAKEN
    yield "said-more.csv", b"person\np1\n# rows: 2\n", REFUSED
    yield "said-fewer.csv", b"person,area\np1,a\np2,a\n# rows: 1\n", REFUSED
    yield "said-right.csv", b"person,area\np1,a\np2,a\n# rows: 2\n", TAKEN
    yield "said-too-early.csv", b"person,area\np1,a\n# rows: 1\np2,a\n", REFUSED
    yield "formulas.csv", "person,area\n=1+1,a\n@SUM(A1),+1\n＝1,-1\n".encode(), TAKEN
    yield "turned-round.csv", "person,area\n\u202ep1,\u200ba\n".encode(), TAKEN
    for encoding in ("gb18030", "big5", "shift-jis", "utf-32"):
        yield f"{encoding}.csv", "中文,地\n甲,乙\n".encode(encoding), REFUSED


def _documents() -> Made:
    yield "deep.json", b"[" * 200_000, REFUSED
    yield "deep-object.json", b'{"a":' * 200_000, REFUSED
    yield "deep-value.json", b'[{"a":' + b"[" * 5000 + b"]" * 5000 + b"}]", REFUSED
    yield "number.json", b'[{"a": ' + b"9" * 200_000 + b"}]", REFUSED
    for word in (b"NaN", b"Infinity", b"-Infinity", b"undefined", b"'a'", b"0x10", b"01"):
        yield "word.json", b'[{"a": ' + word + b"}]", REFUSED
    yield "twice.json", b'[{"a": 1, "a": 2}, {"a": 3}]', TAKEN
    yield "nested.json", b'[{"a": {"b": 1}}, {"a": [1]}]', TAKEN
    yield "half-a-pair.json", b'[{"a": "\\ud800"}]', TAKEN
    yield "nul.json", b'[{"a": "\\u0000"}]', REFUSED
    yield "long.json", b'[{"a": "' + b"x" * (6 << 20) + b'"}]', REFUSED
    yield "rows-of-rows.json", b"[[1, 2], [3]]", REFUSED
    yield "words.json", b'["a", "b"]', REFUSED
    yield "empty.json", b"[]", REFUSED
    yield "empty-objects.json", b"[{}, {}]", REFUSED
    yield "behind.json", b'[{"a": 1}] x', REFUSED
    yield "two-arrays.json", b'[{"a": 1}][{"a": 2}]', REFUSED
    yield "no-comma.json", b'[{"a": 1} {"a": 2}]', REFUSED
    yield "keys.json", json.dumps([{f"k{n}": 1} for n in range(3000)]).encode(), REFUSED
    yield "no-name.json", b'[{"": 1}]', REFUSED
    yield "mixed.ndjson", b'{"a": 1}\n[{"a": 2}]\n', REFUSED
    yield "broken-line.ndjson", b'{"a": 1}\n{"a": \n{"a": 3}\n', REFUSED
    yield "not-utf-8.ndjson", b'{"a": "\xff"}\n', REFUSED
    yield "marked.json", b'\xef\xbb\xbf[{"a": 1}]', TAKEN


def workbook_of(rows: int) -> bytes:
    """A plain workbook of so many rows."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["person", "died_on", "area"])
        for row in range(rows):
            page.write_row(row + 1, 0, [f"p{row}", "2020-03-01", "a"])
    return held.getvalue()


def _cut_off() -> Made:
    book = workbook_of(300)
    for at in range(30, len(book), max(len(book) // 25, 1)):
        yield "cut.xlsx", book[:at], REFUSED
    rows = [{"person": f"p{n}", "area": "甲"} for n in range(60)]
    document = json.dumps(rows, ensure_ascii=False).encode()
    for at in range(3, len(document), max(len(document) // 15, 1)):
        yield "cut.json", document[:at], REFUSED
    lines = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    for at in range(3, len(lines), max(len(lines) // 15, 1)):
        yield "cut.ndjson", lines[:at], EITHER
    text = "person,died_on,note\n" + "".join(f'p{n},2020-03-01,"甲 {n}"\n' for n in range(60))
    content = text.encode()
    for at in range(25, len(content), max(len(content) // 20, 1)):
        yield "cut.csv", content[:at], EITHER
    # In the packed stream itself: right at its ends, wrong inside.
    packed = bytearray(book)
    middle = len(packed) // 2
    packed[middle : middle + 40] = zlib.compress(b"x" * 40)[:40].ljust(40, b"\0")
    yield "overwritten.xlsx", bytes(packed), REFUSED
