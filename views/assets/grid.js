// @ts-check
// Tables of shapes side by side. Data from views/grid.py: what differs is shaded and underlined, what stays
// is plain.

/** @param {Component} component */
export default function ({ data: [data], parentElement }) {
  const root = mount(parentElement, "grid");
  render(root, [data.tables.map(table), data.key ? legend(data) : null, data.diffs.map(diff)]);
}

function table({ label, columns, rows }) {
  const width = columns.length + 1;
  // Where it is wider than the screen it scrolls by itself, so it must be reachable by key.
  return h(
    "div",
    { class: "scroll", role: "region", "aria-label": label, tabindex: "0", "data-key": label },
    h(
      "table",
      null,
      h("caption", null, label),
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          h("td"),
          columns.map(({ head, sub }) =>
            h("th", { scope: "col" }, head, sub && h("span", { class: "sub" }, sub)),
          ),
        ),
      ),
      h(
        "tbody",
        null,
        rows.flatMap((row) => [
          line(row),
          row.why && h("tr", { class: "why" }, h("td", { colspan: width }, h("span", null, row.why))),
        ]),
      ),
    ),
  );
}

// The sign at the start of each line says which side it is on; the colour only repeats it.
function diff({ label, lines }) {
  const side = { "+": "added", "-": "removed", "@": "place" };
  return h(
    "figure",
    { "data-key": label },
    h("figcaption", null, label),
    h(
      "pre",
      { class: "scroll", role: "region", "aria-label": label, tabindex: "0" },
      lines.map(({ sign, pieces, why }) => [
        h(
          "span",
          { class: side[sign] || null },
          pieces.map(({ text, moved }) => (moved ? h("b", { class: "moved" }, text) : text)),
          "\n",
        ),
        why ? h("span", { class: "because" }, `${why}\n`) : null,
      ]),
    ),
  );
}

function line({ head, sub, cells }) {
  return h(
    "tr",
    { class: "line" },
    h("th", { scope: "row" }, head, sub && h("span", { class: "sub" }, sub)),
    cells.map((one) =>
      h(
        "td",
        { class: one.state },
        one.shapes.map((shape) => h("span", { class: "one" }, shapeOf(shape, one.origins))),
        one.text,
      ),
    ),
  );
}

// `origins`: numbers that say where they come from; a table repeats many numbers, and not each is a stop of
// the Tab key.
function shapeOf(shape, origins) {
  const kids = shape.flatMap((axis, i) => [i ? ", " : "", numberOf(axis, origins)]);
  return h("span", { class: "tuple" }, "(", kids, shape.length === 1 ? ",)" : ")");
}

function numberOf(axis, origins) {
  const text = axis.size === null ? "None" : String(axis.size);
  const node = origins
    ? originNumber(axis, { text })
    : h(
        "span",
        { class: `num ${axisClass(axis.axis)}`, "data-sources": axis.sources.join(" ") || null },
        text,
      );
  if (axis.moved) node.classList.add("moved");
  return node;
}

function legend({ key, axes }) {
  return h(
    "p",
    { class: "key" },
    h("span", { class: "num moved" }, "1"),
    ` ${key} `,
    axes.map((axis) => h("span", { class: `name ${axisClass(axis)}` }, axis)),
  );
}
