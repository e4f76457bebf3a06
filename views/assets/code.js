// @ts-check
// Code line by line: a line lights up with the numbers that it made. data: see views/code.py (`data`, and
// `plain` for code that no number on the page comes from, and for links: without line numbers). A long class
// before the model's own lines is folded until somebody asks for it.

const LONG = 16; // lines before the model's own that are folded
const HEAD = 3; // of them that stay: the imports

/** @param {Component} component */
export default function ({ data: [data], parentElement }) {
  const root = mount(parentElement, "code");
  root.listing = data;
  drawListing(root);
}

function drawListing(root) {
  const data = root.listing;
  const first = data.lines.findIndex(({ sources }) => sources.length);
  const folds = first > LONG && !root.unfolded;
  const bare = data.lines.every((line) => line.number === null);
  const box = h(
    "div",
    { class: `listing${bare ? " bare" : ""}`, role: "group", "aria-label": data.label, onkeydown: roving },
    folds
      ? [
          data.lines.slice(0, HEAD).map(codeLine),
          unfold(root, first - HEAD),
          data.lines.slice(first).map(codeLine),
        ]
      : data.lines.map(codeLine),
  );
  oneStop(box);
  render(root, [box, h("div", { class: "tools" }, copyButton(data.text))]);
}

function unfold(root, count) {
  const show = () => {
    root.unfolded = true;
    drawListing(root);
  };
  return h(
    "button",
    { type: "button", class: "more", "data-key": "more", onclick: show },
    `Show ${plural(count, "line")}: the layer's own class`,
  );
}

const CHANGED = { "+": " added", "-": " removed" };

function codeLine({ number: n, sign, pieces, sources, failed }) {
  return h(
    "div",
    {
      class: `line${failed ? " failed" : ""}${CHANGED[sign] || ""}`,
      "data-line": n,
      "data-sources": sources.length ? sources.join(" ") : null,
    },
    n === null ? null : h("span", { class: "at", "aria-hidden": "true" }, n),
    h(
      "span",
      { class: "src" },
      failed ? h("span", { class: "hush" }, "This line fails. ") : null,
      sign === undefined ? null : h("span", { class: "sign" }, `${sign || " "} `),
      withComment(pieces),
    ),
  );
}

// A comment that has no room after its code goes on a line of its own as a whole, so that no shape is cut.
function withComment(pieces) {
  const at = pieces.findIndex(([kind, text]) => kind === "c" && text.startsWith("#"));
  if (at < 1) return withShapes(pieces);
  return [withShapes(pieces.slice(0, at)), h("span", { class: "after" }, withShapes(pieces.slice(at)))];
}

// No line ends inside a shape, "(28, 26, 3)", whatever pieces it is made of.
const SHAPE = /\((?:None|\d+)(?:, (?:None|\d+))*,?\)/g;

function withShapes(pieces) {
  const line = pieces.map(([, text]) => text).join("");
  const shapes = [...line.matchAll(SHAPE)].map(({ index, 0: shape }) => [index, index + shape.length]);
  const nodes = [];
  let at = 0;
  for (const [start, end] of shapes) {
    nodes.push(between(pieces, at, start).map(piece));
    nodes.push(h("span", { class: "whole" }, between(pieces, start, end).map(piece)));
    at = end;
  }
  return [nodes, between(pieces, at, line.length).map(piece)];
}

// The pieces from one place of the line to another, the first and the last of them cut.
function between(pieces, start, end) {
  let at = 0;
  return pieces.flatMap(([kind, text, axis]) => {
    const part = text.slice(Math.max(0, start - at), Math.max(0, end - at));
    at += text.length;
    return part ? [[kind, part, axis]] : [];
  });
}

// A long line is broken before an argument rather than within a name.
function piece([kind, text, axis]) {
  if (axis) return inlineNumber(axis, text);
  const parts = kind ? [text] : text.split(/(?<=\w\()(?=\w)/);
  return h(
    "span",
    { class: kind ? `t-${kind}` : null },
    parts.map((part, i) => [i ? h("wbr") : null, part]),
  );
}
