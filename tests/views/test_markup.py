"""Nothing that somebody typed comes out as markup."""

from __future__ import annotations

import pytest

from views.diagnose import marked
from views.markup import unbroken, verbatim, whole_shapes

BAIT = ["![x](http://a.b/c.png)", "[x](http://a.b)", ":red[x]", "<img src=x>", "$x^2$", "`code`", "**bold**", "# title"]


@pytest.mark.parametrize("text", BAIT)
def test_every_sign_of_markdown_is_escaped(text):
    safe = verbatim(text)
    assert safe.replace("\\", "") == text
    for sign in "![]()<>`*$:#":
        assert safe.count("\\" + sign) == text.count(sign)


@pytest.mark.parametrize("sign", ["<->", "->", "<-", "--", ">=", "<=", "~="])
def test_signs_are_not_typeset(sign):
    """Streamlit sets each of them as another sign, where it stands between spaces or at an end."""
    for text in (sign, f"output is {sign} 0", f"a\n{sign}\nb"):
        shown = verbatim(text).replace("\\", "").replace("  \n", "\n")
        assert shown == text.replace(sign, f"\N{WORD JOINER}{sign}")
    assert "\N{WORD JOINER}" not in verbatim(f"a{sign}b -{sign}")


def test_the_hyphen_of_a_single_letter_ends_no_line():
    assert unbroken("my T-LSTM, my 1-D data") == "my T\N{NON-BREAKING HYPHEN}LSTM, my 1\N{NON-BREAKING HYPHEN}D data"
    assert unbroken("a well-known sum: 5 - 3, -1") == "a well-known sum: 5 - 3, -1"


def test_no_line_ends_inside_a_shape():
    assert unbroken("What is (None, 20, 1) in (x, y)?") == "What is (None,\xa020,\xa01) in (x, y)?"
    assert unbroken("called with (batch, 3), not f(batch, x)") == "called with (batch,\xa03), not f(batch, x)"
    painted = "x is (**225**, :blue[**None**], 3), y is (225,), f(1, x)"
    assert whole_shapes(painted) == "x is (**225**,\xa0:blue[**None**],\xa03), y is (225,), f(1, x)"
    by_value = '(:blue[**9**], :color[**7**]{foreground="#00778b"; x}, 3)'
    assert whole_shapes(by_value) == '(:blue[**9**],\xa0:color[**7**]{foreground="#00778b"; x},\xa03)'
    assert whole_shapes("(features + units, 4 × units)") == "(features\xa0+\xa0units,\xa04\xa0×\xa0units)"
    longer = "(batch, height, width, height × width)"  # wider than a column of a table
    assert whole_shapes(longer) == longer
    assert verbatim("got (None, 7)") == "got \\(None,\xa07\\)"


def test_pasted_text_is_escaped_and_marked():
    from explainers.core.finding import Mark

    html = marked("<b>(None, 20)</b>", (Mark(3, 13, 'a "shape"'),))
    assert html == (
        '<pre class="pasted" tabindex="0">&lt;b&gt;<mark title="a &quot;shape&quot;">(None, 20)</mark>&lt;/b&gt;</pre>'
    )


def test_marks_that_overlap_or_lie_are_left_out():
    from explainers.core.finding import Mark

    assert "<mark" not in marked("abc", (Mark(2, 9, "beyond"), Mark(1, 1, "empty")))


def test_a_long_text_is_cut_and_says_so():
    assert "and 4,000 more characters" in marked("x" * 10_000, ())
