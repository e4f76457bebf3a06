// @ts-check
// The windows on the series, stepped through without asking the server. Data from views/windowed_forecast.py:
// the series and four numbers; which points window i holds is the lesson's own rule, i … i + timesteps − 1.

const PLOT = { left: 44, right: 14, top: 24, high: 200, foot: 46 };
const WHOLE = { high: 30, gap: 10 }; // the whole series below, where the drawing shows a part of it
const AROUND = 2.5; // how many windows' lengths are shown on both sides of the window
const DOTS = 60; // up to so many points of a window are drawn as points
const ROWS = 2; // rows of x and y shown on both sides of the window's own
const BEAT = 600; // ms between two windows while playing

/** @param {Component} component */
export default function ({ data: [data], parentElement }) {
  const root = mount(parentElement, "windows");
  const before = root.stepping;
  clearInterval(before?.timer);
  root.stepping = {
    data,
    at: Math.min(before ? before.at : data.start, data.windows - 1),
    left: null,
    timer: 0,
    ...scaleOf(data.series),
  };
  if (!root.watch) {
    root.watch = new ResizeObserver(() => {
      if (Math.abs(root.clientWidth - root.drawn) > 4) drawWindows(root);
    });
    root.watch.observe(root);
  }
  drawWindows(root);
}

// ---- which points -----------------------------------------------------------------------------------------
function windowAt({ timesteps, horizon, shift }, at) {
  const last = at + timesteps - 1;
  const target = last + 1 + shift;
  return { first: at, last, target, end: target + horizon - 1 };
}

function pointsFrom(first, last) {
  return first === last ? `point ${number(first)}` : `points ${number(first)} to ${number(last)}`;
}

function sentence(data, at) {
  const { first, last, target, end } = windowAt(data, at);
  const verb = target === end ? "target is" : "targets are";
  const who = `Window ${number(at)} (numbered 0 to ${number(data.windows - 1)})`;
  const holds = `${who} holds ${pointsFrom(first, last)}`;
  return `${holds}; its ${verb} ${pointsFrom(target, end)}.${wrong(last, target)} ${use(data, target, end)}`;
}

function wrong(last, target) {
  if (target <= last) return " The target is inside the window: it gives itself away.";
  return target > last + 1 ? ` Point ${number(last + 1)} is skipped.` : "";
}

function use({ first_held_out: held }, target, end) {
  if (end < held) return "It is in the training set.";
  return target >= held
    ? "It is held out: the trained model has to forecast it."
    : "Its targets are on both sides of the line: it is left out.";
}

// ---- scales -----------------------------------------------------------------------------------------------
function scaleOf(series) {
  const [least, most] = series.reduce(
    ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
    [Infinity, -Infinity],
  );
  const spare = (most - least || 1) * 0.08;
  return { least: least - spare, most: most + spare };
}

// The part of the series that is drawn, in points. It stays where it is until the window walks out of it.
function part(state) {
  const { data, at } = state;
  const { first, end } = windowAt(data, at);
  const points = data.series.length;
  const around = Math.round(AROUND * (end - first + 1)) + 10;
  if (points <= 3 * around) return [0, points - 1];
  const wide = 2 * around;
  const outside = state.left === null || first < state.left + 1 || end > state.left + wide - 1;
  if (outside)
    state.left = Math.max(0, Math.min(points - 1 - wide, first - Math.round((wide - (end - first)) / 2)));
  return [state.left, state.left + wide];
}

// Three digits that count; never −0.00.
function short(value) {
  if (Math.abs(value) >= 100) return number(Number(value.toPrecision(3))).replace("-", "−");
  const text = value.toFixed(2);
  return (Number(text) === 0 ? "0.00" : text).replace("-", "−");
}

