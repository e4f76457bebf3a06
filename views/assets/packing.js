// @ts-check
// What is packed into one call of a cell, and where it is cut again. Data from views/multi_output_cell.py.

/** @param {Component} component */
export default function ({ data: [data], parentElement }) {
  const root = mount(parentElement, "packing");
  root.packing = { data, at: Math.min(root.packing?.at || 0, data.calls.length - 1) };
  drawPacking(root);
}

function drawPacking(root) {
  const { data, at } = root.packing;
  const call = data.calls[at];
  const last = data.calls.length - 1;
  const go = (to) => {
    root.packing.at = to;
    drawPacking(root);
  };
  render(
    root,
    h(
      "section",
      {
        class: "packing",
        "aria-label": "What is packed into one call",
        onkeydown: (event) => stepperKeys(event, at, last, go),
      },
      last ? stepper("timestep", at, last, `timestep ${call.timestep}`, go) : null,
      h(
        "div",
        { class: "bars" },
        data.rows.map(({ label, pieces }, row) => barRow(label, pieces, call.values[row], data.longest)),
      ),
      h("p", { class: "said", "aria-live": "polite" }, call.text),
      saveButtons(
        root,
        "packing",
        () => root.querySelector(".bars"),
        () => call.text,
      ),
    ),
  );
  const slider = root.querySelector(".scrub");
  if (slider) slider.value = at;
}

// A bar to scale, cut where the pieces meet, and under it what each piece is.
function barRow(label, pieces, values, longest) {
  const total = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return h(
    "div",
    { class: "bar-row" },
    h("p", { class: "bar-label" }, label),
    h(
      "div",
      { class: "bar", style: { width: `${(100 * total) / longest}%` }, "aria-hidden": "true" },
      pieces.map((piece) =>
        h("span", { class: axisClass(piece.axis), style: { flex: `${piece.length} 1 0` } }),
      ),
    ),
    h(
      "ul",
      { class: "pieces" },
      pieces.map((piece, i) =>
        h(
          "li",
          { class: axisClass(piece.axis) },
          h(
            "span",
            { class: "what" },
            h("b", null, piece.name),
            " ",
            h("span", { class: "size" }, sizeAndName({ axis: piece.axis, size: piece.length })),
            h("span", { class: "where" }, `, ${columns(piece)}`),
          ),
          h("span", { class: "first" }, values[i]),
        ),
      ),
    ),
  );
}

function columns({ start, length }) {
  return length === 1
    ? `column ${number(start)}`
    : `columns ${number(start)} to ${number(start + length - 1)}`;
}
