"""The texts of a pack put together as maps: sorted by what they state, and laid over the pack it extends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from sizao.facts.declaration import Words
from sizao.policy.context import entries
from sizao.policy.fields import chosen, one_word, replaced, tell_shape
from sizao.policy.problems import nearest
from sizao.policy.texts import Entry, Item, Map, Problems, Scalar, Source, read, without

PACK_REQUIRED = ("pack", "label", "zone", "strictness", "grades", "grounds", "sources")
_FOLDERS = ("parameters", "rules", "grades", "levels", "codes", "examples")
# What the entries of a folder are, in messages.
_KINDS = {
    "parameters": Words("参数", "parameter"),
    "rules": Words("规则", "rule"),
    "grades": Words("分级规则", "set of grade rules"),
    "levels": Words("响应分级", "plan of response levels"),
    "codes": Words("码规则", "set of colours"),
}


@dataclass
class Pack:
    """The texts of one pack as maps, before anything in them is understood."""

    pack: Map
    verbs: dict[str, Entry] = field(default_factory=dict)
    parameters: dict[str, list[Entry]] = field(default_factory=dict)
    rules: dict[str, list[Entry]] = field(default_factory=dict)
    grades: dict[str, list[Entry]] = field(default_factory=dict)
    levels: dict[str, list[Entry]] = field(default_factory=dict)
    codes: dict[str, list[Entry]] = field(default_factory=dict)

    def of(self, folder: str) -> dict[str, list[Entry]]:
        """What the files of a folder state, by id; of two packs with one id the overlay's stands last."""
        found: dict[str, list[Entry]] = getattr(self, folder)
        return found


def bases_of(
    files: Mapping[str, str], others: Mapping[str, Mapping[str, str]]
) -> dict[str, Mapping[str, str]]:
    """The packs that a pack rests on, by name: that which it extends or follows, and so on, nearest first."""
    found: dict[str, Mapping[str, str]] = {}
    texts = files
    while (base := _base(read("pack.yaml", texts.get("pack.yaml", ""), Problems()))) is not None:
        name = base.text.strip() if isinstance(base, Scalar) else ""
        if name not in others or name in found:
            break
        texts = found[name] = others[name]
    return found


def _base(whole: Item | None) -> Item | None:
    """What stands under `extends` or `follows`."""
    if not isinstance(whole, Map):
        return None
    return whole.get("extends") or whole.get("follows")


def digest_of_texts(files: Mapping[str, str], others: Mapping[str, Mapping[str, str]]) -> str:
    """Of everything that decides what the pack says: not of examples, nor of packs just lying beside."""
    parts = [("", files), *sorted(bases_of(files, others).items())]
    whole = sha256()
    for name, texts in parts:
        for path in sorted(texts):
            if path.endswith(".yaml") and not path.startswith("examples/"):
                whole.update(f"{name}\x1f{path}\x1f{texts[path]}\x1f".encode())
    return whole.hexdigest()[:12]


def gathered(
    files: Mapping[str, str],
    prefix: str,
    others: Mapping[str, Mapping[str, str]],
    problems: Problems,
    within: tuple[str, ...],
) -> Pack | None:
    if "pack.yaml" not in files:
        where = Source.of(f"{prefix}pack.yaml", "").place(0, 0)
        problems.add("file", where, Words("没有 pack.yaml", "there is no pack.yaml"), expected=("pack.yaml",))
        return None
    maps = {path: _top(path, files[path], prefix, problems) for path in sorted(files) if _is_text(path)}
    whole = maps["pack.yaml"]
    if whole is None:
        if not any(problem.file == f"{prefix}pack.yaml" for problem in problems):
            where = Source.of(f"{prefix}pack.yaml", "").place(0, 0)
            message = Words("pack.yaml 是空的", "pack.yaml is empty")
            problems.add("file", where, message, expected=PACK_REQUIRED)
        return None
    pack = Pack(whole)
    for path, top in maps.items():
        if top is not None:
            _sort_in(pack, path, top, problems)
    base = _base(whole)
    if base is None:
        return pack
    if "extends" in whole.entries and "follows" in whole.entries:
        problems.add(
            "extends",
            whole.entries["follows"].key,
            Words(
                "一个包或扩展另一个包，或接续前一版，不能兼有",
                "a pack extends another or follows an earlier edition, not both",
            ),
            found="follows",
            fix=without(whole.entries["follows"].key, whole.entries["follows"].value),
        )
    return _extended(pack, base, others, problems, within)


