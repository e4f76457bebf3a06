"""What Streamlit's theme can't say, as CSS: for every page, and for a page within another site's."""

from __future__ import annotations

from views import palette

# On a phone, and in another site's frame, the dims are a sheet at the lower end of the window.
_SHEET = """
  .st-key-lesson [data-testid="stElementContainer"]:has(details.sheet) {
    display: block; position: sticky; top: 0; z-index: 2; background: light-dark(#ffffff, #0f172a);
  }
  .st-key-lesson details.sheet summary { padding: .7rem .5rem; font-weight: 600; cursor: pointer; }
  .st-key-lesson [data-testid="stColumn"]:has(details.sheet) {
    order: 2; position: sticky; bottom: 0; z-index: 50; max-height: 60vh; overflow-y: auto; padding: 0 .45rem;
    background: light-dark(#ffffff, #0f172a); border: 1px solid light-dark(#cbd5e1, #334155);
    border-radius: .75rem .75rem 0 0; box-shadow: 0 -4px 16px rgb(0 0 0 / 15%);
  }
  .st-key-lesson [data-testid="stColumn"]:has(details.sheet[open]) { padding-bottom: 1rem; }
  .st-key-lesson [data-testid="stColumn"]:has(details.sheet:not([open]))
    [data-testid="stElementContainer"]:not(:has(details.sheet)) { display: none; }
"""

