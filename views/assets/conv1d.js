// @ts-check
// The kernel sliding over the steps. Data from views/conv1d.py: which step of the row above stands under each
// tap was asked of the live layer; here it is only drawn.

const CELL = { high: 30, least: 20, most: 44, share: 0.84 };
const ROW = { line: 18, link: 50, foot: 16 };
const HOLE = 3.4; // cells that the gap of a long row takes
const BEAT = 800; // ms between two places while playing
const MOST_TAPS = 24; // of a kernel that found no place

/** @param {Component} component */
export default function ({ data: [data], parentElement }) {
  const root = mount(parentElement, "conv1d");
  const before = root.sliding;
  pauseSliding(root);
  root.sliding = { timer: 0, data, at: keptPlace(data, before), over: null };
  watchWidth(root, drawSliding);
  drawSliding(root);
}

// [row, step]: the same as before where it still exists, else the first step of the last row.
function keptPlace({ rows }, before) {
  const [row, step] = before?.at || [];
  const same = before && rows.length === before.data.rows.length && cellAt(rows, row, step);
  return same ? [row, step] : [rows.length - 1, 0];
}

function cellAt(rows, row, step) {
  return rows[row]?.cells.find((cell) => cell.step === step);
}

// ---- who fed whom -----------------------------------------------------------------------------------------
// A set of steps per row. Upwards all that fed the chosen step; of a step of the input, downwards all that it
// feeds.
function fedBy({ rows }, [row, step]) {
  const sets = rows.map(() => new Set());
  sets[row].add(step);
  for (let r = row; r > 0; r -= 1)
    for (const one of sets[r]) for (const tap of cellAt(rows, r, one)?.taps || []) sets[r - 1].add(tap);
  if (row === 0) {
    for (let r = 1; r < rows.length; r += 1)
      for (const cell of rows[r].cells)
        if (cell.taps.some((tap) => sets[r - 1].has(tap))) sets[r].add(cell.step);
  }
  return sets;
}

function listed(steps) {
  const words = steps.map(number);
  if (words.length > 6) return `${words[0]}, ${words[1]} … ${words[words.length - 1]}`;
  return words.length < 2
    ? words.join("")
    : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}
function stepsOf(steps) {
  return `step${steps.length === 1 ? "" : "s"} ${listed(steps)}`;
}

function sentence(data, [row, step]) {
  const { rows } = data;
  const cell = cellAt(rows, row, step);
  const here = `Step ${number(step)} of ${rows[row].layer}`;
  if (row === 0) return rows.length > 1 ? feeding(data, step, here) : `${here}.`;
  const padding = cell.padded
    ? `${cell.taps.length ? " and " : ""}${plural(cell.padded, "zero")} of padding`
    : "";
  const verb = rows[row].kind === "pool" ? "keeps the largest of" : "reads";
  const more = rows[row].more_taps ? ` (${plural(rows[row].more_taps, "tap")} in the middle not listed)` : "";
  const fed = cell.taps.length ? `${stepsOf(cell.taps)} of ${rows[row - 1].layer}` : "";
  const direct = `${here} ${verb} ${fed}${padding}${more}.`;
  return row > 1 ? `${direct} ${through(data, [row, step])}` : direct;
}

function feeding({ rows }, step, here) {
  const fed = rows[1].cells.filter((cell) => cell.taps.includes(step)).map((cell) => cell.step);
  const partly = rows[1].left_out || rows[1].more_taps ? " that is drawn" : "";
  return fed.length
    ? `${here} feeds ${stepsOf(fed)} of ${rows[1].layer}.`
    : `${here} feeds no step of ${rows[1].layer}${partly}.`;
}

