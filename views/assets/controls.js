// @ts-check
// The column of dims. data: see views/controls.py. What is typed here stays until the server has answered to
// it.

const DEBOUNCE = 120; // ms between the last change and the message to the server
const PATIENCE = 8000; // ms that a change waits for its echo before the server's value wins
const HOLD = { delay: 400, every: 60 };

// ---- checking, with the words of explainers/core/dims.py --------------------------------------------------
// {text} as the server will read it, or {problem}: the sentence that Python would write.
function check(field, typed) {
  const given = typed.trim();
  if (field.allows_none && ["none", "null", ""].includes(given.toLowerCase())) return { text: "None" };
  const digits = given.replace(/[,_ ]/g, "");
  const pattern = field.kind === "int" ? /^[+-]?\d{1,18}$/ : /^[+-]?\d{1,18}(\.\d{0,18})?(e[+-]?\d{1,2})?$/i;
  if (!pattern.test(digits)) return { problem: sentence(field, given) };
  const value = Number(digits);
  const nearest = nearestTo(field, value);
  if (nearest !== undefined) return { problem: sentence(field, given, nearest) };
  return { text: digits.replace(/^\+/, "") };
}

// The bound that a number is beyond; undefined where it is within both.
function nearestTo(field, value) {
  return value < field.min ? field.nearest[0] : value > field.max ? field.nearest[1] : undefined;
}

function sentence(field, given, nearest) {
  const quoted = given.length <= 40 ? given : `${given.slice(0, 40)}…`;
  const hint = nearest === undefined ? "" : ` The nearest that works is ${nearest}.`;
  return `${field.name}=${quoted} was given; it must be ${field.expected}.${hint}`;
}

function isNumber(field) {
  return field.kind === "int" || field.kind === "float";
}

function alike(field, a, b) {
  return (
    a === b || (isNumber(field) && a !== "None" && b !== "None" && a.trim() !== "" && Number(a) === Number(b))
  );
}

// ---- what is typed, what is sent --------------------------------------------------------------------------
// root.mine[name]: {typed, text, since} for a change under way, {typed, problem, base} for one that can't
// stand, {typed, base, unfinished} for an empty field.
function shown(root, field) {
  const mine = root.mine[field.name];
  if (mine) return { typed: mine.typed, text: mine.text, problem: mine.problem || "" };
  if (field.problem) return { typed: field.typed, text: undefined, problem: field.problem };
  return { typed: field.text, text: field.text, problem: "" };
}

function settle(root) {
  const now = performance.now();
  for (const field of root.data.fields) {
    const mine = root.mine[field.name];
    if (!mine) continue;
    const refused = field.problem && alike(field, field.typed, mine.typed);
    const answered = mine.problem
      ? !alike(field, field.text, mine.base)
      : refused || alike(field, field.text, mine.text);
    if (answered || (!mine.problem && now - mine.since >= PATIENCE)) delete root.mine[field.name];
  }
}

// An empty field is not judged before it is left: one clears a number to type another.
function change(root, field, typed, { at = "once", unfinished = false } = {}) {
  const result = isNumber(field) ? check(field, typed) : { text: typed };
  const base = root.mine[field.name]?.base ?? field.text;
  if (unfinished) root.mine[field.name] = { typed, base, unfinished };
  else if (result.problem) root.mine[field.name] = { typed, problem: result.problem, base };
  else root.mine[field.name] = { typed, text: result.text, since: performance.now(), base };
  redraw(root);
  if (unfinished) return;
  if (!result.problem) schedule(root, at === "once" ? 0 : DEBOUNCE);
}

function schedule(root, wait) {
  clearTimeout(root.timer);
  if (wait) root.timer = setTimeout(() => send(root), wait);
  else send(root);
}

function send(root) {
  const values = valuesOf(root.data);
  for (const field of root.data.fields)
    values[field.name] = root.mine[field.name]?.text ?? values[field.name];
  put(root, values);
}

function put(root, values) {
  clearTimeout(root.timer);
  root.timer = 0;
  const message = JSON.stringify(values);
  if (message === root.sent) return;
  root.sent = message;
  // the same dims again are a message, too
  root.setStateValue("values", { ...values, "#": String(Date.now()) });
  clearTimeout(root.echo);
  // No answer came: the value gives way, and may be sent once more.
  root.echo = setTimeout(() => {
    root.sent = null;
    settle(root);
    redraw(root);
  }, PATIENCE + 50);
}

