// @ts-check
// A kernel over the pixels of one image, and the output that it makes. Data from views/conv2d.py: all numbers
// are those of the live layer; where a window is follows from strides and padding, and NumPy has checked it.

const PIXEL = { least: 6, most: 15, gap: 46, head: 24 };
const HOP = 700; // ms between two outputs while playing

/** @param {Component} component */
export default function ({ data: [data], parentElement }) {
  const root = mount(parentElement, "conv2d");
  const before = root.slid;
  pauseHops(root);
  const rows = data.maps[0].length;
  const columns = data.maps[0][0].length;
  const [row, column] = before?.at ?? [Math.floor(rows / 4), Math.floor(columns / 3)];
  root.slid = {
    timer: 0,
    data,
    rows,
    columns,
    at: [Math.min(row, rows - 1), Math.min(column, columns - 1)],
    over: null,
    filter: Math.min(before?.filter ?? 0, data.maps.length - 1),
  };
  watchWidth(root, drawPixels);
  drawPixels(root);
}

function drawPixels(root) {
  const { data, at, filter } = root.slid;
  root.drawn = root.clientWidth;
  render(root, [
    data.maps.length > 1
      ? pills(
          "Filter",
          data.maps.map((_, f) => ({ id: f, text: `filter ${f}` })),
          filter,
          (f) => {
            root.slid.filter = f;
            drawPixels(root);
          },
        )
      : null,
    h(
      "figure",
      { class: "pixels", "aria-label": data.text },
      h("div", { class: "scroll" }, bothImages(root)),
    ),
    scaleOf(data.maps[filter]),
    h("p", { class: "said", "aria-live": root.slid.timer ? "off" : "polite" }, toldPixel(root)),
    hops(root),
    saveButtons(
      root,
      "kernel_over_pixels",
      () => root.querySelector(".slid"),
      () => data.text,
    ),
  ]);
  const slider = root.querySelector(".scrub");
  if (slider) slider.value = at[0] * root.slid.columns + at[1];
}

// Where the kernel is for an output: its first row and column, in pixels of the image; negative in the zeros.
function windowAt({ data }, [row, column]) {
  return [row * data.strides - data.height.zeros_before, column * data.strides - data.width.zeros_before];
}

function toldPixel({ slid }) {
  const { data, at, over, filter } = slid;
  const [row, column] = over ?? at;
  const [top, left] = windowAt(slid, [row, column]);
  const spans = (name, from, axis) => {
    const [first, last] = [Math.max(0, from), Math.min(axis.before, from + data.kernel_size) - 1];
    if (last < first) return `no ${name}s`;
    return first === last ? `${name} ${first}` : `${name}s ${first} to ${last}`;
  };
  const side = data.kernel_size;
  const many = side * side * data.channels;
  const padded =
    top < 0 || left < 0 || top + side > data.height.before || left + side > data.width.before
      ? " and zeros of the padding"
      : "";
  return [
    `Row ${row}, column ${column} of filter ${filter} reads ${spans("row", top, data.height)}, `,
    `${spans("column", left, data.width)}${padded}, in ${plural(data.channels, "channel")}: `,
    h("code", null, `${side} × ${side} × ${data.channels} = ${number(many)}`),
    ` ${many === 1 ? "number times its weight" : "numbers times their weights"}, plus the bias, is `,
    h("code", null, signed(data.maps[filter][row][column], 2)),
    ".",
  ];
}

function strongestOf(map) {
  return Math.max(...map.flat().map(Math.abs)) || 1;
}

// What the colors of the output mean.
function scaleOf(map) {
  const strongest = strongestOf(map);
  return h(
    "p",
    { class: "scale" },
    "output ",
    signed(-strongest, 2),
    h("span", { class: "shades down", "aria-hidden": "true" }),
    "0",
    h("span", { class: "shades up", "aria-hidden": "true" }),
    signed(strongest, 2),
  );
}

// ---- drawing ----------------------------------------------------------------------------------------------
function bothImages(root) {
  const { data, rows, columns, filter } = root.slid;
  const [high, wide] = [data.image.length, data.image[0].length];
  const beside = root.clientWidth > 560;
  const room = beside ? (root.clientWidth - PIXEL.gap - 8) / (wide + columns) : (root.clientWidth - 8) / wide;
  const unit = Math.floor(Math.max(PIXEL.least, Math.min(PIXEL.most, room)));
  const left = beside ? wide * unit + PIXEL.gap : 2;
  const top = beside ? PIXEL.head : high * unit + 2 * PIXEL.head + 12;
  const width = Math.max(left + columns * unit, wide * unit) + 4;
  const height = Math.max(top + rows * unit, PIXEL.head + high * unit) + 4;
  const map = data.maps[filter];
  const strongest = strongestOf(map);
  return s(
    "svg",
    {
      class: "slid",
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: "group",
      "aria-label": "the image and one output; arrow keys move the kernel",
      onpointerleave: () => overPixel(root, null),
    },
    data.image.map((line, r) =>
      line.map((value, c) =>
        s("rect", {
          class: "pixel",
          x: 2 + c * unit,
          y: PIXEL.head + r * unit,
          width: unit,
          height: unit,
          style: { fill: `color-mix(in srgb, var(--ink) ${Math.round(value * 88)}%, var(--wash))` },
        }),
      ),
    ),
    map.map((line, r) => line.map((value, c) => output(root, value / strongest, r, c, left, top, unit))),
    theWindow(root, left, top, unit),
    beside ? null : s("rect", { class: "band", x: 0, y: top - 22, width, height: 18 }),
    title("image", data.height.before, data.width.before, data.channels, "channels", 2, 15),
    title(
      `filter ${filter} of ${number(data.filters)}`,
      data.height.after,
      data.width.after,
      0,
      "",
      left,
      top - 9,
    ),
  );
}

