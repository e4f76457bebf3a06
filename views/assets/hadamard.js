// @ts-check
// x, W and their product, cell by cell. Data from views/hadamard.py. Pointing at a cell lights the three that
// belong together; pointing at a weight that serves several elements lights them all.

/** @type {[string, string][]} */
const PARTS = [
  ["x", "x, the input"],
  ["w", "the kernel W"],
  ["y", "x ∘ W, the output"],
];
const SIGNS = { w: "×", y: "=" };
const CELL = { wide: 42, narrow: 38 }; // pixels, the gap included
const FRAME = 10; // pixels around a matrix
const SIGN = 48; // pixels of a sign between two matrices
const BEAT = 800; // ms between two elements while playing

/** @param {Component} component */
export default function ({ data: [data], parentElement }) {
  const root = mount(parentElement, "hadamard");
  const at = root.product?.at || [0, 0];
  pauseProduct(root);
  root.product = { data, at: data.cells[at[0]]?.[at[1]] ? at : [0, 0], over: null, timer: 0 };
  watchWidth(root, drawProduct);
  drawProduct(root);
}

function drawProduct(root) {
  const { data } = root.product;
  root.drawn = root.clientWidth;
  const room = ((root.clientWidth - 2 * SIGN) / 3 - FRAME) / columnsOf(root);
  const abreast = room >= CELL.narrow; // else one below the other, rather than without some columns
  render(root, [
    h(
      "div",
      {
        class: `matrices${abreast ? " abreast" : ""}${room < CELL.wide ? " narrow" : ""}`,
        onpointerleave: () => pointAt(root, null),
        onkeydown: (event) => moveCell(root, event),
      },
      PARTS.map((part) => [
        SIGNS[part[0]] ? h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[part[0]]) : null,
        matrix(root, part),
      ]),
    ),
    h("p", { class: "said", "aria-live": root.product.timer ? "off" : "polite" }, toldCell(root)),
    transport(root),
    h("p", { class: "hush" }, data.text),
    saveButtons(
      root,
      "product",
      () => root.querySelector(".matrices"),
      () => data.text,
    ),
  ]);
  const slider = root.querySelector(".scrub");
  if (slider) slider.value = placeOf(root);
}

function columnsOf(root) {
  return root.product.data.cells[0].length;
}

function lengthOf(size, axis) {
  return h("span", { class: `ax ${axisClass(axis)}` }, sizeAndName({ axis, size }));
}

function matrix(root, [part, words]) {
  const { data } = root.product;
  const { rows, columns, cells } = data;
  const shape = part === "w" ? data.kernel_shape : "";
  const more = (count, axis) => count > 0 && `${number(count)} more ${singular(axis, count)}`;
  const missing = [
    more(rows - cells.length, data.row_axis),
    more(columns - cells[0].length, data.column_axis),
  ]
    .filter(Boolean)
    .join(", ");
  return h(
    "div",
    { class: "matrix", "data-key": part },
    h("div", { class: "name" }, h("b", null, words), shape ? h("code", null, shape) : null),
    h(
      "table",
      { role: "grid", "aria-label": words },
      h(
        "tbody",
        null,
        cells.map((line, row) =>
          h(
            "tr",
            null,
            line.map((cell, column) => oneCell(root, part, cell, row, column)),
          ),
        ),
      ),
    ),
    h(
      "div",
      { class: "axes" },
      part === "w" && data.cells.flat().some((cell) => !cell.own) ? "stretched to " : "",
      lengthOf(rows, data.row_axis),
      " × ",
      lengthOf(columns, data.column_axis),
    ),
    missing ? h("div", { class: "missing" }, `not drawn: ${missing}`) : null,
  );
}

