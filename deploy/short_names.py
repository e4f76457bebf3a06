"""Takes the names out of shared libraries that nothing outside of them asks for.

    python short_names.py FOLDER LIBRARY...

A library for C++ that exports everything names every function and every instance of a template: 82 MB of names in
TensorFlow's, for 431,000 symbols of which other libraries ask for some thousand. Here the symbols that are known only
within a library are dropped, or, where its own tables refer to them, get names of three or four letters. The table of
names lies in front of code and data whose addresses must not change: it is cut out of the file, and the addresses stay
empty.

Names stay that any other library in FOLDER has or wants, that belong to C, or that the system keeps unique. Nothing is
written where the library is laid out in another way than is known here.
"""

from __future__ import annotations

import itertools
import string
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
SEGMENT = np.dtype([(n, t) for n, t in zip(
    ("type", "flags", "offset", "vaddr", "paddr", "filesz", "memsz", "align"), ("<u4",) * 2 + ("<u8",) * 6, strict=True
)])  # fmt: skip
SECTION = np.dtype([(n, t) for n, t in zip(
    ("name", "type", "flags", "addr", "offset", "size", "link", "info", "align", "entsize"),
    ("<u4", "<u4", "<u8", "<u8", "<u8", "<u8", "<u4", "<u4", "<u8", "<u8"), strict=True,
)])  # fmt: skip
SYMBOL = np.dtype(
    [("name", "<u4"), ("info", "u1"), ("other", "u1"), ("section", "<u2"), ("value", "<u8"), ("size", "<u8")]
)
RELOCATION = np.dtype([("offset", "<u8"), ("info", "<u8"), ("addend", "<i8")])
DYNAMIC = np.dtype([("tag", "<u8"), ("value", "<u8")])

LOAD, PHDR = 1, 6  # kinds of segments
STRSZ, STRTAB, SYMTAB, GNU_HASH, VERSYM = 10, 5, 6, 0x6FFFFEF5, 0x6FFFFFF0  # tags of the dynamic section
VERDEF, VERNEED = 0x6FFFFFFC, 0x6FFFFFFE
WITH_A_NAME = (1, 14, 15, 29)  # NEEDED, SONAME, RPATH, RUNPATH
UNIQUE = 10  # STB_GNU_UNIQUE
MOVED = (".dynsym", ".gnu.version", ".gnu.version_d", ".gnu.version_r", ".gnu.hash", ".dynstr")


class OtherLayout(Exception):
    """A library that is laid out in another way; it is left as it is."""


class Library:
    """A shared library for 64 bits, as bytes and as tables that look into them."""

    def __init__(self, path: Path) -> None:
        self.bytes = bytearray(path.read_bytes())
        if self.bytes[:6] != b"\x7fELF\x02\x01":
            raise OtherLayout("no ELF for 64 bits, little end first")
        head = HEADER.unpack_from(self.bytes)
        self.segments = self.table(SEGMENT, head[5], head[10] * SEGMENT.itemsize)
        self.sections = self.table(SECTION, head[6], head[12] * SECTION.itemsize)
        titles = self.bytes[self.sections[head[13]]["offset"] :]
        self.named = {titles[s["name"] : titles.index(0, s["name"])].decode(): s for s in self.sections}
        if not {".dynsym", ".dynstr", ".dynamic"} <= self.named.keys():
            raise OtherLayout("no symbols")
        self.symbols = self.section(".dynsym", SYMBOL)

    def table(self, kind: Any, offset: int, size: int) -> Any:
        """A part of the file as rows; what is written into them is written into the file."""
        return np.frombuffer(memoryview(self.bytes)[int(offset) : int(offset) + int(size)], kind)

    def section(self, name: str, kind: Any) -> Any:
        """A section as rows."""
        found = self.named[name]
        return self.table(kind, found["offset"], found["size"])

    def names(self) -> list[bytes]:
        """Of every symbol."""
        texts = bytes(self.section(".dynstr", np.uint8))
        return [texts[at : texts.index(0, at)] for at in self.symbols["name"].tolist()]


def known_outside(folder: Path, library: Path) -> set[bytes]:
    """Every name that another library in the folder has or wants."""
    known: set[bytes] = set()
    for path in folder.rglob("*.so*"):
        if path.is_file() and not path.is_symlink() and path != library:
            try:
                known.update(Library(path).names())
            except (OtherLayout, struct.error):
                continue
    return known


def short(known: set[bytes]) -> Iterator[bytes]:
    """~a, ~b, … ~aa, ~ab, …: names that no compiler makes, and no other library was given."""
    letters = string.ascii_letters + string.digits
    for length in itertools.count(1):
        for chosen in itertools.product(letters, repeat=length):
            name = b"~" + "".join(chosen).encode()
            if name not in known:
                yield name