// ---- drawing ----------------------------------------------------------------------------------------------
function drawWindows(root) {
  const state = root.stepping;
  const { data, at } = state;
  root.drawn = root.clientWidth;
  const last = data.windows - 1;
  const go = (to) => {
    pause(state);
    goTo(root, to);
  };
  const play = h(
    "button",
    { type: "button", class: "press play", onclick: () => togglePlay(root) },
    state.timer ? "Pause" : "Play",
  );
  render(
    root,
    h(
      "section",
      {
        class: "windows",
        "aria-label": "The windows on the series",
        onkeydown: (event) => stepperKeys(event, at, last, go),
      },
      picture(root),
      stepper("window", at, last, `window ${at} of 0 to ${last}`, go, play),
      h("p", { class: "said", "aria-live": state.timer ? "off" : "polite" }, sentence(data, at)),
      arrays(data, at),
      saveButtons(
        root,
        "windows",
        () => root.querySelector(".stage"),
        () => sentence(root.stepping.data, root.stepping.at),
      ),
      h("p", { class: "hush" }, data.text),
    ),
    { animate: true },
  );
  root.querySelector(".scrub").value = at;
}

function picture(root) {
  const state = root.stepping;
  const { data, at } = state;
  const [from, to] = part(state);
  const whole = from === 0 && to === data.series.length - 1;
  const width = Math.max(root.clientWidth, 280);
  const wide = width - PLOT.left - PLOT.right;
  const bottom = PLOT.top + PLOT.high;
  const frame = {
    data,
    from,
    to,
    wide,
    bottom,
    width,
    step: wide / (to - from + 1),
    x: (point) => tenth(PLOT.left + ((point - from + 0.5) / (to - from + 1)) * wide),
    y: (value) => tenth(bottom - ((value - state.least) / (state.most - state.least)) * PLOT.high),
  };
  const height = bottom + PLOT.foot + (whole ? 0 : WHOLE.gap + WHOLE.high);
  return s(
    "svg",
    {
      class: "stage",
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-label": sentence(data, at),
      onpointerdown: (event) => grab(root, event, frame),
      onpointermove: (event) => drag(root, event),
    },
    grid(frame, state),
    band(frame, windowAt(data, at), at),
    line(frame),
    marks(frame, windowAt(data, at)),
    whole ? null : overview(frame, state),
  );
}

function grid({ data, from, to, x, y, wide, bottom, step }, state) {
  const held = Math.max(from, data.first_held_out);
  const right = PLOT.left + wide;
  return s(
    "g",
    { "data-key": "grid" },
    held <= to
      ? s("rect", {
          class: "held",
          "data-key": "held",
          x: tenth(x(held) - step / 2),
          y: PLOT.top,
          width: tenth(right - x(held) + step / 2),
          height: PLOT.high,
        })
      : null,
    held <= to
      ? s(
          "text",
          { class: "tick", "data-key": "held out", x: right - 4, y: PLOT.top + 14, "text-anchor": "end" },
          "held out",
        )
      : null,
    ticks(state.least, state.most, 4).map((value) =>
      s(
        "g",
        { "data-key": `y${value}` },
        s("line", { class: "rule", x1: PLOT.left, x2: right, y1: y(value), y2: y(value) }),
        s(
          "text",
          { class: "tick", x: PLOT.left - 6, y: y(value) + 4, "text-anchor": "end" },
          number(value).replace("-", "−"),
        ),
      ),
    ),
    ticks(from, to, wide / 70)
      .filter(Number.isInteger)
      .map((point, i) =>
        s(
          "text",
          {
            class: "tick",
            "data-key": `x${point}`,
            x: x(point),
            y: bottom + 16,
            "text-anchor": i ? "middle" : "start",
          },
          i ? number(point) : `point ${number(point)}`,
        ),
      ),
  );
}

