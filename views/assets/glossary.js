// @ts-check
// The glossary: a table for each group of words, a row for each word. Its links go to other pages of the app,
// as those of links.js do.
//
//   data: {groups: [{name, rows: [{slug, word, tone, keras, what, others, links}]}]}; others: [[who, word]],
//     links: [{title, href, at}]
//   trigger "go": the `at` of the link that was clicked

const COLUMNS = [
  ["word", "Word, in Keras"],
  ["what", "What it is"],
  ["others", "Elsewhere"],
];

/** @param {Component} component */
export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = mount(parentElement, "glossary");
  root.go = (at) => setTriggerValue("go", at);
  render(
    root,
    data.groups.map((group) => table(root, group)),
  );
}

function table(root, { name, rows }) {
  return h(
    "table",
    { role: "table", "data-key": name },
    h("caption", {}, name),
    h(
      "colgroup",
      {},
      COLUMNS.map(([part]) => h("col", { class: part })),
    ),
    h(
      "thead",
      { role: "rowgroup" },
      h(
        "tr",
        { role: "row" },
        COLUMNS.map(([, title]) => h("th", { scope: "col", role: "columnheader" }, title)),
      ),
    ),
    h(
      "tbody",
      { role: "rowgroup" },
      rows.map((term) => row(root, term)),
    ),
  );
}

// The roles say what a phone's style takes away: there a row is a block.
function row(root, term) {
  return h(
    "tr",
    { role: "row", "data-key": term.slug },
    h(
      "th",
      { scope: "row", role: "rowheader" },
      h("span", { class: `name ${term.tone ? `ax ax-${term.tone}` : ""}` }, term.word),
      h("code", {}, breakable(term.keras)),
    ),
    h(
      "td",
      { role: "cell" },
      h("p", { class: "what" }, term.what),
      h(
        "ul",
        { class: "more", "aria-label": `More about ${term.word}` },
        term.links.map((link) => more(root, link)),
      ),
    ),
    h("td", { role: "cell" }, term.others.length ? elsewhere(term.others) : null),
  );
}

// A long name goes on in the next line after its punctuation, not in the middle of a word.
function breakable(code) {
  const parts = code.split(/(?<=[_.=]|\w\(|,(?!\u00a0))/);
  return parts.flatMap((part, i) => (i ? [h("wbr", {}), part] : [part]));
}

function elsewhere(others) {
  return h(
    "dl",
    {},
    others.map(([who, word]) => h("div", {}, h("dt", {}, who), h("dd", {}, word))),
  );
}

function more(root, { title, href, at }) {
  const follow = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button) return;
    event.preventDefault();
    root.go(at);
  };
  return h("li", {}, h("a", { href, onclick: follow }, title));
}
