"""What the repository promises about itself: where it may be cloned, what it installs, who imports whom."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from configparser import ConfigParser
from hashlib import sha256
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
EDGES = {"cli", "intake", "store", "exports"}
NAMES_THAT_SAY_NOTHING = {"core", "common", "utils", "helpers", "services", "managers"}

# Written with classes such as [o], so that this file is not found guilty of what it looks for.
INDEX_ADDRESS = (
    r"py[p]i\.(org|python)|pythonh[o]sted|regis[t]ry\.npm|deb\.deb[i]an\.org"
    r"|(index|find)-(ur[l]|link[s])|/simpl[e]/"
)
MACHINE_PATH = r"(?<![\w.:/])/(?:r[o]ot|w[o]rk|t[m]p|home/\w+|Users/\w+)/"
WORKSHOP_WORD = (
    r"\b(cl[a]ude|anth[r]opic|c[o]pilot|chat ?g[p]t|sub-?ag[e]nts?|co-auth[o]red-by"
    r"|coding assist[a]nt|language mod[e]l)\b"
)

PINS = sorted((ROOT / "requirements").glob("*.txt"))


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


def project() -> dict[str, list[Requirement]]:
    """The requirements of pyproject.toml by where they stand: library, build, and each group."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = {
        "library": settings["project"]["dependencies"],
        "build": settings["build-system"]["requires"],
        **settings["dependency-groups"],
    }
    return {name: [Requirement(line) for line in lines] for name, lines in groups.items()}


def entries(pins: Path) -> list[str]:
    """One text per pinned package: its line with the hash lines that continue it."""
    return [entry for entry in pins.read_text(encoding="utf-8").replace("\\\n", " ").splitlines() if entry]


def pinned(pins: Path) -> dict[str, str]:
    requirements = [Requirement(entry.split("--hash")[0].strip()) for entry in entries(pins)]
    return {canonicalize_name(r.name): next(iter(r.specifier)).version for r in requirements}


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(INDEX_ADDRESS, id="the address of a package index"),
        pytest.param(MACHINE_PATH, id="a path of somebody's machine"),
        pytest.param(WORKSHOP_WORD, id="a word about the means by which it was written"),
    ],
)
def test_no_tracked_file_contains(pattern):
    forbidden = re.compile(pattern, re.IGNORECASE)
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for file in tracked_files()
        for number, line in enumerate(file.read_bytes().decode(errors="ignore").splitlines(), start=1)
        if forbidden.search(line)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("pins", PINS, ids=lambda pins: pins.name)
def test_every_pin_is_one_version_with_hashes_and_no_address(pins):
    text = pins.read_text(encoding="utf-8")
    assert "://" not in text
    assert "#" not in text
    loose = [e for e in entries(pins) if not re.match(r"[a-z0-9-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", e)]
    assert entries(pins)
    assert not loose


@pytest.mark.parametrize("pins", PINS, ids=lambda pins: pins.name)
def test_one_pin_serves_every_python_we_run_on(pins):
    names = [re.split(r"[= ]", entry)[0] for entry in entries(pins)]
    assert len(names) == len(set(names))
    assert not [
        entry for entry in entries(pins) if "python_version" in entry or "python_full_version" in entry
    ]


@pytest.mark.parametrize(
    ("file", "groups"),
    [
        ("core.txt", ["library"]),
        ("dev.txt", ["library", "build", "dev"]),
        ("bench.txt", ["library", "build", "dev", "bench"]),
    ],
)
def test_the_pins_hold_what_the_project_asks_for(file, groups):
    pins = pinned(ROOT / "requirements" / file)
    wanted = [requirement for group in groups for requirement in project()[group]]
    unmet = [str(r) for r in wanted if not r.specifier.contains(pins.get(canonicalize_name(r.name), "0"))]
    missing = [str(r) for r in wanted if canonicalize_name(r.name) not in pins]
    assert not unmet + missing, "Run `make lock`."