// How much of the input a step sees through all layers; only where every step between is drawn.
function through(data, at) {
  const { rows } = data;
  const sets = fedBy(data, at);
  const known = sets.every(
    (set, r) =>
      r > at[0] || r === 0 || (!rows[r].more_taps && [...set].every((step) => cellAt(rows, r, step))),
  );
  const seen = [...sets[0]].sort((a, b) => a - b);
  return known && seen.length
    ? `Through all layers it sees ${plural(seen.length, "step")} of ${rows[0].layer}: ${listed(seen)}.`
    : "";
}

// ---- where things stand -----------------------------------------------------------------------------------
// x of the middle of a step, in cells. A picture with all steps is to scale: an output stands under its
// kernel.
function places({ rows, whole, stuck }) {
  let [start, pace] = [0, 1];
  const maps = rows.map((row) => {
    [start, pace] = [start + pace * row.offset, pace * row.strides];
    return whole ? scaled(start, pace) : ends(row);
  });
  const spots = rows.flatMap((row, r) => [
    ...row.cells.map((cell) => maps[r](cell.step)),
    ...(r && whole ? row.cells.flatMap((cell) => cell.zeros.map((zero) => maps[r - 1](zero))) : []),
  ]);
  const last = maps[maps.length - 1];
  pace = whole ? pace : 1;
  if (stuck) spots.push(...stuckTaps(stuck).map((tap) => last(0) + tap * pace));
  const least = Math.min(...spots);
  return { pace, maps: maps.map((map) => (step) => map(step) - least), wide: Math.max(...spots) - least + 1 };
}
function scaled(start, pace) {
  return (step) => start + pace * step;
}
function ends(row) {
  const half = Math.ceil(row.cells.length / 2);
  const head = row.left_out ? half : row.cells.length;
  return (step) => (step < head ? step : step - row.left_out + HOLE);
}

function stuckTaps(stuck) {
  return Array.from(
    { length: Math.min(stuck.size, MOST_TAPS) },
    (_, tap) => tap * stuck.dilation_rate,
  ).filter((at) => at < stuck.steps + MOST_TAPS);
}

// ---- drawing ----------------------------------------------------------------------------------------------
function drawSliding(root) {
  const state = root.sliding;
  const { data } = state;
  root.drawn = root.clientWidth;
  if (!data.rows.length) {
    render(root, h("p", { class: "said" }, data.text));
    return;
  }
  const at = state.over || state.at;
  const { maps, wide, pace } = places(data);
  const unit = Math.max(CELL.least, Math.min(CELL.most, (root.clientWidth - 4) / wide));
  const x = (r, step) => Math.round((maps[r](step) + 0.5) * unit * 10) / 10 + 1;
  const titles = data.rows.map((row) => packedTitle(row, root.clientWidth));
  const tops = [8 + titles[0].length * ROW.line];
  for (let r = 1; r < titles.length; r += 1) tops.push(footOf(titles, tops, r - 1) + ROW.link);
  const y = (r) => tops[r];
  const frame = {
    data,
    x,
    y,
    unit,
    pace,
    titles,
    tops,
    wide: unit * CELL.share,
    at,
    fed: fedBy(data, at),
    root,
  };
  const height =
    footOf(titles, tops, titles.length - 1) + (data.stuck ? ROW.link + CELL.high + ROW.foot + ROW.line : 0);
  const width = Math.max(wide * unit + 2, root.clientWidth);
  const svg = s(
    "svg",
    {
      class: "slide",
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: "group",
      "aria-label": "steps of each layer; arrow keys move between them",
      onkeydown: (event) => moveFocus(root, event),
      onpointerleave: () => hover(root, null),
    },
    links(frame),
    zeros(frame),
    data.rows.map((row, r) => drawRow(frame, row, r)),
    data.stuck ? drawStuck(frame) : null,
  );
  render(root, [
    h("figure", { class: "sliding", "aria-label": data.text }, h("div", { class: "scroll" }, svg)),
    data.rows.length > 1
      ? h("p", { class: "said", "aria-live": state.timer ? "off" : "polite" }, sentence(data, at))
      : null,
    data.rows.length > 1 ? transport(root) : null,
    saveButtons(
      root,
      "sliding_kernel",
      () => root.querySelector(".slide"),
      () => data.text,
    ),
  ]);
  const slider = root.querySelector(".scrub");
  if (slider) slider.value = data.rows[state.at[0]].cells.findIndex((cell) => cell.step === state.at[1]);
}

