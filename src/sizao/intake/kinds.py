"""What kind of file something is: by what is in it, never by its name."""

from __future__ import annotations

from typing import BinaryIO

from sizao.intake.refusing import (
    EMPTY_FILE,
    ENCRYPTED,
    NOT_A_SHEET,
    OLD_SPREADSHEET,
    refuse,
)

TEXT, WORKBOOK, JSON, PARQUET = "text", "workbook", "json", "parquet"
HEAD = 1 << 16
_COMPOUND = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # of Office before 2007; encrypted workbooks are wrapped in it too
)
_OTHERS = (
    (b"%PDF", "PDF"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "RAR"),
    (b"\xfd7zXZ\0", "xz"),
    (b"BZh", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x7fELF", "ELF"),
    (b"SQLite format 3\0", "SQLite"),
    (b"{\\rtf", "RTF"),
    (b"MZ\x90", "EXE"),
    (b"PK\x05\x06", "an empty ZIP"),
)
_MARKUP = (
    b"<html",
    b"<!doctype",
    b"<table",
    b"<?xml",
    b"<script",
    b"<svg",
    b"<!--",
    b"<head",
    b"<body",
    b"<workbook",
)


def kind_of(name: str, file: BinaryIO) -> str:
    """TEXT, WORKBOOK, JSON or PARQUET; IntakeRefused for what is empty or no sheet. `name`: for messages."""
    file.seek(0)
    head = file.read(HEAD)
    if not head.strip() and not file.read(1):
        refuse(name, "empty_file", None, *EMPTY_FILE)
    if head.startswith(_COMPOUND):
        file.seek(0)
        if "EncryptedPackage".encode("utf-16-le") in file.read():
            refuse(name, "encrypted", "EncryptedPackage", *ENCRYPTED)
        refuse(name, "old_spreadsheet", ".xls", *OLD_SPREADSHEET)
    if head[:2] == b"\x09\x08" or head[:3] == b"\x09\x04\x06":  # spreadsheets before 1997, without a wrapping
        refuse(name, "old_spreadsheet", ".xls", *OLD_SPREADSHEET)
    if head.startswith(b"PK\x03\x04"):
        return WORKBOOK
    if head.startswith(b"PAR1"):
        return PARQUET
    for mark, other in _OTHERS:
        if head.startswith(mark):
            refuse(name, "not_a_sheet", other, *NOT_A_SHEET)
    begins = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if begins.lower().startswith(_MARKUP):
        refuse(name, "not_a_sheet", "HTML / XML", *NOT_A_SHEET)
    return JSON if begins[:1] in (b"{", b"[") else TEXT