# What Streamlit's theme can't say: its white on a light primary button or tag reads at 2.5:1, a chosen pill under the
# mouse at 4.2:1. All must reach 4.5:1 (WCAG 2.2 AA); the browser tests hold it. On a phone its menu is pushed out of
# sight, with links that the Tab key would still stop at. Nor does it know of people who want no motion; an animation
# still ends, for code that waits for its end.
#
# Nothing moves or fades while a change is being worked on: the old numbers stay as they are until the new ones are
# there, what is said meanwhile floats above the page, the sentence on top has room for a second line, and a figure
# gets a small badge if it takes longer than a moment.
_PAGE = """
[data-testid^="stBaseButton-primary"] { color: light-dark(#ffffff, #0f172a); }
[data-testid^="stBaseButton-primary"]:hover { background-color: light-dark(#1d4ed8, #93c5fd); }
[data-testid="stMultiSelectTagsContainer"] [data-tag] :is(span, button) { color: light-dark(#ffffff, #0f172a); }
[data-variant="pills"][aria-checked="true"] p { color: light-dark(#1e40af, #bfdbfe); }
[data-testid="stMainBlockContainer"] { padding-bottom: 2rem; }
/* The page itself takes the focus, so that the arrow keys scroll it: that is seen, too. */
[data-testid="stMain"]:focus-visible { outline: 2px solid light-dark(#2563eb, #8ab4ff); outline-offset: -2px; }
[data-testid="stTopNavLink"]:focus-visible, [data-testid="stSidebarNavLink"]:focus-visible {
  outline: 2px solid light-dark(#2563eb, #8ab4ff); outline-offset: 1px;
}
[data-testid="stSidebar"][data-collapsed="true"] { visibility: hidden; }
[data-stale="true"] { opacity: 1 !important; transition: none !important; }
[data-testid="stApp"][data-test-connection-state="CONNECTED"] [data-testid="stStatusWidget"] { display: none; }
[class*="st-key-waiting-"] {
  position: fixed; z-index: 100; right: 1.5rem; bottom: 1.5rem; width: min(28rem, calc(100vw - 3rem)) !important;
  background: light-dark(#ffffff, #0f172a); border-radius: .5rem; box-shadow: 0 4px 16px rgb(0 0 0 / 25%);
}
[data-testid="stTextArea"] textarea {  /* code, in every one of them */
  font-family: ui-monospace, Menlo, Consolas, "Liberation Mono", monospace; font-size: 0.85rem; line-height: 1.45;
}
/* No line has one word alone; a heading's lines are alike. Code in a sentence has no gap before its comma. */
:is([data-testid="stMarkdownContainer"], [data-testid="stCaptionContainer"]) :is(p, li) { text-wrap: pretty; }
:is(h1, h2, h3) { text-wrap: balance; }
[data-testid="stMarkdownContainer"] :is(p, li) code { padding: .1em .25em; }
/* A table is as wide as its part of the page; where that is narrow, its words break rather than the page scrolls. */
[data-testid="stMarkdownContainer"] table { width: 100%; font-size: .875rem; line-height: 1.4; }
[data-testid="stMarkdownContainer"] :is(th, td) { padding: .25rem .5rem; }
@media (max-width: 640px) {
  [data-testid="stMarkdownContainer"] :is(th, td) { padding: .25rem; font-size: .8rem; overflow-wrap: anywhere; }
  [data-testid="stMarkdownContainer"] td:first-child { min-width: 3.9rem; }
}
@media (max-width: 640px) {  /* columns are one below the other: the gap between them is no gutter any more */
  [data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"]) { gap: 1rem; }
}
@media (min-width: 961px) {
  .st-key-lesson [data-testid="stColumn"]:first-child > [data-testid="stVerticalBlock"] {
    position: sticky; top: 4rem; max-height: calc(100vh - 5rem); overflow-y: auto; scrollbar-width: thin;
    padding: 2px 6px 2px 2px;
  }
}
@media (max-width: 960px) {
  .st-key-lesson [data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"]) {  /* not a row of buttons */
    flex-direction: column; gap: 1rem;
  }
  .st-key-lesson [data-testid="stHorizontalBlock"] > [data-testid="stColumn"] {
    width: 100%; flex: none; min-width: 100%;
  }
}
[data-testid="stElementContainer"]:has(details.sheet) { display: none; }
@media (max-width: 960px) {
  :is(.st-key-yours, .st-key-class-set) [data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"]) {
    flex-direction: column; gap: 1rem;
  }
  :is(.st-key-yours, .st-key-class-set) [data-testid="stHorizontalBlock"] > [data-testid="stColumn"] {
    width: 100%; flex: none; min-width: 100%;
  }
}
:has(> .st-key-focus-kept) { position: absolute; }
.st-key-switch p { white-space: nowrap; }
@media (min-width: 641px) and (max-width: 1000px) {  /* the column is narrower than its one line */
  .st-key-switch { margin-left: -1.5rem; width: calc(100% + 1.5rem) !important; }
  [data-testid="stColumn"]:has(+ [data-testid="stColumn"] .st-key-switch) { padding-right: 1rem; }
}
.st-key-sentence { min-height: 3.2rem; }
.st-key-rail { min-height: 2.6rem; background: light-dark(#ffffff, #0f172a); }
:has(> .st-key-rail) { position: sticky; top: 3.75rem; z-index: 3; }
[data-testid="stMain"] h2[id] { scroll-margin-top: 0; padding-top: .5rem; }
@media (min-width: 961px) {  /* four screens hold a lesson: its headings are close to what they name */
  [data-testid="stMain"] .st-key-lesson h2[id] { padding-block: .3rem .5rem; }
}
/* What gets the focus is never behind the menu and the rail, nor is the ring around a tab cut. */
[data-testid="stMain"] { scroll-padding-block: 7rem 1rem; }
[data-testid="stTab"]:focus-visible { box-shadow: inset 0 0 0 2px light-dark(#2563eb, #8ab4ff) !important; }
[class*="st-key-later-"] { position: relative; }
.st-key-later-take-away [data-testid="stTabPanel"]:not([inert]) { min-height: 10rem; }
[class*="st-key-on-screen-"] { position: absolute; inset: 0 0 auto; }
[class*="st-key-flow-"] { position: relative; }
[class*="st-key-flow-"][data-stale="true"]::after {
  content: "Updating …"; position: absolute; top: 0; right: 0; padding: .1rem .6rem; font-size: .8rem;
  border-radius: 1rem; color: light-dark(#1e40af, #bfdbfe); background: light-dark(#dbeafe, #1e3a8a);
  opacity: 0; animation: sx-appear 1ms linear .5s forwards;
}
@keyframes sx-appear { to { opacity: 1; } }
/* On paper: no line is cut by the end of a page, no heading is left there, and no switch is shown. */
@media print {
  [data-testid="stMain"] :is(p, li, tr, summary, [data-testid="stHeading"], [data-testid="stExpander"]) {
    break-inside: avoid;
  }
  [data-testid="stElementContainer"]:has(h2) { break-after: avoid; }
  .st-key-switch { display: none; }
}
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after {
    transition-duration: 0s !important; animation-duration: 1ms !important; animation-iteration-count: 1 !important;
  }
}
"""

# A frame has no menu above it and little height: its room is for the figure.
_FRAME = """
[data-testid="stMainBlockContainer"] { padding: .75rem 1.5rem 1rem !important; }
[data-testid="stMain"] { scroll-padding-block: 1rem; }
@media (min-width: 961px) {
  .st-key-lesson [data-testid="stColumn"]:first-child > [data-testid="stVerticalBlock"] {
    top: 0; max-height: calc(100vh - 16rem);
  }
}
"""


def _styled(*rules: str) -> str:
    return f"<style>{''.join(rules)}</style>"


def _sheet_up_to(width: int) -> str:
    return f"@media (max-width: {width}px) {{{_SHEET}}}\n"


STYLE = _styled(_PAGE, palette.prose_css(), _sheet_up_to(640))
STYLE_IN_FRAME = _styled(_PAGE, palette.prose_css(), _sheet_up_to(960), _FRAME)