function choosePreset(root, name) {
  clearTimeout(root.timer);
  root.mine = {};
  root.sent = null;
  root.setTriggerValue("preset", name);
}

// ---- back again -------------------------------------------------------------------------------------------
// Whatever changed the dims (a field, an example, a fix elsewhere on the page): those from before are kept.
const MOST_KEPT = 50;

function valuesOf({ kept, fields }) {
  const values = { ...kept, ...Object.fromEntries(fields.map((field) => [field.name, field.text])) };
  return Object.fromEntries(Object.entries(values).sort()); // a field that folds away changes no order
}

function remember(root) {
  const now = valuesOf(root.data);
  const moved = root.values && JSON.stringify(root.values) !== JSON.stringify(now);
  if (!root.values) Object.assign(root, { first: now, past: [] });
  else if (moved && !root.goingBack) root.past = [...root.past, root.values].slice(-MOST_KEPT);
  if (moved) root.goingBack = false;
  root.values = now;
}

function goBack(root, values) {
  root.mine = {};
  root.sent = null;
  redraw(root);
  put(root, values);
}

function undo(root) {
  const typedBadly = Object.keys(root.mine).length || root.data.fields.some((field) => field.problem);
  const values = typedBadly ? root.values : root.past.pop();
  root.goingBack = !typedBadly;
  goBack(root, values);
}

function backNode(root) {
  const bad = root.data.fields.some((field) => field.problem || root.mine[field.name]?.problem);
  const moved = JSON.stringify(root.values) !== JSON.stringify(root.first);
  const button = (text, label, off, act) =>
    h(
      "button",
      {
        type: "button",
        class: "back",
        "aria-label": label,
        "aria-disabled": off ? "true" : null,
        onclick: off ? null : act,
      },
      text,
    );
  return h(
    "span",
    { class: "backs" },
    button("Undo", "Undo the last change of a dim", !bad && !root.past.length, () => undo(root)),
    button("Reset", "Reset to the dims that this page opened with", !bad && !moved, () =>
      goBack(root, root.first),
    ),
  );
}

// ---- stepping ---------------------------------------------------------------------------------------------
function stride(field) {
  return field.kind === "int" ? 1 : 10 ** Math.floor(Math.log10((field.max - field.min) / 20));
}

function stepBy(root, field, direction, times, at) {
  const now = shown(root, field);
  const start = now.text !== undefined && now.text !== "None" ? Number(now.text) : null;
  const fresh = field.default !== "None" ? Number(field.default) : field.min;
  const raw = start === null ? fresh : start + direction * times * stride(field);
  const kept = Math.min(Math.max(raw, field.min), field.max);
  change(root, field, String(Number(kept.toPrecision(12))), { at });
}

// A button that steps once, and goes on while it is held.
function press(root, field, direction, label, drawing) {
  const stop = () => {
    if (!root.holding) return;
    clearTimeout(root.holding);
    root.holding = 0;
    if (root.timer) send(root);
  };
  const go = (times, wait) => {
    stepBy(root, fieldNow(root, field), direction, times, "debounced");
    root.holding = setTimeout(() => go(times, HOLD.every), wait);
  };
  return h(
    "button",
    {
      type: "button",
      class: "press",
      tabindex: -1,
      "aria-label": label,
      onpointerdown: (event) => {
        if (event.button === 0) {
          event.preventDefault();
          go(event.shiftKey ? 10 : 1, HOLD.delay);
        }
      },
      onpointerup: stop,
      onpointerleave: stop,
      onpointercancel: stop,
      oncontextmenu: (event) => event.preventDefault(),
      onclick: (event) => {
        if (event.detail === 0) stepBy(root, fieldNow(root, field), direction, 1, "once");
      },
    },
    drawing,
  );
}

function fieldNow(root, field) {
  return root.data.fields.find((each) => each.name === field.name) || field;
}

// ---- drawing ----------------------------------------------------------------------------------------------
function icon(d) {
  return s(
    "svg",
    {
      viewBox: "0 0 16 16",
      "aria-hidden": "true",
      fill: "none",
      stroke: "currentColor",
      "stroke-width": 1.6,
      "stroke-linecap": "round",
    },
    s("path", { d }),
  );
}
const MINUS = "M3 8h10";
const PLUS = "M3 8h10M8 3v10";
const INFO = "M8 1.2a6.8 6.8 0 1 0 0 13.6a6.8 6.8 0 1 0 0-13.6M8 7.2v4M8 4.6v.2";