// The window as a band over the series, its length under it in words.
function band({ data, x, step, bottom, wide }, { first, last, target, end }, at) {
  const edge = (point) => Math.max(PLOT.left, Math.min(PLOT.left + wide, point));
  const box = (key, name, one, other) =>
    s("rect", {
      class: name,
      "data-key": key,
      x: tenth(edge(x(one) - step / 2)),
      y: PLOT.top,
      width: tenth(Math.max(2, edge(x(other) + step / 2) - edge(x(one) - step / 2))),
      height: PLOT.high,
    });
  const under = Math.max(PLOT.left + 70, Math.min(PLOT.left + wide - 90, (x(first) + x(end)) / 2));
  return s(
    "g",
    { "data-key": "band" },
    box("window", "band ax-cyan", first, last),
    box("target", `aim ${axisClass("horizon")}`, target, end),
    s(
      "text",
      {
        class: "name ax-cyan",
        "data-key": "name",
        x: Math.max(PLOT.left + 34, Math.min(PLOT.left + wide - 40, (x(first) + x(last)) / 2)),
        y: PLOT.top - 8,
        "text-anchor": "middle",
      },
      `window ${number(at)}`,
    ),
    s(
      "text",
      { class: "under", "data-key": "under", x: under, y: bottom + 36, "text-anchor": "middle" },
      s("tspan", { class: "ax-blue" }, `timesteps ${number(data.timesteps)}`),
      " · ",
      s(
        "tspan",
        { class: axisClass("horizon") },
        data.horizon === 1 ? "1 target" : `horizon ${number(data.horizon)}`,
      ),
    ),
  );
}

function pathOf(points, x, y, series) {
  return points.map((point, i) => `${i ? "L" : "M"}${x(point)},${y(series[point])}`).join("");
}

function line({ data, from, to, x, y }) {
  return s("path", { class: "series", "data-key": "series", d: pathOf(range(from, to), x, y, data.series) });
}

// The points of the window as discs, its targets as diamonds: never colour alone.
function marks({ data, x, y }, { first, last, target, end }) {
  const inside = range(first, last);
  const diamond = (point) => {
    const [a, b] = [x(point), y(data.series[point])];
    return `M${a},${b - 6}L${a + 6},${b}L${a},${b + 6}L${a - 6},${b}Z`;
  };
  return s(
    "g",
    { "data-key": "marks" },
    s("path", { class: "inside ax-blue", "data-key": "inside", d: pathOf(inside, x, y, data.series) }),
    inside.length > DOTS
      ? null
      : inside.map((point) =>
          s("circle", {
            class: "dot ax-blue",
            "data-key": `p${point}`,
            cx: x(point),
            cy: y(data.series[point]),
            r: 3.2,
          }),
        ),
    range(target, end).map((point) =>
      s("path", { class: `goal ${axisClass("horizon")}`, "data-key": `t${point}`, d: diamond(point) }),
    ),
  );
}

// The whole series, small, and where the drawing above is in it.
function overview({ data, from, to, wide, width, bottom }, state) {
  const top = bottom + PLOT.foot + WHOLE.gap;
  const points = data.series.length;
  const x = (point) => tenth(PLOT.left + (point / (points - 1)) * wide);
  const y = (value) =>
    tenth(top + WHOLE.high - ((value - state.least) / (state.most - state.least)) * WHOLE.high);
  const apart = Math.max(1, Math.ceil(points / wide / 2)); // two points a pixel are enough
  return s(
    "g",
    { "data-key": "whole" },
    // so that all of it can be pointed at
    s("rect", { class: "ground", x: 0, y: top, width, height: WHOLE.high }),
    s("rect", {
      class: "held",
      x: x(data.first_held_out),
      y: top,
      width: tenth(PLOT.left + wide - x(data.first_held_out)),
      height: WHOLE.high,
    }),
    s("path", {
      class: "series",
      d: pathOf(
        range(0, Math.floor((points - 1) / apart)).map((i) => i * apart),
        x,
        y,
        data.series,
      ),
    }),
    s("rect", {
      class: "view",
      "data-key": "view",
      x: x(from),
      y: top,
      width: tenth(x(to) - x(from)),
      height: WHOLE.high,
      rx: 2,
    }),
    s("rect", {
      class: "here",
      "data-key": "here",
      x: x(state.at),
      y: top,
      width: Math.max(2, tenth(x(state.at + data.timesteps - 1) - x(state.at))),
      height: WHOLE.high,
    }),
  );
}

