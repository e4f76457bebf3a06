"""What people and scripts send that nobody asked for."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from explainers.core.dims import DimSpec

# `make fuzz` raises it; each test of this folder tries so many examples.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "25"))
fuzzed = settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))

NASTY = (
    "", " ", "0", "-0", "00000001", "1e400", "-1e-400", "nan", "inf", "١٢", "²", "1_000", "1,0,0", "0x10", "9" * 19,
    "9" * 5000, "None", "none", "NULL", "true", "<script>alert(1)</script>", "</style><img src=x onerror=alert(1)>",
    "$x^2$ :red[r] **b** `c` [a](javascript:b)", "../../etc/passwd", "%00", "\x00", "\ud800", "\u202e", "e\u0301" * 50,
    "👩‍👩‍👧‍👦", "a" * 10_000, "'; drop table dims; --", "{}", "[" * 2000, "\\", "\r\n\t", "=", "&", "a=b&c=d",
    "%ED%A0%80",
)  # fmt: skip

any_text = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=60),
    st.text(st.characters(), max_size=20),  # single surrogates too, as JSON can carry them
    st.integers().map(str),
    st.floats().map(str),
)

# What JSON can hold, as a browser or a script would post it.
any_json: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), any_text),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(any_text, inner, max_size=4)),
    max_leaves=8,
)


def text_for(spec: DimSpec) -> st.SearchStrategy[str]:
    """What may be typed for a dim: good values, values just out of range, and anything at all."""
    if spec.kind in ("int", "float"):
        near = [spec.min, spec.max, (spec.min or 0) - 1, (spec.max or 0) + 1]
        numbers = st.sampled_from([str(number) for number in near])
        return st.one_of(numbers, st.integers(-5, 3000).map(str), st.floats().map(str), any_text)
    return st.one_of(st.sampled_from([*spec.choices, "True", "False"]), any_text)


def texts_for(specs: tuple[DimSpec, ...]) -> st.SearchStrategy[dict[str, str]]:
    """Texts for some dims of a lesson, and for names that it doesn't have."""
    own = st.fixed_dictionaries({}, optional={spec.name: text_for(spec) for spec in specs})
    return st.tuples(own, st.dictionaries(any_text, any_text, max_size=3)).map(lambda both: {**both[1], **both[0]})
