// @ts-check
// The first patient's visits by day, and what becomes of one unit's memory at each; stepped through without
// asking the server. Data from views/t_lstm.py.

const SHARE = { left: 48, right: 16, top: 14, high: 96 }; // the timeline: days across, g(Δt) upwards
const DAYS = 22; // its labels
const LINKS = 34; // from each visit's day to its place among the timesteps
const PATH = { high: 190, foot: 22 };
const MARKS = {
  // without arcs: their flags can't be moved smoothly
  circle: (x, y) => `M${x - 4},${y}c0,-5.4 8,-5.4 8,0c0,5.4 -8,5.4 -8,0Z`,
  square: (x, y) => `M${x - 4},${y - 4}h8v8h-8Z`,
  diamond: (x, y) => `M${x},${y - 5.5}l5.5,5.5l-5.5,5.5l-5.5,-5.5Z`,
  triangle: (x, y) => `M${x},${y - 5}l5,9h-10Z`,
  cross: (x, y) => `M${x - 4},${y - 4}l8,8m0,-8l-8,8`,
};

/** @param {Component} component */
export default function ({ data: [data], parentElement }) {
  const root = mount(parentElement, "decay");
  const before = root.decay;
  root.decay = {
    data,
    at: Math.min(before ? before.at : data.start, data.visits.length - 1),
    unit: Math.min(before?.unit || 0, data.units - 1),
  };
  watchWidth(root, drawDecay);
  drawDecay(root);
}

function drawDecay(root) {
  const { data, at, unit } = root.decay;
  root.drawn = root.clientWidth;
  const last = data.visits.length - 1;
  const go = (to) => {
    root.decay.at = to;
    drawDecay(root);
  };
  const choose = (to) => {
    root.decay.unit = to;
    drawDecay(root);
  };
  render(
    root,
    h(
      "section",
      {
        class: "decay",
        "aria-label": "What fades between two visits",
        onkeydown: (event) => stepperKeys(event, at, last, go),
      },
      data.units > 1
        ? h(
            "div",
            { class: "choice" },
            h("b", null, "unit"),
            pills(
              "unit",
              range(0, data.units - 1).map((id) => ({ id, text: String(id) })),
              unit,
              choose,
            ),
          )
        : null,
      h(
        "div",
        { class: "figure" },
        legend("share of short-term memory kept, by day:", curvesOf(data)),
        picture(root, go),
        legend(`memory of unit ${unit}, by timestep:`, data.lines),
      ),
      last ? stepper("timestep", at, last, `timestep ${at} of 0 to ${last}`, go) : null,
      h("p", { class: "said", "aria-live": "polite" }, sentence(data, at, unit)),
      equations(data, at, unit),
      saveButtons(
        root,
        "decay",
        () => root.querySelector(".figure"),
        () => sentence(data, at, unit),
      ),
    ),
    { animate: true },
  );
  const slider = root.querySelector(".scrub");
  if (slider) slider.value = at;
}

// ---- words and numbers ------------------------------------------------------------------------------------
// Three digits that count, as the tables of the page have them; inf and nan come as words.
function digits(value) {
  if (typeof value === "string") return value.replace("-", "−");
  return String(Number(value.toPrecision(3))).replace("-", "−");
}
function bracketed(value) {
  return digits(value).startsWith("−") ? `(${digits(value)})` : digits(value);
}
function finite(value) {
  return typeof value === "number";
}

/**
 * "1 day", "3 days".
 * @param {number} count
 * @returns {string}
 */
function inDays(count) {
  return `${digits(count)} ${count === 1 ? "day" : "days"}`;
}

function sentence(data, at, unit) {
  const visit = data.visits[at];
  const [short, left] = [visit.short[unit], visit.discounted[unit]];
  const when = `Timestep ${number(at)}, day ${digits(visit.day)}`;
  const decays = `Δt is ${inDays(visit.elapsed)} and g(Δt) is ${digits(visit.g)}`;
  const goes = `goes from ${digits(short)} to ${digits(left)}`;
  return `${when}: ${decays}, so unit ${unit}'s short-term memory ${goes}.`;
}

