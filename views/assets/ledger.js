// @ts-check
// The parameter ledger. Data from views/ledger.py; every number is one with an origin (see common.js).

const LEFT = 84; // px kept for the label of a block's rows
const MANY = 12; // layers; with more, they can be searched and sorted
const LISTED = 48; // of many layers, as many are listed at once
const TALLEST = 132; // px of the longest edge; edges are drawn on a log scale

/** @param {Component} component */
export default function ({ data: [data], parentElement }) {
  const root = mount(parentElement, "ledger");
  root.ledger = data;
  watchWidth(root, drawLedger);
  drawLedger(root);
}

function drawLedger(root) {
  const { layers } = root.ledger;
  root.drawn = root.clientWidth;
  const shown = listed(root, layers);
  const chosen = shown.find((layer) => layer.name === root.chosen) || shown[0] || layers[0];
  if (!chosen) {
    render(root, h("p", { class: "note" }, "No layer here has weights: 0 parameters."));
    return;
  }
  const choose = (name) => {
    root.chosen = name;
    drawLedger(root);
  };
  const picker = pills(
    "Layer",
    shown.map(({ name }) => ({ id: name, text: name })),
    chosen.name,
    choose,
  );
  render(root, [
    layers.length > MANY ? finder(root, shown.length, layers.length) : null,
    layers.length > 1 ? picker : null,
    h("div", { class: "whole" }, sheet(chosen, fitted(root)), totalLine(root.ledger, chosen)),
    saveButtons(
      root,
      `parameters_${chosen.name}`,
      () => root.querySelector(".whole"),
      () => root.ledger.text,
    ),
    h("p", { class: "hush" }, root.ledger.text),
  ]);
}

// ---- many layers: which are listed, in which order --------------------------------------------------------
function listed(root, layers) {
  if (layers.length <= MANY) return layers;
  const wanted = (root.filter || "").toLowerCase();
  const fits = ({ name, class_name }) => `${class_name} ${name}`.toLowerCase().includes(wanted);
  const kept = layers.filter(fits);
  if (root.largest) kept.sort((a, b) => (b.params || 0) - (a.params || 0));
  return kept.slice(0, LISTED);
}

function finder(root, shown, all) {
  const again = (change) => (event) => {
    change(event.target);
    drawLedger(root);
  };
  return h(
    "div",
    { class: "finder" },
    h(
      "label",
      null,
      "Find a layer ",
      h("input", {
        type: "search",
        placeholder: "name or class",
        oninput: again((field) => (root.filter = field.value)),
      }),
    ),
    h(
      "label",
      null,
      h("input", { type: "checkbox", onchange: again((field) => (root.largest = field.checked)) }),
      " largest first",
    ),
    h("span", { class: "note", role: "status" }, `${number(shown)} of ${number(all)} layers`),
  );
}

// ---- scale: one for the whole model, so that layers can be compared ---------------------------------------
function fitted(root) {
  const wide = root.clientWidth >= 640;
  const room = (wide ? Math.min(root.clientWidth, 940) - 372 : root.clientWidth - 30) - LEFT;
  let slope = wide ? 22 : 14; // px for each doubling
  let column = 0;
  for (const weight of root.ledger.layers.flatMap((layer) => layer.weights)) {
    const gates = Math.max(weight.gates.length, 1);
    const each = Math.min((room - 8 * (gates - 1)) / gates, TALLEST + 40);
    const sizes = weight.block.map((axis) => Math.log2(axis.size || 4) || 1);
    const across = sizes.at(-1) + (sizes.length > 2 ? sizes.at(-3) * 0.6 : 0);
    slope = Math.min(slope, (each - 10) / (across || 1), (TALLEST - 10) / Math.max(...sizes, 1));
    if (weight.gates.length) column = Math.max(column, Math.min(each, 96));
  }
  return { column, edge: (axis) => 10 + Math.max(slope, 1) * Math.log2(axis.size || 4) };
}