// "return_attention_scores": a line may end behind an underscore, and only there.
function breakable(name) {
  return name.split(/(?<=_)/).flatMap((part, i) => (i ? [h("wbr"), part] : [part]));
}

function fieldNode(root, field) {
  const now = shown(root, field);
  const id = `f-${field.name}`;
  const about =
    field.help &&
    withHelp(
      h("button", { type: "button", class: "info", "aria-label": `About ${field.label}` }, icon(INFO)),
      field.help,
    );
  const caption =
    isNumber(field) || isSelect(field)
      ? h("label", { for: id }, breakable(field.label))
      : h("span", { id: `${id}-name` }, breakable(field.label));
  const made = {
    int: numberField,
    float: numberField,
    bool: switchField,
    choice: isSelect(field) ? selectField : segments,
  }[field.kind](root, field, now, id);
  const linked = { axis: field.axis, sources: field.sets };
  return h(
    "div",
    {
      class: [
        "field",
        field.axis && axisClass(field.axis),
        now.problem && "bad",
        field.kind === "choice" && "wide",
      ]
        .filter(Boolean)
        .join(" "),
      "data-key": field.name,
      "data-sources": field.sets.length ? field.sets.join(" ") : null,
      onfocusin: (event) => {
        if (!event.target.closest(".info")) announce("show", linked);
      },
      onfocusout: () => announce("clear"),
    },
    h("div", { class: "name" }, caption, about),
    made,
    now.problem ? problemNode(root, field, now, id) : null,
  );
}

// What is wrong, and the nearest number that works as a click.
function problemNode(root, field, { problem, typed }, id) {
  const nearest = isNumber(field) ? nearestTo(field, Number(typed.replace(/[,_ ]/g, ""))) : undefined;
  return h(
    "div",
    { "data-key": "problem" },
    h("p", { class: "problem", id: `${id}-problem`, role: "alert" }, problem),
    nearest === undefined
      ? null
      : h(
          "button",
          {
            type: "button",
            class: "preset nearest",
            onclick: () => change(root, fieldNow(root, field), nearest.replace(/,/g, "")),
          },
          `Use ${nearest}`,
        ),
  );
}

function numberField(root, field, now, id) {
  const value = now.text !== undefined && now.text !== "None" ? Number(now.text) : null;
  const isNone = now.text === "None";
  return h(
    "div",
    { class: "box" },
    h("input", {
      id,
      class: "text",
      type: "text",
      inputmode: field.kind === "int" ? "numeric" : "decimal",
      role: "spinbutton",
      autocomplete: "off",
      spellcheck: "false",
      "aria-valuemin": field.min,
      "aria-valuemax": field.max,
      "aria-valuenow": value,
      "aria-valuetext": isNone ? "None" : null,
      "aria-invalid": now.problem ? "true" : null,
      "aria-describedby": now.problem ? `${id}-problem` : null,
      oninput: (event) => {
        const typed = event.target.value;
        change(root, fieldNow(root, field), typed, {
          at: "debounced",
          unfinished: /^\s*[+-]?\s*$/.test(typed),
        });
      },
      onblur: (event) => finish(root, fieldNow(root, field), event.target.value),
      onkeydown: (event) => numberKey(root, fieldNow(root, field), event),
    }),
    field.allows_none
      ? h(
          "button",
          {
            type: "button",
            class: "none",
            "aria-pressed": String(isNone),
            "aria-label": `${field.label} None`,
            onclick: () =>
              change(
                root,
                fieldNow(root, field),
                isNone ? (field.default !== "None" ? field.default : String(field.min)) : "None",
              ),
          },
          "None",
        )
      : null,
    press(root, field, -1, `Less ${field.label}`, icon(MINUS)),
    press(root, field, 1, `More ${field.label}`, icon(PLUS)),
  );
}

// Leaving a field or pressing Enter: nothing waits any longer, and an empty field is judged too.
function finish(root, field, typed) {
  if (root.mine[field.name]?.unfinished) change(root, field, typed);
  if (root.timer) send(root);
}

function numberKey(root, field, event) {
  const times = event.shiftKey ? 10 : 1;
  const moves = { ArrowUp: [1, times], ArrowDown: [-1, times], PageUp: [1, 10], PageDown: [-1, 10] };
  if (event.key in moves) {
    event.preventDefault();
    stepBy(root, field, ...moves[event.key], "debounced");
  }
  if (event.key === "Enter") finish(root, field, event.target.value);
}