function oneCell(root, part, cell, row, column) {
  const { data, at, over } = root.product;
  const [r, c] = over ? over.at : at;
  const here = r === row && c === column;
  const same = !here && over?.part === "w" && data.cells[r][c].weight === cell.weight;
  const index = PARTS.findIndex(([name]) => name === part);
  const [value, titled] = [cell.values[index], PARTS[index][1]];
  const strength = Math.round((Math.abs(value) / data.strongest) * 46);
  const mixed = `color-mix(in srgb, var(--${value < 0 ? "minus" : "plus"}) ${strength}%, var(--paper))`;
  const copied = part === "w" && !cell.own;
  return h(
    "td",
    {
      class: `${here ? "here" : same ? "same" : ""}${copied ? " copied" : ""}`,
      style: { background: mixed },
      role: "gridcell",
      tabindex: part === "x" && at[0] === row && at[1] === column ? 0 : -1,
      "data-place": `${part}:${row}:${column}`,
      "aria-label": `${titled}, row ${row}, column ${column}: ${cell[part]}${copied ? ", stretched" : ""}`,
      onpointerenter: (event) => {
        if (event.pointerType === "mouse") pointAt(root, { at: [row, column], part });
      },
      onclick: () => settle(root, [row, column], part),
      onfocus: () => {
        if (String(root.product.over?.at) !== String([row, column]) || root.product.over.part !== part)
          settle(root, [row, column], part);
      },
    },
    cell[part],
  );
}

function toldCell(root) {
  const { data, at, over } = root.product;
  const [row, column] = over ? over.at : at;
  const cell = data.cells[row][column];
  const served = data.cells.flat().filter((other) => other.weight === cell.weight).length;
  const stretched = served > 1 ? ` This weight serves ${served} of the elements drawn here.` : "";
  return [
    `Row ${row}, column ${column}: `,
    h("code", null, `${cell.x} × ${cell.w} = ${cell.y}`),
    `.${stretched}`,
  ];
}

function pointAt(root, over) {
  if (JSON.stringify(over) === JSON.stringify(root.product.over)) return;
  root.product.over = over;
  drawProduct(root);
}

function settle(root, at, part) {
  root.product.at = at;
  root.product.over = { at, part };
  drawProduct(root);
}

// ---- element by element, row after row --------------------------------------------------------------------
function placeOf(root) {
  const [row, column] = root.product.at;
  return row * columnsOf(root) + column;
}

function lastPlace(root) {
  return root.product.data.cells.length * columnsOf(root) - 1;
}

function goTo(root, place) {
  const columns = columnsOf(root);
  root.product.at = [Math.floor(place / columns), place % columns];
  root.product.over = null;
  if (place === lastPlace(root)) pauseProduct(root);
  drawProduct(root);
}

function pauseProduct(root) {
  if (!root.product) return;
  clearInterval(root.product.timer);
  root.product.timer = 0;
}

function togglePlay(root) {
  if (root.product.timer) {
    pauseProduct(root);
    drawProduct(root);
    return;
  }
  root.product.timer = setInterval(() => {
    if (root.isConnected) goTo(root, placeOf(root) + 1);
    else pauseProduct(root);
  }, BEAT);
  goTo(root, placeOf(root) === lastPlace(root) ? 0 : placeOf(root));
}

function transport(root) {
  const {
    at: [row, column],
    timer,
  } = root.product;
  const last = lastPlace(root);
  if (!last) return null;
  const to = (place) => {
    pauseProduct(root);
    goTo(root, place);
  };
  const play = playButton(timer, () => togglePlay(root));
  return h(
    "div",
    { class: "moves", onkeydown: (event) => stepperKeys(event, placeOf(root), last, to) },
    stepper("element", placeOf(root), last, `row ${row}, column ${column}`, to, play),
  );
}

// Arrow keys inside a matrix; from its edge on to the same row of the next one.
function moveCell(root, event) {
  const place = event.target.getAttribute?.("data-place");
  if (!place) return;
  const [part, r, c] = place.split(":");
  const [row, column] = [Number(r), Number(c)];
  const { cells } = root.product.data;
  const columns = columnsOf(root);
  const parts = PARTS.map(([name]) => name);
  const turn = (by) => {
    const next = column + by;
    if (next >= 0 && next < columns) return [part, row, next];
    const other = parts[parts.indexOf(part) + by];
    return other && [other, row, by > 0 ? 0 : columns - 1];
  };
  const next = {
    ArrowLeft: () => turn(-1),
    ArrowRight: () => turn(1),
    ArrowUp: () => row > 0 && [part, row - 1, column],
    ArrowDown: () => row < cells.length - 1 && [part, row + 1, column],
    Home: () => [part, row, 0],
    End: () => [part, row, columns - 1],
  }[event.key]?.();
  if (!next) return;
  event.preventDefault();
  root.querySelector(`[data-place="${next.join(":")}"]`).focus();
}
