// @ts-check
// Step through time: the real calls of a recurrent cell, stepped through without asking the server.
// Data from views/calls.py: `table` holds texts of numbers, a call holds indices into it.

const BEAT = 900; // ms between two calls while playing
/** @type {[string, string[]][]} */
const SECTIONS = [
  ["input", ["inputs", "states"]],
  ["inside the cell, recomputed in NumPy", ["gates"]],
  ["output", ["new_states", "outputs"]],
];
const HOW_TO_CHOOSE = "choose a timestep with the slider";
const ORDER = ["inputs", "states", "gates", "outputs", "new_states"]; // of the indices in a call

/** @param {Component} component */
export default function ({ data: [data], parentElement }) {
  const root = mount(parentElement, "calls");
  const before = root.calls;
  root.calls = {
    layer: 0,
    row: 0,
    at: 0,
    memory: 0,
    timer: 0,
    ...before,
    data,
    tensors: data.layers.map((layer) => tensorsOf(layer, data.shapes)),
  };
  keepPlace(root.calls, before);
  watchWidth(root, drawCalls);
  drawCalls(root);
}

// After a rerun: the same layer, sequence and timestep where they still exist, else the nearest.
function keepPlace(state, before) {
  const { layers } = state.data;
  if (!layers.length) return;
  const old = before?.data.layers[before.layer];
  state.layer = Math.max(
    0,
    layers.findIndex((layer) => layer.name === old?.name),
  );
  const layer = layers[state.layer];
  const probe = (l, at) => l.probes.includes(at);
  const kept = old
    ? layer.timesteps.findIndex(
        (t, at) => t === old.timesteps[before.at] && probe(layer, at) === probe(old, before.at),
      )
    : firstStep(layer);
  state.at = kept >= 0 ? kept : Math.min(state.at, layer.calls.length - 1);
  state.row = Math.min(state.row, Math.max(layer.rows - 1, 0));
  state.memory = Math.min(state.memory, Math.max(layer.groups.new_states.length - 1, 0));
}

function firstStep(layer) {
  return Math.max(
    0,
    layer.timesteps.findIndex((_, at) => !layer.probes.includes(at)),
  );
}

// Every tensor of a layer with its place among the indices of a call.
function tensorsOf(layer, shapes) {
  let place = 0;
  return Object.fromEntries(
    ORDER.map((group) => [
      group,
      layer.groups[group].map((tensor) => ({
        ...tensor,
        shape: shapes[tensor.shape],
        group,
        place: place++,
      })),
    ]),
  );
}

// The numbers of a tensor in one call: rows of {text, value}; a (batch, columns) tensor has one row, that of
// the sequence.
function valuesOf(state, tensor, at) {
  const indices = state.data.layers[state.layer].calls[at].split(" ")[tensor.place].split(",");
  const text = state.data.table[indices[Math.min(state.row, indices.length - 1)]] || "";
  return text.split("|").map((row) =>
    row
      .split(" ")
      .filter(Boolean)
      .map((word) => ({ word, value: Number(word) })),
  );
}

// ---- moving about -----------------------------------------------------------------------------------------
function go(root, at) {
  const state = root.calls;
  const last = state.data.layers[state.layer].calls.length - 1;
  state.at = Math.max(0, Math.min(last, at));
  if (state.at === last) pause(state);
  drawCalls(root);
}

function pause(state) {
  clearInterval(state.timer);
  state.timer = 0;
}

function togglePlay(root) {
  const state = root.calls;
  if (state.timer) {
    pause(state);
    drawCalls(root);
    return;
  }
  const last = state.data.layers[state.layer].calls.length - 1;
  if (state.at >= last) state.at = 0;
  state.timer = setInterval(() => {
    if (root.isConnected) go(root, root.calls.at + 1);
    else pause(root.calls);
  }, BEAT);
  drawCalls(root);
}

function keys(root, event) {
  const state = root.calls;
  const target = event.target;
  if (event.ctrlKey || event.metaKey || event.altKey || target.closest(".pills")) return;
  const to = { ArrowLeft: state.at - 1, ArrowRight: state.at + 1, Home: 0, End: Infinity }[event.key];
  const onCell = target.matches(".cell");
  if (to !== undefined && target.type !== "range") {
    event.preventDefault();
    pause(state);
    go(root, to);
  } else if (event.key === " " && (onCell || target.type === "range")) {
    event.preventDefault();
    togglePlay(root);
  } else return;
  if (onCell) root.querySelector(".cell.now")?.focus({ preventScroll: true });
}