function switchField(root, field, now, id) {
  const isOn = now.text === "True";
  return h(
    "button",
    {
      type: "button",
      class: "box switch",
      role: "switch",
      "aria-checked": String(isOn),
      "aria-labelledby": `${id}-name`,
      onclick: () => change(root, fieldNow(root, field), isOn ? "False" : "True"),
    },
    isOn ? "True" : "False",
    h("span", { class: "track", "aria-hidden": "true" }),
  );
}

function isSelect(field) {
  return field.kind === "choice" && (field.choices.length > 4 || field.choices.join("").length > 26);
}

function segments(root, field, _now, id) {
  return h(
    "div",
    { class: "box segments", role: "radiogroup", "aria-labelledby": `${id}-name` },
    field.choices.map((option) =>
      h(
        "label",
        { "data-key": option },
        h("input", {
          type: "radio",
          name: field.name,
          value: option,
          onchange: () => change(root, fieldNow(root, field), option),
        }),
        h("span", {}, option),
      ),
    ),
  );
}

function selectField(root, field, _now, id) {
  return h(
    "div",
    { class: "box" },
    h(
      "select",
      { id, onchange: (event) => change(root, fieldNow(root, field), event.target.value) },
      field.choices.map((option) => h("option", { value: option }, option)),
    ),
  );
}

function presetsNode(root) {
  const { presets } = root.data;
  if (!presets.length) return h("div", { class: "caption", "data-key": "presets" }, backNode(root));
  const why = presets.find((preset) => preset.active)?.why;
  return h(
    "div",
    { "data-key": "presets", role: "group", "aria-label": "Try an example" },
    h("p", { class: "caption" }, "Try an example", backNode(root)),
    h(
      "div",
      { class: "presets" },
      presets.map((preset) =>
        h(
          "button",
          {
            type: "button",
            class: "preset",
            "data-key": preset.name,
            "aria-pressed": String(preset.active),
            onclick: () => choosePreset(root, preset.name),
          },
          preset.title,
        ),
      ),
    ),
    why ? h("p", { class: "why" }, why) : null,
  );
}

function redraw(root) {
  const { fields, notices } = root.data;
  const plain = fields.filter((field) => !field.advanced);
  const more = fields.filter((field) => field.advanced);
  render(
    root,
    h(
      "div",
      { class: "controls" },
      presetsNode(root),
      notices.map((notice) => h("p", { class: "notice", role: "status" }, notice)),
      h(
        "div",
        { class: "fields", "data-key": "plain" },
        plain.map((field) => fieldNode(root, field)),
      ),
      more.length
        ? h(
            "details",
            { "data-key": "more", open: more.some((field) => field.problem) },
            h("summary", {}, "More options"),
            h(
              "div",
              { class: "fields" },
              more.map((field) => fieldNode(root, field)),
            ),
          )
        : null,
    ),
  );
  for (const field of fields) showValue(root, field);
}

// Values are properties, not attributes. A field with the same number in it is left alone, caret and all.
function showValue(root, field) {
  const { typed } = shown(root, field);
  if (field.kind === "choice" && !isSelect(field)) {
    for (const radio of root.querySelectorAll("input[type=radio]"))
      if (radio.name === field.name) radio.checked = radio.value === typed;
    return;
  }
  const input = root.querySelector(`[id="f-${field.name}"]`);
  if (!input || field.kind === "bool") return;
  const typing =
    input.matches(":focus") &&
    isNumber(field) &&
    (root.mine[field.name]
      ? input.value.trim() === typed.trim()
      : alike(field, check(field, input.value).text ?? "", typed));
  if (!typing && input.value !== typed) input.value = typed;
}

// On a phone the dims are a sheet: Escape closes what is open in it first, then the sheet.
document.addEventListener(
  "keydown",
  (event) => {
    const sheet = document.querySelector("details.sheet[open]");
    if (event.key !== "Escape" || ORIGIN.node || !(sheet instanceof HTMLDetailsElement)) return;
    sheet.open = false;
    sheet.querySelector("summary")?.focus();
  },
  true,
);

/** @param {Component} component */
export default function ({ data: [data], parentElement, setStateValue, setTriggerValue }) {
  const root = mount(parentElement, "controls");
  if (!root.mine) root.mine = {};
  Object.assign(root, { data, setStateValue, setTriggerValue });
  root.sent = null; // only what is still on its way need not be sent twice
  remember(root);
  settle(root);
  redraw(root);
}