// ---- the arrays -------------------------------------------------------------------------------------------
function arrays(data, at) {
  const rows = range(Math.max(0, at - ROWS), Math.min(data.windows - 1, at + ROWS));
  return h(
    "table",
    { class: "arrays" },
    h(
      "thead",
      null,
      h(
        "tr",
        null,
        h("th", { scope: "col" }, "i"),
        h("th", { scope: "col" }, "x[i, :, 0]"),
        h("th", { scope: "col" }, "y[i]"),
      ),
    ),
    h(
      "tbody",
      null,
      rows.map((i) => arrayRow(data, i, i === at)),
    ),
  );
}

function arrayRow(data, i, here) {
  const { first, last, target, end } = windowAt(data, i);
  const cell = (name, one, other) =>
    h(
      "td",
      { class: name },
      h("span", { class: "points" }, pointsFrom(one, other)),
      h("span", { class: "numbers" }, ends(data.series.slice(one, other + 1))),
    );
  return h(
    "tr",
    { class: here ? "this" : null, "data-key": `row${i}`, "aria-current": here ? "true" : null },
    h("th", { scope: "row", class: "ax-cyan" }, number(i)),
    cell("ax-blue", first, last),
    cell(axisClass("horizon"), target, end),
  );
}

function ends(values) {
  return (
    values.length <= 5
      ? values.map(short)
      : [...values.slice(0, 3).map(short), "…", ...values.slice(-2).map(short)]
  ).map((text) => h("span", null, text));
}

// ---- moving about -----------------------------------------------------------------------------------------
function goTo(root, at) {
  const state = root.stepping;
  state.at = Math.max(0, Math.min(state.data.windows - 1, at));
  if (state.at === state.data.windows - 1) pause(state);
  drawWindows(root);
}

function pause(state) {
  clearInterval(state.timer);
  state.timer = 0;
}

function togglePlay(root) {
  const state = root.stepping;
  if (state.timer) {
    pause(state);
    drawWindows(root);
    return;
  }
  if (state.at === state.data.windows - 1) state.at = 0;
  state.timer = setInterval(() => {
    if (root.isConnected) goTo(root, root.stepping.at + 1);
    else pause(root.stepping);
  }, BEAT);
  drawWindows(root);
}

// The window comes to where the pointer is: its middle on the drawing, its beginning in the whole series.
function grab(root, event, frame) {
  event.currentTarget.setPointerCapture(event.pointerId);
  root.stepping.grabbed = {
    pointer: event.pointerId,
    frame,
    small: fromTop(event) > frame.bottom + PLOT.foot,
  };
  drag(root, event);
}

function drag(root, event) {
  const { data, grabbed } = root.stepping;
  if (!grabbed || grabbed.pointer !== event.pointerId || !event.buttons) return;
  const { frame, small } = grabbed;
  const share = (fromLeft(event, frame) - PLOT.left) / frame.wide;
  const point = small ? share * (data.series.length - 1) : frame.from + share * (frame.to - frame.from + 1);
  pause(root.stepping);
  goTo(root, Math.round(point - data.timesteps / 2));
}

// In the drawing's own pixels, also in large type, where a pixel of the page is less.
function fromLeft(event, frame) {
  const box = event.currentTarget.getBoundingClientRect();
  return (event.clientX - box.left) * (frame.width / box.width);
}
function fromTop(event) {
  const box = event.currentTarget.getBoundingClientRect();
  return (event.clientY - box.top) * (event.currentTarget.viewBox.baseVal.height / box.height);
}