function equations(data, at, unit) {
  const visit = data.visits[at];
  const of = (name) => digits(visit[name][unit]);
  const rows = [
    ["memory before", "c", of("memory")],
    ["short-term memory", "tanh(decay of c)", of("short")],
    [
      "long-term memory",
      `c − short-term = ${bracketed(visit.memory[unit])} − ${bracketed(visit.short[unit])}`,
      of("long"),
    ],
    ["discount", `g(Δt) = ${data.function}, Δt = ${inDays(visit.elapsed)}`, digits(visit.g)],
    [
      "discounted short-term memory",
      `short-term × g(Δt) = ${bracketed(visit.short[unit])} × ${digits(visit.g)}`,
      of("discounted"),
    ],
    [
      "adjusted memory c*",
      `long-term + discounted = ${bracketed(visit.long[unit])} + ${bracketed(visit.discounted[unit])}`,
      of("adjusted"),
    ],
    ["memory after the LSTM step", "forget gate × c* + input gate × candidate", of("after")],
  ];
  return h(
    "table",
    { class: "steps" },
    h(
      "thead",
      null,
      h(
        "tr",
        null,
        ["what", "how", "value"].map((title) => h("th", { scope: "col" }, title)),
      ),
    ),
    h(
      "tbody",
      null,
      rows.map(([what, how, value]) =>
        h(
          "tr",
          null,
          h("th", { scope: "row" }, what),
          h("td", null, how),
          h("td", { class: "value" }, value),
        ),
      ),
    ),
  );
}

function curvesOf({ functions }) {
  return functions.map(({ name, mark, chosen }) =>
    chosen
      ? { name: `g(Δt) = ${name} (chosen)`, colour: "pink", dash: "2 3", mark }
      : { name: `g(Δt) = ${name}`, colour: "gray", mark, open: true },
  );
}

// Each of the two charts has its own: the upper one above it, the lower one below.
function legend(title, lines) {
  return h(
    "ul",
    { class: "legend", "aria-label": title.replace(":", "") },
    h("li", { class: "of", "aria-hidden": "true" }, title),
    lines.map(({ name, colour, dash, mark, open }) =>
      h(
        "li",
        { class: `ax-${colour}` },
        s(
          "svg",
          { width: 34, height: 14, viewBox: "0 0 34 14", "aria-hidden": "true" },
          dash === undefined ? null : s("path", { class: "path", d: "M1,7h32", "stroke-dasharray": dash }),
          s("path", { class: `mark ${open ? "open" : mark}`, d: MARKS[mark](17, 7) }),
        ),
        name,
      ),
    ),
  );
}

// ---- the drawing ------------------------------------------------------------------------------------------
function picture(root, go) {
  const { data, at, unit } = root.decay;
  const width = Math.max(root.clientWidth, 280);
  const wide = width - SHARE.left - SHARE.right;
  const bottom = SHARE.top + SHARE.high;
  const top = bottom + DAYS + LINKS;
  const days = data.visits.at(-1).day || 1;
  const frame = {
    width,
    wide,
    bottom,
    top,
    foot: top + PATH.high,
    day: (visit) => tenth(SHARE.left + 8 + (visit.day / days) * (wide - 16)),
    step: (index) => tenth(SHARE.left + ((index + 0.5) / data.visits.length) * wide),
    each: wide / data.visits.length,
  };
  const height = frame.foot + PATH.foot;
  const nearest = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    // also in large type, where a pixel of the page is less
    const x = (event.clientX - box.left) * (width / box.width);
    go(Math.max(0, Math.min(data.visits.length - 1, Math.floor((x - SHARE.left) / frame.each))));
  };
  return s(
    "svg",
    {
      class: "stage",
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-label": sentence(data, at, unit),
      onclick: nearest,
    },
    s("rect", {
      class: "here",
      "data-key": "here",
      x: tenth(frame.step(at) - frame.each / 2),
      y: top,
      width: tenth(frame.each),
      height: PATH.high,
    }),
    shares(data, at, frame),
    links(data, at, frame),
    paths(data, at, unit, frame),
  );
}

// g(Δt) at each visit's day: the chosen function with a line and filled, the other one open.
function shares(data, at, { day, wide, bottom }) {
  const values = data.visits
    .flatMap((visit) => data.functions.map(({ field }) => visit[field]))
    .filter(finite);
  const most = Math.max(1, ...values);
  const y = (value) => tenth(bottom - (value / most) * SHARE.high);
  return s(
    "g",
    { "data-key": "shares" },
    rules(ticks(0, most, 2), y, wide),
    data.functions.map((one) => shareOf(data.visits, one, day, y)),
    s("line", {
      class: "now",
      x1: day(data.visits[at]),
      x2: day(data.visits[at]),
      y1: SHARE.top,
      y2: bottom,
    }),
    dayLabels(data.visits, at, day).map(({ x, words, anchor, here }) =>
      s("text", { class: `tick${here ? " current" : ""}`, x, y: bottom + 15, "text-anchor": anchor }, words),
    ),
  );
}