def gnu_hash(name: bytes) -> int:
    """The loader's own function."""
    value = 5381
    for letter in name:
        value = (value * 33 + letter) & 0xFFFFFFFF
    return value


def hash_table(hashes: Any, first: int) -> bytes:
    """The section .gnu.hash of symbols that are in the order of their buckets."""
    buckets, words = buckets_for(len(hashes)), 1 << max(0, (len(hashes) // 8).bit_length())
    shift = 26
    bloom = np.zeros(words, "<u8")
    bits = (np.uint64(1) << (hashes % 64)) | (np.uint64(1) << ((hashes >> np.uint64(shift)) % 64))
    np.bitwise_or.at(bloom, (hashes // 64) % words, bits)
    of = hashes % buckets
    heads = np.zeros(buckets, "<u4")
    numbers, starts = np.unique(of, return_index=True)
    heads[numbers.astype(np.int64)] = starts + first
    chain = (hashes & ~np.uint64(1)).astype("<u4")
    chain[np.append(starts[1:], len(of)) - 1] |= 1  # the last of its bucket
    return b"".join(
        (struct.pack("<4I", buckets, first, words, shift), bloom.tobytes(), heads.tobytes(), chain.tobytes())
    )


def buckets_for(count: int) -> int:
    """Four symbols in each."""
    return max(1, count // 4)


class Names:
    """A table of names that is being made; each name is in it once."""

    def __init__(self) -> None:
        self.text, self._at = bytearray(b"\0"), {b"": 0}

    def at(self, name: bytes) -> int:
        """Where this name begins."""
        if name not in self._at:
            self._at[name] = len(self.text)
            self.text += name + b"\0"
        return self._at[name]


def shorten(path: Path, known: set[bytes]) -> int:
    """Rewrite one library. Returns the bytes that were saved. Raises OtherLayout before anything is written."""
    library = Library(path)
    before = len(library.bytes)
    relocations = [library.section(name, RELOCATION) for name in (".rela.dyn", ".rela.plt") if name in library.named]
    first = int(library.section(".gnu.hash", "<u4")[1])
    names, order, hashes = chosen(library, known, relocations, first)
    number = np.zeros(len(library.symbols), np.uint64)
    number[order] = np.arange(len(order), dtype=np.uint64)
    for rows in relocations:
        rows["info"] = (number[rows["info"] >> np.uint64(32)] << np.uint64(32)) | (rows["info"] & np.uint64(0xFFFFFFFF))
    table = Names()
    symbols = library.symbols[order].copy()
    symbols["name"] = [table.at(names[old]) for old in order.tolist()]
    parts: dict[str, bytes] = {
        ".dynsym": symbols.tobytes(),
        ".gnu.version": library.section(".gnu.version", "<u2")[order].tobytes(),
        **{
            name: versions(library, name, table)
            for name in (".gnu.version_d", ".gnu.version_r")
            if name in library.named
        },
        ".gnu.hash": hash_table(hashes, first),
    }
    strings_of_dynamic(library, table)
    parts[".dynstr"] = bytes(table.text)
    path.write_bytes(laid_out(library, parts))
    return before - path.stat().st_size


def chosen(library: Library, known: set[bytes], relocations: list[Any], first: int) -> tuple[list[bytes], Any, Any]:
    """New names, the old numbers of the symbols that stay in their new order, and the hashes of the defined ones."""
    names = library.names()
    used = np.zeros(len(names), bool)
    for rows in relocations:
        used[rows["info"] >> np.uint64(32)] = True
    fresh = short(known)
    stays = []
    for old in range(first, len(names)):
        unique = library.symbols[old]["info"] >> 4 == UNIQUE
        if not (names[old].startswith(b"_Z") and names[old] not in known and not unique):
            stays.append(old)
        elif used[old]:
            names[old] = next(fresh)
            stays.append(old)
    hashes = np.array([gnu_hash(names[old]) for old in stays], np.uint64)
    by_bucket = np.argsort(hashes % np.uint64(buckets_for(len(stays))), kind="stable")
    return names, np.concatenate([np.arange(first), np.array(stays, np.int64)[by_bucket]]), hashes[by_bucket]


def versions(library: Library, name: str, table: Names) -> bytes:
    """A section of versions with its names' new places: lists of lists, each entry with the way to the next."""
    old = bytes(library.section(".dynstr", np.uint8))
    data = bytearray(library.section(name, np.uint8))

    def moved(at: int) -> None:
        (place,) = struct.unpack_from("<I", data, at)
        struct.pack_into("<I", data, at, table.at(old[place : old.index(0, place)]))

    def chain(at: int, step: int) -> Iterator[int]:
        while True:
            yield at
            (further,) = struct.unpack_from("<I", data, at + step)
            if not further:
                return
            at += further

    needed = name == ".gnu.version_r"
    for entry in chain(0, 12 if needed else 16):
        if needed:
            moved(entry + 4)
        (inner,) = struct.unpack_from("<I", data, entry + (8 if needed else 12))
        for part in chain(entry + inner, 12 if needed else 4):
            moved(part + (8 if needed else 0))
    return bytes(data)


def strings_of_dynamic(library: Library, table: Names) -> None:
    """The libraries that this one needs, its own name, and where to look for them."""
    old = bytes(library.section(".dynstr", np.uint8))
    for row in library.section(".dynamic", DYNAMIC):
        if row["tag"] in WITH_A_NAME:
            place = int(row["value"])
            row["value"] = table.at(old[place : old.index(0, place)])


def laid_out(library: Library, parts: dict[str, bytes]) -> bytearray:
    """The file with these sections in place of the old ones, and without the room that they no longer need."""
    ours = [library.named[name] for name in parts]
    start, old_end = (f(int(s["offset"] + (s["size"] if f is max else 0)) for s in ours) for f in (min, max))
    loads = library.segments[library.segments["type"] == LOAD]
    load = loads[0]
    page = int(load["align"])
    others = [s for s in library.sections if s["type"] and not any(s is each for each in ours)]
    inside = any(
        start <= s["offset"] < old_end and s["size"] for s in others if s["name"] not in {o["name"] for o in ours}
    )
    if (
        library.segments[0]["type"] != PHDR
        or library.segments[1]["type"] != LOAD
        or inside
        or load["offset"] != load["vaddr"]
    ):
        raise OtherLayout("the tables of symbols aren't together at the beginning")
    places, end = {}, start
    for name, data in parts.items():
        end = -(-end // 8) * 8
        places[name] = end
        end += len(data)
    gap, rest = -(-end // page) * page, old_end // page * page
    if gap >= rest:
        raise OtherLayout("there is nothing to save")
    tell_addresses(library, places, parts)
    move(library, places, parts, end, rest, rest - gap)
    file = bytearray(library.bytes)
    file[start:old_end] = bytes(old_end - start)
    for name, data in parts.items():
        file[places[name] : places[name] + len(data)] = data
    del file[gap:rest]
    head = list(HEADER.unpack_from(file))
    head[6] -= rest - gap  # where the table of sections begins
    HEADER.pack_into(file, 0, *head)
    return file


def tell_addresses(library: Library, places: dict[str, int], parts: dict[str, bytes]) -> None:
    """The loader finds the tables by the dynamic section."""
    tags = {SYMTAB: ".dynsym", STRTAB: ".dynstr", GNU_HASH: ".gnu.hash", VERSYM: ".gnu.version"}
    tags |= {VERDEF: ".gnu.version_d", VERNEED: ".gnu.version_r"}
    for row in library.section(".dynamic", DYNAMIC):
        if int(row["tag"]) in tags:
            row["value"] = places[tags[int(row["tag"])]]
        elif row["tag"] == STRSZ:
            row["value"] = len(parts[".dynstr"])


def move(library: Library, places: dict[str, int], parts: dict[str, bytes], end: int, rest: int, saved: int) -> None:
    """Segments and sections: the first segment becomes two, and what lies behind the gap moves to the front."""
    segments = library.segments
    first = segments[1].copy()
    whole = int(first["offset"] + first["filesz"])
    segments["offset"][segments["offset"] >= rest] -= saved
    # The entry for the table itself may be missing; its place is needed for one more segment.
    segments[0] = first
    segments[0]["filesz"] = segments[0]["memsz"] = end - int(first["offset"])
    segments[1] = first
    segments[1]["offset"], segments[1]["vaddr"], segments[1]["paddr"] = rest - saved, rest, rest
    segments[1]["filesz"] = segments[1]["memsz"] = whole - rest
    sections = library.sections
    sections["offset"][sections["offset"] >= rest] -= saved
    for name, place in places.items():
        section = library.named[name]
        section["offset"] = section["addr"] = place
        section["size"] = len(parts[name])


def main(folder: str, *libraries: str) -> None:
    """Shorten each, and say what it saved."""
    for library in map(Path, libraries):
        try:
            saved = shorten(library, known_outside(Path(folder), library))
            print(f"{library.name}: {saved / 1e6:.0f} MB of names taken out")
        except OtherLayout as why:
            print(f"{library.name}: left as it is, {why}")


if __name__ == "__main__":
    main(*sys.argv[1:])