// Where a row ends. The title of the first is above it, of all others below: so no link runs into a title.
function footOf(titles, tops, r) {
  return tops[r] + CELL.high + ROW.foot + (r ? titles[r].length * ROW.line : 0);
}

function drawRow({ x, y, wide, at, fed, root, unit, titles }, row, r) {
  const numbered = row.cells.every((cell) => String(number(cell.step)).length * 7.2 + 4 < wide);
  const [chosenRow, chosen] = root.sliding.at;
  const first = r ? y(r) + CELL.high + (numbered ? 19 : 30) : y(r) - 9 - (titles[r].length - 1) * ROW.line;
  return s(
    "g",
    { "data-key": `row ${r}` },
    titles[r].flatMap((parts, line) => titleLine(parts, first + line * ROW.line)),
    row.cells.map((cell) => {
      const lit = fed[r].has(cell.step);
      const here = at[0] === r && at[1] === cell.step;
      return s(
        "g",
        {
          "data-key": `${r}:${cell.step}`,
          "data-place": `${r}:${cell.step}`,
          class: `cell ax-blue${here ? " here" : lit ? " lit" : ""}`,
          role: "button",
          tabindex: chosenRow === r && chosen === cell.step ? 0 : -1,
          "aria-pressed": String(here),
          "aria-label": `step ${number(cell.step)} of ${row.layer}`,
          onpointerenter: (event) => {
            if (event.pointerType === "mouse") hover(root, [r, cell.step]);
          },
          onclick: () => choose(root, [r, cell.step]),
          onfocus: () => {
            if (String(root.sliding.at) !== String([r, cell.step])) choose(root, [r, cell.step]);
          },
        },
        s("rect", { x: x(r, cell.step) - wide / 2, y: y(r), width: wide, height: CELL.high, rx: 4 }),
        numbered ? s("text", { x: x(r, cell.step), y: y(r) + 19.5 }, number(cell.step)) : null,
      );
    }),
    row.left_out ? leftOut(row, r, x, y, unit) : null,
    numbered ? null : cornerNumbers(row, r, x, y, wide),
  );
}

// The layer, how its number of steps comes about, and what else there is to say, in as many lines as they
// need.
function packedTitle(row, room) {
  const [formula, ...rest] = row.notes;
  const summed = formula?.includes("=");
  const narrow = lengthOf([["who", row.title]]) > room;
  const words = narrow ? row.title.split(/(?<=,) /) : [row.title];
  const parts = [
    ...words.map((text) => ["who", text]),
    ["count ax-blue", summed ? formula : plural(row.steps, "step")],
    ...(summed ? rest : row.notes).map((note) => ["note", note]),
  ];
  /** @type {string[][][]} */
  const lines = [[]];
  for (const part of parts) {
    const line = lines[lines.length - 1];
    if (line.length && lengthOf([...line, part]) > room) lines.push([part]);
    else line.push(part);
  }
  return lines;
}

function lengthOf(parts) {
  return parts.reduce((sum, [, text]) => sum + text.length * 6.9 + 10, 0);
}

// A plate of paper under the words: the links run behind it.
function titleLine(parts, y) {
  const plate = s("rect", {
    class: "plate",
    "aria-hidden": "true",
    x: 0,
    y: y - 13,
    width: Math.round(lengthOf(parts)),
    height: ROW.line,
  });
  return [
    plate,
    s(
      "text",
      { class: "row-title", x: 1, y },
      parts.map(([name, text], i) => s("tspan", { class: name, dx: i ? 10 : null }, text)),
    ),
  ];
}