function shareOf(visits, { field, chosen, mark }, day, y) {
  const seen = visits.filter((visit) => finite(visit[field]));
  return s(
    "g",
    { class: chosen ? "ax-pink" : "ax-gray", "data-key": field },
    chosen
      ? s("path", {
          class: "path",
          d: seen.map((visit, i) => `${i ? "L" : "M"}${day(visit)},${y(visit[field])}`).join(""),
          "stroke-dasharray": "2 3",
        })
      : null,
    seen.map((visit) =>
      s("path", { class: `mark ${chosen ? mark : "open"}`, d: MARKS[mark](day(visit), y(visit[field])) }),
    ),
  );
}

// The current visit's day always, of the others those that have room.
function dayLabels(visits, at, day) {
  const taken = [];
  const order = [at, 0, visits.length - 1, ...visits.keys()];
  return [...new Set(order)].flatMap((index) => {
    const x = day(visits[index]);
    const words = `day ${digits(visits[index].day)}`;
    const anchor = index === 0 ? "start" : index === visits.length - 1 ? "end" : "middle";
    const half = words.length * 3.6 + 6;
    const from = anchor === "start" ? x - 4 : anchor === "end" ? x - 2 * half : x - half;
    if (taken.some(([a, b]) => from < b && from + 2 * half > a)) return [];
    taken.push([from, from + 2 * half]);
    return [{ x, words, anchor, here: index === at }];
  });
}

// Days apart as they are above, one timestep each below.
function links(data, at, { day, step, bottom, top }) {
  const [down, half] = [bottom + DAYS, bottom + DAYS + LINKS / 2];
  return s(
    "g",
    { "data-key": "links" },
    data.visits.map((visit, index) =>
      s("path", {
        class: `link${index === at ? " current" : ""}`,
        d: `M${day(visit)},${down}C${day(visit)},${half} ${step(index)},${half} ${step(index)},${top}`,
      }),
    ),
  );
}

function paths(data, at, unit, { step, wide, foot, each }) {
  const values = data.lines
    .flatMap(({ field }) => data.visits.map((visit) => visit[field][unit]))
    .filter(finite);
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
  const spare = (most - least || 1) * 0.08;
  const y = (value) => tenth(foot - ((value - least + spare) / (most - least + 2 * spare)) * PATH.high);
  const apart = Math.ceil(30 / each);
  return s(
    "g",
    { "data-key": "paths" },
    rules(ticks(least - spare, most + spare, 4), y, wide),
    data.visits.map((_, index) =>
      index % apart && index !== at
        ? null
        : s(
            "text",
            {
              class: `tick${index === at ? " current" : ""}`,
              x: step(index),
              y: foot + 16,
              "text-anchor": "middle",
            },
            number(index),
          ),
    ),
    data.lines.map((line) => pathOf(data.visits, line, unit, step, y)),
  );
}

// inf and nan leave a gap in a line.
function pathOf(visits, { field, colour, dash, mark }, unit, step, y) {
  const points = visits.map((visit, index) =>
    finite(visit[field][unit]) ? [step(index), y(visit[field][unit])] : null,
  );
  return s(
    "g",
    { class: `ax-${colour}`, "data-key": field },
    s("path", {
      class: "path",
      d: points.map((point, i) => (point ? `${points[i - 1] ? "L" : "M"}${point}` : "")).join(""),
      "stroke-dasharray": dash,
    }),
    points.map((point) => (point ? s("path", { class: `mark ${mark}`, d: MARKS[mark](...point) }) : null)),
  );
}

function rules(values, y, wide) {
  return values.map((value) =>
    s(
      "g",
      { "data-key": `y${value}` },
      s("line", { class: "rule", x1: SHARE.left, x2: SHARE.left + wide, y1: y(value), y2: y(value) }),
      s(
        "text",
        { class: "tick", x: SHARE.left - 6, y: y(value) + 4, "text-anchor": "end" },
        number(value).replace("-", "−"),
      ),
    ),
  );
}