// ---- the page ---------------------------------------------------------------------------------------------
function drawCalls(root) {
  const state = root.calls;
  const layer = state.data.layers[state.layer];
  root.drawn = root.clientWidth;
  if (!layer) {
    render(root, h("p", { class: "note" }, state.data.text));
    return;
  }
  render(root, folded(root, state.data, layer, run(root, layer)));
  root.querySelector(".scrub").value = state.at; // the attribute alone doesn't move a slider that was touched
  reach(root);
}

// Behind one line, where the page's own picture has already gone through the sequence.
function folded(root, data, layer, drawn) {
  if (!data.folded) return drawn;
  const calls = layer.calls_made;
  return h(
    "details",
    { class: "fold", ontoggle: () => reach(root) },
    h(
      "summary",
      null,
      `${number(calls)} ${calls === 1 ? "call" : "calls"} of `,
      h("b", null, layer.cell),
      ": what each is given, computes and returns",
    ),
    drawn,
  );
}

function run(root, layer) {
  const state = root.calls;
  return h(
    "section",
    { class: "calls", "aria-label": "Step through time", onkeydown: (event) => keys(root, event) },
    choices(root, layer),
    strip(root, layer),
    transport(root, layer),
    h("p", { class: "contract" }, contract(layer)),
    h("div", { class: "halves" }, pane(state), memory(root, layer)),
    h(
      "div",
      { class: "foot" },
      [state.data.checked, layer.key, ...state.data.notes]
        .filter(Boolean)
        .map((note) => h("p", { class: "note" }, note)),
    ),
    h("p", { class: "hush" }, state.data.text),
  );
}

function choices(root, layer) {
  const state = root.calls;
  const choose = (name, value) => {
    pause(state);
    const from = { ...state };
    state[name] = Number(value);
    if (name === "layer") stay(state, from);
    drawCalls(root);
  };
  const several = state.data.layers.length > 1;
  const parts = [
    several
      ? h(
          "div",
          { class: "choice" },
          h("span", { class: "soft" }, "layer"),
          pills(
            "Layer",
            state.data.layers.map(({ name }, id) => ({ id, text: name })),
            state.layer,
            (id) => choose("layer", id),
          ),
        )
      : null,
    layer.rows > 1
      ? h(
          "div",
          { class: "choice" },
          h("span", { class: "soft" }, "sequence"),
          pills(
            "Sequence of the batch",
            Array.from({ length: layer.rows }, (_, id) => ({ id, text: String(id) })),
            state.row,
            (id) => choose("row", id),
          ),
        )
      : null,
  ].filter(Boolean);
  return parts.length ? h("div", { class: "choices" }, parts) : null;
}

// Another layer: the same timestep of it.
function stay(state, from) {
  const old = state.data.layers[from.layer];
  const layer = state.data.layers[state.layer];
  const same = layer.timesteps.findIndex(
    (t, at) => t === old.timesteps[from.at] && layer.probes.includes(at) === old.probes.includes(from.at),
  );
  state.at = same >= 0 ? same : firstStep(layer);
  state.row = Math.min(state.row, Math.max(layer.rows - 1, 0));
  state.memory = 0;
}

// ---- the unrolled chain -----------------------------------------------------------------------------------
function strip(root, layer) {
  const { at: now } = root.calls;
  const read = root.calls.tensors[root.calls.layer].inputs[0]?.shape.at(-1);
  const cells = layer.timesteps.map((t, at) => {
    const probe = layer.probes.includes(at);
    const name = probe ? "probe" : `t=${t}`;
    const link = at ? linkBefore(layer, at) : null;
    return [
      link,
      h(
        "button",
        {
          type: "button",
          class: `cell${probe ? " probe" : ""}${at === now ? " now" : at > now ? " later" : ""}`,
          "data-key": `cell${at}`,
          tabindex: at === now ? "0" : "-1",
          "aria-current": at === now ? "step" : null,
          "aria-label": probe ? "probe, before the sequence" : `timestep ${t}`,
          onclick: () => {
            pause(root.calls);
            go(root, at);
          },
        },
        s(
          "svg",
          { width: 46, height: 58, "aria-hidden": "true" },
          s("rect", {
            class: `x ${read ? axisClass(read.axis) : ""}`,
            x: 16.5,
            y: 1,
            width: 13,
            height: 13,
            rx: 2,
          }),
          s("path", { class: "arrow", d: "M23,15V23M20,20.5L23,24L26,20.5" }),
          s("rect", { class: "box", x: 1.5, y: 26, width: 43, height: 30, rx: 6 }),
          s("text", { x: 23, y: 45, "text-anchor": "middle" }, "cell"),
        ),
        h("span", { class: "t" }, name),
      ),
    ];
  });
  return h("div", { class: "strip" }, cells);
}