// ---- one layer --------------------------------------------------------------------------------------------
function sheet(layer, scale) {
  if (layer.params === null) return hiddenSheet(layer);
  let last = "";
  const rows = layer.weights.map((weight) => {
    const gates = weight.gates.join();
    const repeated = gates === last;
    last = gates;
    return weightRow(weight, scale, repeated);
  });
  const sum = layer.weights.flatMap((w, i) => [i ? " + " : "", number(w.count.size)]);
  return h(
    "section",
    { class: "sheet", "data-key": layer.name, "aria-label": `Parameters of ${layer.name}` },
    h("ul", { class: "weights" }, rows),
    h(
      "div",
      { class: "layer-sum" },
      h("span", { class: "who" }, h("b", null, layer.class_name), " ", layer.name),
      layer.weights.length > 1 ? h("span", { class: "terms" }, sum, " =") : null,
      h("b", { class: "count" }, number(layer.params)),
      h("span", { class: "noun" }, layer.params === 1 ? "parameter" : "parameters"),
    ),
    layer.frozen ? h("p", { class: "note" }, `${number(layer.frozen)} of them are not trainable.`) : null,
    layer.remark ? h("p", { class: "note" }, layer.remark) : null,
    h("p", { class: "note" }, "Edges are drawn on a log scale, the same for every weight."),
  );
}

// What weights it has, and whether it has any, is a part of the answer.
function hiddenSheet(layer) {
  return h(
    "section",
    { class: "sheet", "data-key": layer.name, "aria-label": `Parameters of ${layer.name}` },
    h(
      "div",
      { class: "layer-sum" },
      h("span", { class: "who" }, h("b", null, layer.class_name), " ", layer.name),
      h("b", { class: "count" }, "?"),
      h("span", { class: "noun" }, "parameters"),
    ),
    h("p", { class: "note" }, "Yours to predict: its weights appear here after your guess."),
  );
}

function weightRow(weight, scale, repeated) {
  return h(
    "li",
    { "data-key": weight.name },
    h(
      "div",
      { class: "name" },
      h("b", null, weight.name),
      weight.trainable ? null : h("span", { class: "tag" }, "not trainable"),
      h(
        "span",
        { class: "words" },
        coloured(weight.words, weight.shape, (part, axis) =>
          h("span", { class: `ax ${axisClass(axis.axis)}` }, part),
        ),
      ),
    ),
    drawing(weight, scale, repeated),
    h(
      "div",
      { class: "numbers" },
      coloured(weight.numbers, weight.shape, (part, axis) => originNumber(axis, { text: part })),
      h("span", { class: "soft" }, " ="),
    ),
    h("div", { class: "count" }, originNumber(weight.count)),
  );
}

// "features × 4 × units" part by part, each in the colour of its axis.
function coloured(parts, shape, node) {
  const matched = parts.length === shape.length;
  return parts.map((part, i) => [
    i ? h("span", { class: "soft" }, " × ") : null,
    matched ? node(part, shape[i]) : part,
  ]);
}

// ---- the rectangle of its axes ----------------------------------------------------------------------------
function drawing(weight, scale, repeated) {
  const axes = weight.block.slice(-3);
  const rows = axes.at(-2);
  const blocks = (weight.gates.length ? weight.gates : [""]).map((gate) =>
    h(
      "div",
      { class: "gate", style: weight.gates.length ? { width: `${scale.column}px` } : {} },
      gate ? h("span", { class: `gate-name${repeated ? " again" : ""}` }, gate) : null,
      block(axes, scale),
      axes.length ? edgeLabel(axes.at(-1)) : h("span", { class: "edge" }, "one number"),
    ),
  );
  // a fourth axis and more: how many of the drawn there are
  const leading = weight.block.slice(0, -3).map((axis) => [edgeLabel(axis), " × "]);
  const below = weight.gates.length > 0 || leading.length > 0; // the drawing, below a line of words
  return h(
    "div",
    { class: "drawing" },
    h(
      "div",
      { class: `left${below ? (repeated ? " gated again" : " gated") : ""}` },
      rows ? edgeLabel(rows) : null,
    ),
    h(
      "div",
      null,
      leading.length ? h("div", { class: "leading" }, leading) : null,
      h("div", { class: "blocks" }, blocks),
    ),
    axes.length > 2 ? h("div", { class: `depth${below ? " gated" : ""}` }, edgeLabel(axes[0])) : null,
  );
}