def _is_text(path: str) -> bool:
    return path.endswith((".yaml", ".yml")) and not path.startswith("examples/")


def _top(path: str, text: str, prefix: str, problems: Problems) -> Map | None:
    item = read(f"{prefix}{path}", text, problems)
    if item is None or isinstance(item, Map):
        return item
    tell_shape(item, Words("文件", "the file"), Words("一组“键: 值”", "a map of keys and values"), problems)
    return None


def _sort_in(pack: Pack, path: str, top: Map, problems: Problems) -> None:
    if path == "pack.yaml":
        return
    if path == "verbs.yaml":
        pack.verbs.update(top.entries)
        return
    folder = path.split("/")[0]
    if "/" not in path or folder not in _FOLDERS or path.endswith(".yml"):
        near = nearest(folder, ("pack.yaml", "verbs.yaml", *(f"{name}/" for name in _FOLDERS)))
        problems.add(
            "file",
            top.source.place(0, 1),
            Words(f"包中没有“{path}”的位置", f'a pack has no place for "{path}"'),
            found=path,
            expected=("pack.yaml", "verbs.yaml", *(f"{name}/*.yaml" for name in _FOLDERS)),
            near=near,
        )
        return
    known = pack.of(folder)
    for name, entry in top.entries.items():
        if name in known:
            kind = _KINDS[folder]
            problems.add(
                "duplicate_id",
                entry.key,
                Words(f"{kind.zh}“{name}”在两个文件中", f'the {kind.en} "{name}" stands in two files'),
                found=name,
                also=(known[name][0].key,),
                fix=replaced(entry.key, _free(name, known)),
            )
            name = _free(name, known)
        known.setdefault(name, []).append(entry)


def _free(name: str, known: Mapping[str, object]) -> str:
    number = 2
    while f"{name}-{number}" in known:
        number += 1
    return f"{name}-{number}"


def _extended(
    pack: Pack,
    base: Item,
    others: Mapping[str, Mapping[str, str]],
    problems: Problems,
    within: tuple[str, ...],
) -> Pack | None:
    scalar = one_word(base, "extends or follows", problems)
    if scalar is None:
        return None
    name = chosen(scalar, others, problems, "extends")
    if name is None:
        return None
    if name in within:
        problems.add(
            "extends",
            scalar,
            Words("包互相扩展", "the packs extend each other"),
            found=" → ".join((*within, name)),
        )
        return None
    under = gathered(others[name], f"../{name}/", others, problems, (*within, name))
    if under is None:
        return None
    if "follows" not in pack.pack.entries:
        _tell_rewritten(under, pack, problems)
    return _laid_over(under, pack)


def _tell_rewritten(under: Pack, over: Pack, problems: Problems) -> None:
    """Rules of the base that an overlay writes again instead of ending or tightening them."""
    for name, found in over.rules.items():
        for entry in found:
            if name in under.rules and not {"end", "tighten"} & set(entries(entry.value)):
                problems.add(
                    "overlay",
                    entry.key,
                    Words(
                        f"被扩展的包已有规则“{name}”：只能终止（end）或收紧（tighten）；后一版（follows）方可重写",
                        f'the extended pack has the rule "{name}": end or tighten it; only a later edition '
                        '("follows") writes it again',
                    ),
                    found=name,
                    expected=("end", "tighten"),
                    also=(under.rules[name][0].key,),
                )


def _laid_over(under: Pack, over: Pack) -> Pack:
    """The base with the keys, verbs and dated values of the pack that rests on it.

    Rules are joined by id when they are read. A later edition states its own gaps: those of the earlier one
    are not its own.
    """
    inherited = dict(under.pack.entries)
    if "follows" in over.pack.entries:
        inherited.pop("gaps", None)
    merged = replace(over.pack, entries={**inherited, **over.pack.entries})
    for key in ("grounds", "sources"):
        both = {**entries(under.pack.get(key)), **entries(over.pack.get(key))}
        own = over.pack.entries.get(key) or under.pack.entries.get(key)
        if own is not None and isinstance(own.value, Map):
            merged.entries[key] = Entry(own.key, replace(own.value, entries=both))
    joined = {folder: _joined(under.of(folder), over.of(folder)) for folder in _KINDS}
    return Pack(merged, {**under.verbs, **over.verbs}, **joined)


def _joined(under: Mapping[str, list[Entry]], over: Mapping[str, list[Entry]]) -> dict[str, list[Entry]]:
    both = {name: list(found) for name, found in under.items()}
    for name, found in over.items():
        both.setdefault(name, []).extend(found)
    return both