function linkBefore(layer, at) {
  const apart = layer.probes.includes(at - 1) || layer.probes.includes(at);
  const next = Math.abs(layer.timesteps[at] - layer.timesteps[at - 1]) === 1;
  const mark = apart
    ? null
    : next
      ? s("path", { class: "arrow", d: "M0,41H13M9.5,37.5L14,41L9.5,44.5" })
      : s("text", { x: 7, y: 45, "text-anchor": "middle" }, "…");
  return s(
    "svg",
    { class: "link", width: 14, height: 58, "aria-hidden": "true", "data-key": `link${at}` },
    mark,
  );
}

// Scroll the strip so that the current cell is in sight, and only then.
function reach(root) {
  const box = root.querySelector(".strip");
  const cell = root.querySelector(".cell.now");
  const left = cell.offsetLeft - box.offsetLeft;
  const away = left < box.scrollLeft + 60 || left + cell.offsetWidth > box.scrollLeft + box.clientWidth - 60;
  if (!away || box.scrollWidth <= box.clientWidth) return;
  const smooth = box.seen && !reducedMotion() ? "smooth" : "instant";
  box.seen = true;
  box.scrollTo({ left: left - box.clientWidth / 2 + cell.offsetWidth / 2, behavior: smooth });
}

function transport(root, layer) {
  const state = root.calls;
  const last = layer.calls.length - 1;
  const probe = layer.probes.includes(state.at);
  const press = (text, act, off) =>
    h(
      "button",
      { type: "button", class: "press", "aria-disabled": off ? "true" : null, onclick: off ? null : act },
      text,
    );
  const step = (to) => () => {
    pause(state);
    go(root, to);
  };
  const where = probe ? "probe" : `t = ${layer.timesteps[state.at]}`;
  const [kept, made] = [layer.calls.length, layer.calls_made];
  const count = `call ${state.at + 1} of ${kept}${made > kept ? ` shown, ${number(made)} made` : ""}`;
  return h(
    "div",
    { class: "transport" },
    h(
      "div",
      { class: "presses", role: "group", "aria-label": "Steps" },
      press("First", step(0), state.at === 0),
      press("Back", step(state.at - 1), state.at === 0),
      press("Next", step(state.at + 1), state.at === last),
      h(
        "button",
        { type: "button", class: "press play", onclick: () => togglePlay(root) },
        state.timer ? "Pause" : "Play",
      ),
    ),
    h("input", {
      type: "range",
      class: "scrub",
      min: "0",
      max: String(last),
      step: "1",
      "aria-label": "Call",
      "aria-valuetext": `${where}, ${count}`,
      oninput: (event) => {
        pause(state);
        go(root, Number(event.currentTarget.value));
      },
    }),
    h(
      "p",
      { class: "where", "aria-live": state.timer ? "off" : "polite" },
      h("b", null, where),
      ` · ${count}`,
      probe
        ? h(
            "span",
            { class: "soft" },
            `: Keras tries the cell on timestep ${layer.timesteps[state.at]} to learn its output, `,
            "and throws the result away.",
          )
        : state.at === firstStep(layer) && layer.probes.length
          ? h(
              "span",
              { class: "soft" },
              `: ${layer.probes.length > 1 ? "the calls before it are probes" : "call 1 is the probe"}. `,
              "Keras tries the cell before the sequence, to learn what it returns.",
            )
          : null,
    ),
  );
}

// ---- what one call takes and gives ------------------------------------------------------------------------
function pane(state) {
  const tensors = state.tensors[state.layer];
  const out = valuesKey(state, tensors.new_states);
  return h(
    "div",
    { class: "pane" },
    SECTIONS.map(([title, groups]) => {
      const members = groups.flatMap((group) => tensors[group]);
      if (!members.length) return null;
      const alike =
        groups[0] === "gates" && members.every(({ shape }) => sizesOf(shape) === sizesOf(members[0].shape));
      return h(
        "section",
        { class: "part", "data-key": title, "aria-label": title },
        h(
          "p",
          { class: "title" },
          title,
          alike ? h("span", { class: "soft" }, ", each ", shapeOf(members[0].shape.slice(1))) : null,
        ),
        members.map((tensor) => line(state, tensor, out, alike)),
      );
    }),
  );
}

function sizesOf(shape) {
  return shape.map(({ axis, size }) => `${axis} ${size}`).join();
}

