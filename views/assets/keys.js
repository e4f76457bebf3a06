// @ts-check
// Draws nothing: listens for the keys of a presenter and says "next" or "previous" (arrow keys, Page up and
// down, Space), "up" or "down" (a dim by one step), "dim" (another dim: D), "code" (Q), "leave" (Escape).
// data: {section}; a new one begins at its top.
// A key that means something where the focus is stays there: in a field, on a button, inside one of our
// diagrams.

const NEXT = ["ArrowRight", "PageDown", " "];
const PREVIOUS = ["ArrowLeft", "PageUp"];
const OTHERS = {
  ArrowUp: "up",
  ArrowDown: "down",
  d: "dim",
  D: "dim",
  q: "code",
  Q: "code",
  Escape: "leave",
};
const FIELDS =
  "input, textarea, select, [contenteditable=true], [role=slider], [role=spinbutton], [role=combobox], " +
  "[role=listbox], [role=menu], [role=grid]";

function deepFocus() {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node;
}

// A button has no use for the Page keys, and a button of the page itself none for the arrows: a presenter who
// has just clicked "Next" goes on with the keys.
function isTaken(key) {
  const node = deepFocus();
  if (!node || node === document.body || node.matches("main, [data-testid=stMain]")) return false;
  if (node.closest(FIELDS)) return true;
  if (key.startsWith("Page")) return false;
  if (key === " ") return true;
  return (
    node.getRootNode() !== document ||
    node.closest("[role=tablist], [role=radiogroup], [role=toolbar], .js-plotly-plot") !== null
  );
}

/** @param {Component} component */
export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = mount(parentElement, "keys"); // hidden, and there: it says that keys are heard from now on
  root.hidden = true;
  if (root.section && root.section !== data.section)
    document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
  root.section = data.section;
  const heard = (event) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const slide = NEXT.includes(event.key) ? "next" : PREVIOUS.includes(event.key) ? "previous" : null;
    const go = slide || OTHERS[event.key];
    if (!go || isTaken(event.key)) return;
    event.preventDefault();
    setTriggerValue("go", go);
  };
  document.addEventListener("keydown", heard);
  return () => document.removeEventListener("keydown", heard);
}