function leftOut(row, r, x, y, unit) {
  const head = row.cells[Math.ceil(row.cells.length / 2) - 1].step;
  return s(
    "g",
    { class: "gap" },
    s("text", { x: x(r, head) + unit * (HOLE / 2 + 0.5), y: y(r) + 13 }, "…"),
    s("text", { x: x(r, head) + unit * (HOLE / 2 + 0.5), y: y(r) + 28 }, number(row.left_out)),
  );
}

// Where numbers don't fit their cells: those at the ends, below.
function cornerNumbers(row, r, x, y, wide) {
  const half = Math.ceil(row.cells.length / 2);
  const spots = row.left_out
    ? [
        [0, "start"],
        [half - 1, "end"],
        [half, "start"],
        [row.cells.length - 1, "end"],
      ]
    : [
        [0, "start"],
        [row.cells.length - 1, "end"],
      ];
  return spots.map(([i, anchor]) =>
    s(
      "text",
      {
        class: "corner",
        "text-anchor": anchor,
        x: x(r, row.cells[i].step) + (anchor === "start" ? -wide / 2 : wide / 2),
        y: y(r) + CELL.high + 12,
      },
      number(row.cells[i].step),
    ),
  );
}

// Lines from each step that was read to the one that read it.
function links({ data, x, y, fed }) {
  const lines = [];
  for (let r = 1; r < data.rows.length; r += 1) {
    for (const cell of data.rows[r].cells) {
      if (!fed[r].has(cell.step)) continue;
      for (const tap of cell.taps) {
        if (fed[r - 1].has(tap) && cellAt(data.rows, r - 1, tap))
          lines.push([r, x(r - 1, tap), y(r - 1) + CELL.high, x(r, cell.step), y(r)]);
      }
    }
  }
  return s(
    "g",
    { "aria-hidden": "true" },
    lines.map(([r, x1, y1, x2, y2], i) =>
      s("path", {
        "data-key": `l${r}.${i}`,
        class: "link",
        d: hanging([x1, y1], [x2, y2]),
      }),
    ),
  );
}

// A curve that leaves one place downwards and arrives at the other from above.
function hanging([x1, y1], [x2, y2]) {
  return `M${x1} ${y1}C${x1} ${y1 + 30} ${x2} ${y2 - 36} ${x2} ${y2}`;
}

// The zeros under the kernel of the chosen step.
function zeros({ data, x, y, wide, at }) {
  if (!at[0] || !data.whole) return null;
  const cell = cellAt(data.rows, ...at);
  return s(
    "g",
    { "aria-hidden": "true" },
    cell.zeros.map((zero) =>
      s(
        "g",
        { class: "zero" },
        s("rect", {
          x: x(at[0] - 1, zero) - wide / 2,
          y: y(at[0] - 1),
          width: wide,
          height: CELL.high,
          rx: 4,
        }),
        s("text", { x: x(at[0] - 1, zero), y: y(at[0] - 1) + 19.5 }, "0"),
        s("path", {
          class: "link",
          d: hanging([x(at[0] - 1, zero), y(at[0] - 1) + CELL.high], [x(...at), y(at[0])]),
        }),
      ),
    ),
  );
}

// The kernel that found no place, held against the steps that are there.
function drawStuck({ data, x, y, unit, pace, wide, titles, tops }) {
  const { stuck, rows } = data;
  const last = rows.length - 1;
  const top = footOf(titles, tops, last) + ROW.link;
  const left = x(last, 0);
  return s(
    "g",
    { class: "stuck" },
    stuckTaps(stuck).map((tap) => {
      const stands = tap < stuck.steps;
      const middle = left + tap * pace * unit;
      return s(
        "g",
        { class: stands ? "tap" : "tap off" },
        stands && !rows[last].left_out
          ? s("path", { class: "link", d: `M${middle} ${y(last) + CELL.high}V${top}` })
          : null,
        s("rect", { x: middle - wide / 2, y: top, width: wide, height: CELL.high, rx: 4 }),
        stands ? null : s("path", { class: "cross", d: `M${middle - 5} ${top + 10}l10 10m0 -10l-10 10` }),
      );
    }),
    titleLine([["bad", toldStuck(stuck)]], top + CELL.high + 19),
  );
}

