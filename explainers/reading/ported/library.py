"""What a program uses of Python itself, containers of modules, and arrays that it makes."""

from __future__ import annotations

from explainers.reading.ported.expressions import MOST_ROUNDS, parts
from explainers.reading.ported.values import UNKNOWN, Data, Dotted, Several, Unknown

PYTHONS_OWN = ("range", "len", "list", "tuple", "int", "zip", "enumerate", "OrderedDict", "sum", "min", "max",
               "reversed", "isinstance", "float", "str", "dict")  # fmt: skip


def several_of(kind: str, places: list[object]) -> Several:
    """The modules of a Sequential, by their names."""
    made = Several(kind)
    several = places[0] if len(places) == 1 and isinstance(places[0], list | tuple | dict) else places
    if isinstance(several, dict):
        for name, part in several.items():
            made.add(part, str(name))
    elif isinstance(several, list | tuple):
        for part in several:
            named = isinstance(part, tuple) and len(part) == 2 and isinstance(part[0], str)
            made.add(part[1] if named and isinstance(part, tuple) else part,
                     str(part[0]) if named and isinstance(part, tuple) else "")  # fmt: skip
    return made


def builtin(name: str, places: list[object]) -> object:
    """Functions of Python itself."""
    if name == "range":
        ends = [end for end in places if isinstance(end, int)]
        return list(range(*ends))[:MOST_ROUNDS] if len(ends) == len(places) and ends else UNKNOWN
    if not places:
        return [] if name == "list" else {} if name in ("OrderedDict", "dict") else UNKNOWN
    if name in ("list", "tuple", "reversed", "zip", "enumerate", "len", "OrderedDict"):
        if name == "OrderedDict" and isinstance(places[0], dict):
            return places[0]
        loops = places[: None if name == "zip" else 1]
        if not all(isinstance(one, list | tuple | dict | range | Several) for one in loops):
            return UNKNOWN
        lists = [list(parts(one)) for one in loops]
        whole = lists[0]
        return {"list": whole, "tuple": tuple(whole), "reversed": whole[::-1], "len": len(whole),
                "enumerate": list(enumerate(whole)), "zip": list(zip(*lists, strict=False)),
                "OrderedDict": whole}[name]  # fmt: skip
    if name in ("int", "float") and isinstance(places[0], int | float):
        return int(places[0]) if name == "int" else float(places[0])
    several = places[0] if isinstance(places[0], list | tuple) else places
    whole_numbers = [n for n in several if isinstance(n, int | float)]
    if name in ("sum", "min", "max") and len(whole_numbers) == len(list(several)) and whole_numbers:
        return sum(whole_numbers) if name == "sum" else min(whole_numbers) if name == "min" else max(whole_numbers)
    return UNKNOWN


def array(kind: str, places: list[object], named: dict[str, object], line: int) -> object:
    """An array that the program makes, by its sizes."""
    given = named.get("size", named.get("shape"))
    nested = [p for p in (*places, given) if isinstance(p, tuple | list)]
    sizes = list(nested[-1]) if nested else [p for p in places if not isinstance(p, Unknown | Dotted)]
    sizes = sizes[1:] if kind == "full" and not nested else sizes
    whole = tuple(n for n in sizes if isinstance(n, int) and not isinstance(n, bool) and 0 < n < 10**7)
    if not whole or len(whole) != len(sizes) or len(whole) > 6:
        return UNKNOWN
    integers = kind in ("randint", "LongTensor") or "int" in str(getattr(named.get("dtype"), "name", ""))
    return Data(whole, "", line, integers, kind == "zeros")