def test_a_package_has_the_same_version_in_every_file_of_pins():
    core, dev, bench = (pinned(ROOT / "requirements" / f"{name}.txt") for name in ("core", "dev", "bench"))
    assert core.items() <= dev.items() <= bench.items()


def test_every_dependency_has_its_reason_in_a_decision():
    records = "\n".join(
        file.read_text(encoding="utf-8") for file in (ROOT / "docs" / "decisions").glob("*.md")
    )
    wanted = {canonicalize_name(r.name): r.name for group in project().values() for r in group}
    reasons = {
        canonicalize_name(name)
        for name in re.findall(r"^- \*\*([\w.-]+)\*\*: \S.{5,}", records, re.MULTILINE)
    }
    assert not wanted.keys() - reasons


def test_every_decision_is_named_by_its_date():
    names = [file.name for file in (ROOT / "docs" / "decisions").iterdir()]
    assert names
    assert not [name for name in names if not re.fullmatch(r"20\d\d-[01]\d-[0-3]\d-[a-z0-9-]+\.md", name)]


def test_every_make_target_says_what_it_does():
    rules = re.findall(
        r"^([a-z][\w-]*):(?!=)(.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    explained = {target for target, rest in rules if re.search(r"## \S", rest)}
    assert {"env", "check", "test", "test-data", "generate"} <= explained
    assert not {target for target, _ in rules} - explained


def test_every_command_of_the_contributing_page_is_a_make_target():
    rules = re.findall(r"^([a-z][\w-]*):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    pages = "".join((ROOT / page).read_text(encoding="utf-8") for page in ("CONTRIBUTING.md", "README.md"))
    named = set(re.findall(r"(?:`|^ {4})make ([a-z-]+)", pages, re.MULTILINE))
    assert named
    assert not named - set(rules)


def test_no_folder_or_module_has_a_name_that_says_nothing():
    packages = [*(ROOT / "src").rglob("*.py"), *(path for path in (ROOT / "src").rglob("*") if path.is_dir())]
    assert packages
    assert not [str(path.relative_to(ROOT)) for path in packages if path.stem in NAMES_THAT_SAY_NOTHING]


def test_every_folder_but_the_edges_is_kept_from_engines_and_the_network():
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter", encoding="utf-8")
    kept = {
        name.removeprefix("*.") for name in contracts["importlinter:contract:edges"]["source_modules"].split()
    }
    modules = {
        path.stem for path in (ROOT / "src" / "sizao").iterdir() if path.is_dir() or path.suffix == ".py"
    }
    assert {"terms", "facts", "policy"} <= kept
    assert not kept & EDGES
    assert not modules - kept - EDGES - {"__init__", "__pycache__"}


def test_no_contract_about_imports_has_exceptions():
    assert "ignore_imports" not in (ROOT / ".importlinter").read_text(encoding="utf-8")


def test_the_wheel_holds_the_package_and_nothing_else(tmp_path):
    source = tmp_path / "source"
    for file in tracked_files():
        copy = source / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
    ]
    subprocess.run([*build, "--wheel-dir", str(tmp_path), str(source)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    inside = zipfile.ZipFile(wheel).namelist()
    packaged = {str(f.relative_to(ROOT / "src")) for f in tracked_files() if f.is_relative_to(ROOT / "src")}
    assert "sizao/py.typed" in inside
    assert {name for name in inside if not re.match(r"sizao-[\d.]+\.dist-info/", name)} == packaged


MANIFESTS = ("src/sizao_web/pages/static/vendor/MANIFEST.json", "tests/journeys/vendor/MANIFEST.json")


@pytest.mark.parametrize("manifest", MANIFESTS)
def test_vendored_files_are_the_ones_the_manifest_names(manifest):
    folder = (ROOT / manifest).parent
    named = {one["file"]: one["sha256"] for one in json.loads((ROOT / manifest).read_text())}
    there = {
        file.name: sha256(file.read_bytes()).hexdigest()
        for file in folder.iterdir()
        if file.name != "MANIFEST.json"
    }
    assert there == named