function toldStuck({ layer, size_name, size, reach, steps }) {
  const spans = reach === size ? "" : ` spans ${number(reach)} steps`;
  return `${layer}: ${size_name} ${number(size)}${spans}, but only ${plural(steps, "step")}`;
}

// ---- moving about -----------------------------------------------------------------------------------------
function choose(root, at) {
  root.sliding.at = at;
  root.sliding.over = null;
  drawSliding(root);
}

function hover(root, at) {
  if (root.sliding.timer || String(root.sliding.over) === String(at)) return;
  root.sliding.over = at;
  drawSliding(root);
}

function along(root, by) {
  const {
    data,
    at: [row, step],
  } = root.sliding;
  const { cells } = data.rows[row];
  return cells[cells.findIndex((cell) => cell.step === step) + by]?.step;
}

function go(root, by) {
  const next = along(root, by);
  if (next !== undefined) choose(root, [root.sliding.at[0], next]);
  if (along(root, by) === undefined && root.sliding.timer) {
    pauseSliding(root);
    drawSliding(root);
  }
}

function pauseSliding(root) {
  if (!root.sliding?.timer) return;
  clearInterval(root.sliding.timer);
  root.sliding.timer = 0;
}

function togglePlay(root) {
  if (root.sliding.timer) pauseSliding(root);
  else {
    if (along(root, 1) === undefined)
      root.sliding.at = [root.sliding.at[0], root.sliding.data.rows[root.sliding.at[0]].cells[0].step];
    root.sliding.over = null;
    root.sliding.timer = setInterval(() => {
      if (root.isConnected) go(root, 1);
      else pauseSliding(root);
    }, BEAT);
  }
  drawSliding(root);
}

// Along the row where the kernel was left: by buttons, by the slider, by arrow keys on either.
function transport(root) {
  const {
    data,
    at: [row, step],
    timer,
  } = root.sliding;
  const { cells, layer } = data.rows[row];
  const here = cells.findIndex((cell) => cell.step === step);
  const last = cells.length - 1;
  const to = (place) => {
    pauseSliding(root);
    choose(root, [row, cells[place].step]);
  };
  const play = playButton(timer, last ? () => togglePlay(root) : null);
  return h(
    "div",
    { class: "moves", onkeydown: (event) => stepperKeys(event, here, last, to) },
    stepper(`step of ${layer}`, here, last, `step ${number(step)} of ${layer}`, to, play),
  );
}

// Left and right along a row, up and down between rows, to the step that stands nearest.
function moveFocus(root, event) {
  const {
    data,
    at: [row, step],
  } = root.sliding;
  const { cells } = data.rows[row];
  const here = cells.findIndex((cell) => cell.step === step);
  const across = (other) => {
    if (!data.rows[other]) return null;
    const { maps } = places(data);
    const near = [...data.rows[other].cells].sort(
      (a, b) =>
        Math.abs(maps[other](a.step) - maps[row](step)) - Math.abs(maps[other](b.step) - maps[row](step)),
    );
    return [other, near[0].step];
  };
  const to = (cell) => cell && [row, cell.step];
  const next = {
    ArrowLeft: () => to(cells[here - 1]),
    ArrowRight: () => to(cells[here + 1]),
    Home: () => to(cells[0]),
    End: () => to(cells[cells.length - 1]),
    ArrowUp: () => across(row - 1),
    ArrowDown: () => across(row + 1),
  }[event.key]?.();
  if (!next) return;
  event.preventDefault();
  choose(root, next);
  root.querySelector(`[data-place="${next[0]}:${next[1]}"]`).focus();
}