function edgeLabel(axis) {
  return h(
    "span",
    { class: `edge ax ${axisClass(axis.axis)}` },
    originNumber(axis, { tabindex: "-1" }),
    axis.axis === number(axis.size)
      ? null
      : [" ", h("span", { class: "axis" }, singular(axis.axis, axis.size))],
  );
}

function block(axes, scale) {
  const [across, down, back] = [axes.at(-1), axes.at(-2), axes.at(-3)];
  const w = across ? scale.edge(across) : 14;
  const hgt = down ? scale.edge(down) : 14;
  const d = back ? scale.edge(back) * 0.6 : 0;
  const [x, y] = [1, 1 + d * 0.6];
  const lines = (axis, length, at) =>
    axis && axis.size > 1 && length / axis.size >= 5
      ? Array.from({ length: axis.size - 1 }, (_, i) => at((length * (i + 1)) / axis.size))
      : [];
  return s(
    "svg",
    { class: "block", width: w + d + 2, height: hgt + d * 0.6 + 2, "aria-hidden": "true" },
    back ? cuboid(x, y, w, hgt, d, back) : null,
    s("rect", { class: "face", x, y, width: w, height: hgt }),
    lines(across, w, (at) => s("line", { class: "grid", x1: x + at, x2: x + at, y1: y, y2: y + hgt })),
    lines(down, hgt, (at) => s("line", { class: "grid", x1: x, x2: x + w, y1: y + at, y2: y + at })),
    edges(
      [
        [x, y, x, y + hgt],
        [x + w, y, x + w, y + hgt],
      ],
      down,
    ),
    edges(
      [
        [x, y, x + w, y],
        [x, y + hgt, x + w, y + hgt],
      ],
      across,
    ),
  );
}

function cuboid(x, y, w, hgt, d, back) {
  const rise = d * 0.6;
  return [
    s("path", { class: "top", d: `M${x},${y}l${d},${-rise}h${w}l${-d},${rise}z` }),
    s("path", { class: "side", d: `M${x + w},${y}l${d},${-rise}v${hgt}l${-d},${rise}z` }),
    s("path", { class: "thin", d: `M${x + d},${y - rise}h${w}v${hgt}` }),
    edges(
      [
        [x, y, x + d, y - rise],
        [x + w, y, x + w + d, y - rise],
        [x + w, y + hgt, x + w + d, y + hgt - rise],
      ],
      back,
    ),
  ];
}

// Edges wear the colour of the axis whose length they are.
function edges(ends, axis) {
  return ends.map(([x1, y1, x2, y2]) => {
    const line = s("line", { class: `side-of ${axis ? axisClass(axis.axis) : ""}`, x1, y1, x2, y2 });
    if (axis?.sources.length) line.setAttribute("data-sources", axis.sources.join(" "));
    return line;
  });
}

// ---- the whole model --------------------------------------------------------------------------------------
function totalLine({ layers, total, light, hide, failed }, chosen) {
  const named = layers.length > LISTED ? layers.slice(0, LISTED) : layers;
  const rest = layers.slice(named.length);
  const others = rest.length && [
    " + ",
    h("span", { class: "soft" }, `${number(rest.length)} more layers `),
    hide ? "?" : number(rest.reduce((sum, layer) => sum + layer.params, 0)),
  ];
  const terms = named.map((layer, i) => [
    i ? " + " : "",
    h(
      "span",
      { class: `term${layer === chosen ? " here" : ""}` },
      h("span", { class: "soft" }, layer.name, " "),
      layer.params === null ? "?" : number(layer.params),
    ),
  ]);
  return h(
    "div",
    { class: "total" },
    h(
      "p",
      null,
      layers.length > 1 ? [terms, others || null, " = "] : "All layers: ",
      h("b", null, hide ? "?" : number(total)),
      failed ? " before the failure" : h("code", null, " = model.count_params()"),
    ),
    light.length ? h("p", { class: "note" }, `Without weights: ${weightless(light)}.`) : null,
  );
}

function weightless(light) {
  return light.length > LISTED ? `${number(light.length)} layers` : light.join(", ");
}