// "y_t, [h_t, c_t] = cell(x_t, [h_t-1, c_t-1])": the call as Keras makes it, in the names of this cell. A
// tensor that the cell takes apart is written as what is packed in it: "packed(x_t, latent)".
function contract(layer) {
  const list = (tensors) => tensors.map(({ name }, i) => [i ? ", " : "", symbols(name)]);
  const all = (group) => {
    const [whole, ...pieces] = layer.groups[group];
    return whole?.name.endsWith(", packed") ? ["packed(", list(pieces), ")"] : list(layer.groups[group]);
  };
  return [
    all("outputs"),
    ", [",
    all("new_states"),
    "] = ",
    h("b", null, layer.cell),
    "(",
    all("inputs"),
    ", [",
    all("states"),
    "])",
  ];
}

// Which new state has the very same numbers as an output: "y_t" is usually h_t.
function valuesKey(state, states) {
  const words = state.data.layers[state.layer].calls[state.at].split(" ");
  return new Map(states.map((tensor) => [words[tensor.place], tensor.name]));
}

function line(state, tensor, out, alike) {
  const indices = state.data.layers[state.layer].calls[state.at].split(" ")[tensor.place];
  const twin = tensor.group === "outputs" ? out.get(indices) : undefined;
  const rows = valuesOf(state, tensor, state.at);
  const scale = scaleOf(state, tensor);
  const more = (tensor.shape.at(-1)?.size || 0) - (rows[0]?.length || 0);
  return h(
    "div",
    { class: "line", "data-key": `${tensor.group} ${tensor.name}` },
    h(
      "div",
      { class: "label" },
      h("b", null, symbols(tensor.name)),
      alike
        ? null
        : [
            " ",
            h(
              "span",
              { class: "soft" },
              shapeOf(tensor.group === "gates" ? tensor.shape.slice(1) : tensor.shape),
            ),
          ],
      tensor.formula ? h("span", { class: "formula" }, "= ", symbols(tensor.formula)) : null,
    ),
    twin
      ? h("p", { class: "twin" }, "the same numbers as ", symbols(twin))
      : h(
          "div",
          { class: "values" },
          rows.map((row) =>
            h(
              "div",
              { class: "cells" },
              row.map((number) => valueCell(number, scale)),
              more > 0 && rows.length === 1 ? h("span", { class: "more" }, `${more} more`) : null,
            ),
          ),
        ),
  );
}

// "(6 batch, 5 units)": each number with its origin, each with its name.
function shapeOf(shape) {
  return h(
    "span",
    { class: "shape" },
    "(",
    shape.map((axis, i) => [
      i ? ", " : "",
      originNumber(axis),
      h("span", { class: `ax ${axisClass(axis.axis)}` }, ` ${singular(axis.axis, axis.size)}`),
    ]),
    ")",
  );
}

// x_t, h_t-1 and W_i with their subscripts.
function symbols(text) {
  return text
    .split(/_(t[-−]1|[a-z])(?![a-z])/)
    .map((part, i) => (i % 2 ? h("sub", null, part.replace("-", "−")) : part));
}

function valueCell({ word, value }, scale) {
  const bad = !Number.isFinite(value);
  return h(
    "span",
    {
      class: `value${bad ? " bad" : ""}`,
      title: bad ? null : signed(value, 3),
      style: bad ? {} : tint("background", value, scale),
    },
    bad ? word : signed(value, 2),
  );
}

// Two decimals; more where that would be 0.00, fewer where the number is large.
// The largest size that this tensor has in any call: its full colour.
function scaleOf(state, tensor) {
  const calls = state.data.layers[state.layer].calls;
  const sizes = calls
    .flatMap((_, at) => valuesOf(state, tensor, at).flat())
    .map(({ value }) => Math.abs(value))
    .filter(Number.isFinite);
  return Math.max(0.2, ...sizes);
}

// ---- memory along time ------------------------------------------------------------------------------------
function memory(root, layer) {
  const state = root.calls;
  const states = state.tensors[state.layer].new_states;
  const tensor = states[state.memory];
  const steps = layer.timesteps.map((t, at) => ({ t, at })).filter(({ at }) => !layer.probes.includes(at));
  if (!tensor || !steps.length) return null;
  const columns = steps.map(({ at }) => valuesOf(state, tensor, at)[0]);
  const units = Math.max(...columns.map((column) => column.length));
  if (!units) return null;
  const choose = (id) => {
    state.memory = Number(id);
    drawCalls(root);
  };
  return h(
    "section",
    { class: "memory", "aria-label": "Memory along time" },
    h(
      "div",
      { class: "choice" },
      h("p", { class: "title" }, "memory along time"),
      states.length > 1
        ? pills(
            "State",
            states.map(({ name }, id) => ({ id, text: symbols(name) })),
            state.memory,
            choose,
          )
        : h("b", null, symbols(tensor.name)),
    ),
    heat(root, { steps, columns, units, tensor }),
    saveButtons(
      root,
      `memory_${state.data.layers[state.layer].name}`,
      () => root.querySelector(".heat"),
      () => `${tensor.name} along time`,
    ),
  );
}

