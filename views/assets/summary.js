// @ts-check
// Keras' own summary to the character, its numbers with their origins. data: see views/summary.py.

/** @param {Component} component */
export default function ({ data: [data], parentElement }) {
  const root = mount(parentElement, "summary");
  const box = h(
    "div",
    {
      class: "listing wide",
      role: "group",
      "aria-label": "Keras' own summary; arrow keys move between its numbers",
      onkeydown: roving,
    },
    data.lines.map((pieces, i) =>
      h(
        "div",
        { class: "row", "data-line": i },
        pieces.map((piece) => (typeof piece === "string" ? piece : inlineNumber(piece, piece.text))),
      ),
    ),
  );
  oneStop(box);
  render(root, [box, h("div", { class: "tools" }, copyButton(textOf(data)))]);
}

// Keras' text: not sent beside the lines, as frames of tables are long.
function textOf({ lines }) {
  const said = (piece) => (typeof piece === "string" ? piece : piece.text);
  return lines.map((pieces) => pieces.map(said).join("")).join("\n");
}