function title(name, height, width, channels, word, x, y) {
  const part = (axis, size) =>
    s("tspan", { class: `ax ${axisClass(axis)}`, dx: 5 }, `${axis} ${number(size)}`);
  return s("text", { class: "title", x, y }, [
    s("tspan", { class: "who" }, name),
    part("height", height),
    part("width", width),
    channels ? part(word, channels) : null,
  ]);
}

function output(root, strength, row, column, left, top, unit) {
  const { at } = root.slid;
  const here = at[0] === row && at[1] === column;
  return s("rect", {
    class: "pixel out",
    "data-place": `${row}:${column}`,
    role: here ? "button" : null,
    tabindex: here ? 0 : null,
    "aria-label": here ? `output row ${row}, column ${column}` : null,
    x: left + column * unit,
    y: top + row * unit,
    width: unit,
    height: unit,
    style: tint("fill", strength, 1),
    onpointerenter: (event) => {
      if (event.pointerType === "mouse") overPixel(root, [row, column]);
    },
    onclick: () => toPixel(root, [row, column]),
    onkeydown: (event) => moveKernel(root, event),
  });
}

// The kernel's frame on the image, the output's frame, and two lines between them.
function theWindow(root, left, top, unit) {
  const { data, at, over } = root.slid;
  const [row, column] = over ?? at;
  const [first, from] = windowAt(root.slid, [row, column]);
  const side = data.kernel_size * unit;
  const [x, y] = [2 + from * unit, PIXEL.head + first * unit];
  const [ox, oy] = [left + column * unit, top + row * unit];
  const beside = root.clientWidth > 560;
  return s(
    "g",
    { class: "window", "aria-hidden": "true" },
    s("path", {
      class: "link",
      d: beside
        ? `M${x + side} ${y}L${ox} ${oy}M${x + side} ${y + side}L${ox} ${oy + unit}`
        : `M${x} ${y + side}L${ox} ${oy}M${x + side} ${y + side}L${ox + unit} ${oy}`,
    }),
    s("rect", { class: "kernel", x, y, width: side, height: side }),
    s("rect", { class: "kernel", x: ox, y: oy, width: unit, height: unit }),
  );
}

// ---- moving the kernel ------------------------------------------------------------------------------------
function overPixel(root, over) {
  if (root.slid.timer || String(root.slid.over) === String(over)) return;
  root.slid.over = over;
  drawPixels(root);
}

function toPixel(root, at) {
  root.slid.at = at;
  root.slid.over = null;
  drawPixels(root);
}

function moveKernel(root, event) {
  const {
    at: [row, column],
    rows,
    columns,
  } = root.slid;
  const next = {
    ArrowLeft: [row, Math.max(0, column - 1)],
    ArrowRight: [row, Math.min(columns - 1, column + 1)],
    ArrowUp: [Math.max(0, row - 1), column],
    ArrowDown: [Math.min(rows - 1, row + 1), column],
    Home: [row, 0],
    End: [row, columns - 1],
  }[event.key];
  if (!next) return;
  event.preventDefault();
  toPixel(root, next);
  root.querySelector(`[data-place="${next[0]}:${next[1]}"]`).focus();
}

function pauseHops(root) {
  if (!root.slid) return;
  clearInterval(root.slid.timer);
  root.slid.timer = 0;
}

function togglePlay(root) {
  if (root.slid.timer) {
    pauseHops(root);
    drawPixels(root);
    return;
  }
  root.slid.over = null;
  root.slid.timer = setInterval(() => {
    if (root.isConnected) hopOn(root);
    else pauseHops(root);
  }, HOP);
  hopOn(root);
}

function hopOn(root) {
  const { at, rows, columns } = root.slid;
  const place = at[0] * columns + at[1];
  const next = (place + 1) % (rows * columns);
  toPixel(root, [Math.floor(next / columns), next % columns]);
}

function hops(root) {
  const { at, rows, columns, timer } = root.slid;
  const here = at[0] * columns + at[1];
  const last = rows * columns - 1;
  const to = (place) => {
    pauseHops(root);
    toPixel(root, [Math.floor(place / columns), place % columns]);
  };
  const play = playButton(timer, last ? () => togglePlay(root) : null);
  return h(
    "div",
    { class: "moves", onkeydown: (event) => stepperKeys(event, here, last, to) },
    stepper("output pixel", here, last, `row ${at[0]}, column ${at[1]}`, to, play),
  );
}