function heat(root, { steps, columns, units, tensor }) {
  const state = root.calls;
  const [left, top] = [58, 2];
  const beside = root.clientWidth >= 980; // the stylesheet puts it beside the values then
  const frame = root.calls.data.folded ? 34 : 0; // what is folded has a border and air around it
  const room = (beside ? 420 : Math.max(root.clientWidth - frame, 240)) - left - 4;
  const wide = Math.min(52, room / steps.length);
  const tall = units > 8 ? 16 : 22;
  const scale = scaleOf(state, tensor);
  const apart = Math.ceil(26 / wide); // columns between two labels
  const width = left + wide * steps.length + 4;
  const height = top + tall * units + 20;
  const here = steps.findIndex(({ at }) => at === state.at);
  const axis = tensor.shape.at(-1)?.axis || "value";
  // "unit 0", where it fits
  const one = axis.length <= 8 && axis.endsWith("s") ? `${axis.slice(0, -1)} ` : "";
  const jump = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    // also in large type
    const column = Math.floor(((event.clientX - box.left) * (width / box.width) - left) / wide);
    if (steps[column]) {
      pause(state);
      go(root, steps[column].at);
    }
  };
  const words = columns.flatMap((column, i) =>
    column.map((value, unit) => heatCell(value, left + i * wide, top + unit * tall, wide, tall, scale)),
  );
  return s(
    "svg",
    {
      class: "heat",
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-label": `${tensor.name} of ${units} ${axis} over ${steps.length} timesteps; ${HOW_TO_CHOOSE}`,
      onclick: jump,
    },
    wide < 14
      ? Array.from({ length: units }, (_, unit) =>
          s("line", {
            class: "zero",
            x1: left,
            x2: width - 4,
            y1: top + (unit + 0.5) * tall,
            y2: top + (unit + 0.5) * tall,
          }),
        )
      : null,
    words,
    Array.from({ length: units }, (_, unit) =>
      s(
        "text",
        { class: "tick", x: left - 6, y: top + unit * tall + tall / 2 + 4, "text-anchor": "end" },
        unit ? String(unit) : `${one}0`,
      ),
    ),
    steps.map(({ t }, i) =>
      i % apart
        ? null
        : s(
            "text",
            {
              class: `tick${i === here ? " here" : ""}`,
              x: left + (i + 0.5) * wide,
              y: height - 5,
              "text-anchor": "middle",
            },
            i ? String(t) : `t=${t}`,
          ),
    ),
    here >= 0
      ? s("rect", {
          class: "mark",
          x: left + here * wide - 1,
          y: top - 1,
          width: wide + 2,
          height: tall * units + 2,
          rx: 2,
        })
      : null,
  );
}

// Never colour alone: its number where there is room, else a minus sign where negative; in narrow columns
// bars up or down.
function heatCell({ word, value }, x, y, wide, tall, scale) {
  const bad = !Number.isFinite(value);
  const narrow = wide < 14;
  const number = signed(value, 2);
  const text = bad
    ? wide >= 26
      ? word
      : "!"
    : number.length * 6.2 + 4 <= wide
      ? number
      : value < 0 && !narrow
        ? "−"
        : "";
  const bar = narrow && !bad ? Math.max(0.5, Math.min(1, Math.abs(value) / scale) * (tall / 2 - 1)) : 0;
  const middle = y + tall / 2;
  return [
    narrow && !bad
      ? s("rect", {
          class: value < 0 ? "down" : "up",
          x,
          y: value < 0 ? middle : middle - bar,
          width: Math.max(wide - 1, 1),
          height: bar,
        })
      : s("rect", {
          class: bad ? "bad" : "",
          x,
          y,
          width: Math.max(wide - 1, 1),
          height: tall - 1,
          style: bad ? {} : tint("fill", value, scale),
        }),
    text
      ? s(
          "text",
          { class: bad ? "bad" : "", x: x + wide / 2 - 0.5, y: middle + 4, "text-anchor": "middle" },
          text,
        )
      : null,
  ];
}
