// @ts-check
// The page of a student in a class: joins, shows the task, sends the answer, shows the verdict when it is
// revealed. It asks the server by itself (shell/class_api.py), once a second, so that it goes on after a
// lost Wi-Fi or a server that was started again. What was typed and not sent yet is kept in the browser, and
// an answer counts as sent only when the server has said that it is kept.
//
//   data: {code, name}   the code of the link, "" without one; a neutral name to offer

const EVERY = 1000; // ms between two looks
const HIDDEN = 5000; // the same while nobody looks at the page
const LONGEST_PAUSE = 4000; // after several failures
const GIVE_UP = 8000; // ms for one request
const MOST_AXES = 12;

// ---- what the browser keeps -------------------------------------------------------------------------------

const STORE = "shape-explainer-class";
/** @type {Record<string, any>} */
const inMemory = {}; // where the browser forbids to keep anything

function kept(code) {
  try {
    return JSON.parse(localStorage.getItem(`${STORE}:${code}`) ?? "null") ?? inMemory[code] ?? {};
  } catch {
    return inMemory[code] ?? {};
  }
}

function keep(code, values) {
  inMemory[code] = { ...kept(code), ...values };
  try {
    localStorage.setItem(`${STORE}:${code}`, JSON.stringify(inMemory[code]));
  } catch {
    // private windows and frames of other sites may not keep anything: a reload asks for the name again
  }
}

function forget(code) {
  delete inMemory[code];
  try {
    localStorage.removeItem(`${STORE}:${code}`);
  } catch {
    // nothing was kept
  }
}

// A secret that says who one is; made here, so that a second try to join is the same student.
function newToken() {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}

// ---- asking the server ------------------------------------------------------------------------------------

async function ask(what, body) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), GIVE_UP);
  try {
    const answer = await fetch(new URL(`class/${what}`, location.href), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      cache: "no-store",
      signal: stop.signal,
    });
    return await answer.json();
  } catch {
    return { problem: "No connection to the server.", kind: "offline" };
  } finally {
    clearTimeout(timer);
  }
}

// ---- the page ---------------------------------------------------------------------------------------------

/** @param {Component} component */
export default function ({ data: [data], parentElement }) {
  const root = mount(parentElement, "class_student");
  if (root.begun) return;
  root.begun = true;
  root.code = data.code;
  root.offered = data.name;
  root.name = data.name;
  root.failures = 0;
  root.joins = 0;
  root.boxes = [""];
  document.addEventListener("visibilitychange", () => !document.hidden && soon(root));
  addEventListener("online", () => soon(root));
  addEventListener("storage", (event) => heardOfAnotherTab(root, event));
  draw(root);
  look(root);
}

function token(root) {
  return kept(root.code).token ?? "";
}

// The same student in another tab has answered, or typed: the next look asks for all of it again.
function heardOfAnotherTab(root, event) {
  if (root.code && event.key === `${STORE}:${root.code}` && root.state) root.state.seen = "";
}

function soon(root) {
  clearTimeout(root.timer);
  look(root);
}

async function look(root) {
  clearTimeout(root.timer);
  if (!root.isConnected && root.looked) return;
  if (root.code && token(root) && !root.looking && !root.busy) {
    root.looking = true;
    const { code, joins } = root;
    const found = await ask("state", {
      room: code,
      token: token(root),
      seen: root.state?.seen,
    });
    root.looking = false;
    root.looked = true;
    // What was asked before a join that is under way, or done since, says nothing of it.
    if (code === root.code && joins === root.joins) heard(root, found);
    if (root.unsent && !found.problem) await send(root);
  }
  const pause = Math.min(EVERY * 1.5 ** root.failures, LONGEST_PAUSE);
  root.timer = setTimeout(() => look(root), (document.hidden ? HIDDEN : pause) + Math.random() * 200);
}

// What the server said to a look.
function heard(root, found) {
  const failed = found.kind === "offline" || found.kind === "store";
  root.failures = failed ? root.failures + 1 : 0;
  // One look that fails is a tram that passes; two are worth a word.
  root.trouble = failed && (root.failures > 1 || found.kind === "store") ? found : null;
  if (found.kind === "no room" || (!found.problem && found.joined === null)) {
    forget(root.code);
    root.state = null;
    root.problem = found.problem ?? "Join again, please.";
  } else if (!found.problem) {
    if (found.phase) arrive(root, found);
    if (root.state) root.state.left = found.left;
    root.leftAt = performance.now();
  }
  draw(root);
}

// The class is somewhere else than before.
function arrive(root, state) {
  const before = root.state;
  root.state = state;
  root.problem = "";
  if (before?.place !== state.place || before?.phase !== state.phase) root.editing = false;
  if (before?.place !== state.place) {
    root.unsent = null;
    const draft = kept(root.code).draft;
    root.boxes = draft?.place === state.place ? draft.boxes : [""];
    root.value = draft?.place === state.place ? draft.value : "";
    root.values = draft?.place === state.place ? (draft.values ?? {}) : {};
    root.unsent =
      draft?.place === state.place && draft.unsent ? { place: state.place, text: draft.unsent } : null;
  }
  if (state.phase !== "open") root.unsent = null;
  announceState(root, before);
}

function saveDraft(root) {
  const { state, value, values, unsent } = root;
  keep(root.code, {
    draft: {
      place: state?.place,
      boxes: root.boxes,
      value,
      values,
      unsent: unsent?.text,
    },
  });
}

async function join(root) {
  const code = tidy(root.typed ?? root.code);
  if (code.length !== 6) {
    root.problem = "A code has six letters and digits. Your teacher shows it.";
    draw(root);
    return;
  }
  root.code = code;
  const mine = kept(code).token ?? newToken();
  keep(code, { token: mine });
  root.busy = true;
  root.joins += 1;
  draw(root);
  const found = await ask("join", { room: code, token: mine, name: root.name });
  root.busy = false;
  if (found.problem) {
    if (found.kind !== "offline" && found.kind !== "store") forget(code);
    root.problem = found.problem;
    draw(root);
    return;
  }
  root.problem = "";
  const url = new URL(location.href);
  url.searchParams.set("room", code);
  history.replaceState(history.state, "", url);
  soon(root);
}

function tidy(text) {
  return text.replace(/[\s-]/g, "").toUpperCase();
}

// ---- answering --------------------------------------------------------------------------------------------

async function submit(root) {
  const kind = root.state.asked.kind;
  root.problem = "";
  const text = { shape: shapeText, dims: dimsText }[kind]?.(root) ?? (root.value ?? "").trim();
  if (root.problem) return draw(root);
  if (!text) {
    root.problem =
      kind === "dims"
        ? "You haven't changed anything yet. Change a size first."
        : "Answer first. A guess teaches you more than the answer.";
    draw(root);
    return;
  }
  root.problem = "";
  root.unsent = { place: root.state.place, text };
  saveDraft(root);
  await send(root);
}

// The dims that were changed, as the server reads them; a comma of a number isn't one between two changes.
function dimsText(root) {
  return root.state.asked.fields
    .map(({ name, now }) => [name, (root.values[name] ?? now).replaceAll(",", "").trim(), now])
    .filter(([, text, now]) => text !== now)
    .map(([name, text]) => `${name}=${text}`)
    .join(", ");
}

// The boxes as a text; "", with a problem, where one in the middle is empty.
function shapeText(root) {
  const texts = root.boxes.map((text) => text.trim());
  while (texts.length && !texts[texts.length - 1]) texts.pop();
  const empty = texts.indexOf("");
  if (empty < 0) return texts.length === 1 ? `${texts[0]},` : texts.join(", ");
  root.problem = `Box ${empty + 1} is empty. Each axis needs a size, or None.`;
  return "";
}

async function send(root) {
  const { place, text } = root.unsent;
  if (root.sending) return;
  root.sending = true;
  draw(root);
  const found = await ask("answer", {
    room: root.code,
    token: token(root),
    place,
    text,
  });
  root.sending = false;
  if (found.kind === "offline" || found.kind === "store") {
    root.trouble = found;
    root.failures = Math.max(root.failures, 1);
  } else if (found.problem) {
    root.unsent = null;
    root.problem = found.problem;
    saveDraft(root);
  } else {
    root.unsent = null;
    root.editing = false;
    root.trouble = null;
    if (root.state?.place === place) root.state.mine = found.kept;
    saveDraft(root);
    speak(root, `Your answer ${found.kept} is saved.`);
  }
  draw(root);
}

// ---- drawing ----------------------------------------------------------------------------------------------

function draw(root) {
  const state = root.state;
  // The heading of the page is for joining; in the class the window is the task's.
  document.documentElement.toggleAttribute("data-in-class", Boolean(state));
  const within = () => root.getRootNode().activeElement !== null;
  const focused = within() || (root.lost && document.activeElement === document.body);
  render(root, [
    h("div", {
      class: "hush spoken",
      role: "status",
      "data-key": "spoken",
      "data-own": true,
    }),
    trouble(root),
    state ? inClass(root, state) : joining(root),
  ]);
  if (focused && !within()) root.querySelector("h2, .big")?.focus(); // what had the focus is gone
  root.lost = focused && !within(); // nothing to go to yet: the next thing drawn
}

// Read out by screen readers, and seen by nobody.
function speak(root, text) {
  const line = root.querySelector(".spoken");
  if (line) line.textContent = text;
}

function announceState(root, before) {
  const { phase, place, tasks } = root.state;
  if (before?.phase === phase && before?.place === place) return;
  const words = {
    lobby: "You're in. Your teacher will start in a moment.",
    open: `Question ${place + 1} of ${tasks} is open.`,
    closed: `Question ${place + 1} is closed.`,
    revealed: `The answer to question ${place + 1} is shown.`,
    over: "The class is over.",
  };
  setTimeout(() => speak(root, words[phase] ?? ""), 50);
}

function trouble(root) {
  const text =
    root.trouble?.kind === "offline"
      ? "No connection. This page continues when the connection is back."
      : (root.trouble?.problem ?? "");
  return h("div", { class: "trouble", role: "alert", "data-key": "trouble", hidden: !text }, text);
}

function problem(root) {
  return h(
    "p",
    {
      class: "problem",
      role: "alert",
      "data-key": "problem",
      hidden: !root.problem,
    },
    root.problem ?? "",
  );
}

function joining(root) {
  const known = Boolean(root.code && token(root));
  if (known && !root.problem) return h("p", { class: "quiet", "data-key": "coming" }, "Finding your place …");
  return h(
    "form",
    {
      "data-key": "joining",
      class: "card",
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        join(root);
      },
    },
    field("Class code", {
      id: "class-code",
      class: "code",
      value: root.code,
      autocomplete: "off",
      autocapitalize: "characters",
      spellcheck: "false",
      maxlength: "12",
      placeholder: "e.g. K7QF2M",
      oninput: (event) => (root.typed = event.target.value),
    }),
    field("Your name in this class", {
      id: "class-name",
      value: root.name,
      autocomplete: "off",
      spellcheck: "false",
      maxlength: "24",
      oninput: (event) => (root.name = event.target.value),
    }),
    h("p", { class: "quiet" }, "Any name will do; this one is made up. It is deleted with the class."),
    problem(root),
    h("button", { type: "submit", class: "main", disabled: root.busy }, root.busy ? "Joining …" : "Join"),
  );
}

function field(label, attributes) {
  return h(
    "div",
    { class: "field" },
    h("label", { for: attributes.id }, label),
    h("input", { type: "text", ...attributes }),
  );
}

function inClass(root, state) {
  const body = {
    lobby: () => h("p", { class: "big", tabindex: "-1" }, "You're in. Your teacher will start in a moment."),
    over: () => results(state),
  };
  const which = state.phase === "lobby" || state.phase === "over" ? body[state.phase]() : task(root, state);
  return h(
    "div",
    { "data-key": "class", class: "card" },
    h(
      "div",
      { class: "bar" },
      h("span", { class: "where" }, where(state)),
      h("span", { class: "left" }, left(state)),
      h("span", { class: "me" }, state.joined),
    ),
    h(
      "div",
      {
        class: "body",
        "data-key": `${state.phase === "over" ? "over" : `task ${state.place}`}`,
      },
      which,
    ),
  );
}

function where(state) {
  if (state.phase === "lobby" || state.phase === "over") return state.title;
  return `Question ${state.place + 1} of ${state.tasks}`;
}

function left(state) {
  if (state.phase !== "open" || state.left === null || state.left === undefined) return "";
  const seconds = Math.ceil(state.left);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} left`;
}

function task(root, state) {
  const asked = state.asked;
  return [
    h("h2", { tabindex: "-1" }, asked.title),
    ...paragraphs(asked.prompt),
    asked.message ? h("pre", { class: "message" }, asked.message) : null,
    asked.code && (asked.kind !== "line" || state.phase !== "open")
      ? h(
          "pre",
          {
            class: "program",
            tabindex: "0",
            role: "region",
            "aria-label": "The code",
          },
          asked.kind === "line" ? asked.lines.map((line, at) => `${at + 1}  ${line}`).join("\n") : asked.code,
        )
      : null,
    state.phase === "revealed" ? verdict(state) : answering(root, state),
  ];
}

// Bold, code and numbers in the colour of their axis: all that a prompt has.
function paragraphs(text) {
  return text.split(/\n\n+/).map((part) => h("p", { class: "prompt" }, inline(part)));
}

function inline(text) {
  return text.split(/(⟦[^⟧]*⟧|\*\*[^*]+\*\*|`[^`]+`)/).map((piece) => {
    if (piece.startsWith("⟦")) {
      const [size, axis] = piece.slice(1, -1).split("|");
      return h("b", { class: `size ${axisClass(axis ?? "")}` }, size);
    }
    if (piece.startsWith("**")) return h("b", null, piece.slice(2, -2));
    if (piece.startsWith("`")) return h("code", null, piece.slice(1, -1));
    return piece;
  });
}

function answering(root, state) {
  const closed = state.phase === "closed";
  const done = state.mine !== null && !root.editing && !root.unsent;
  if (closed)
    return h(
      "p",
      { class: "big", "data-key": "closed" },
      state.mine === null ? "This question is closed." : ["Closed. Your answer: ", h("b", null, state.mine)],
    );
  if (done)
    return h(
      "div",
      { "data-key": "sent", class: "sent" },
      h("p", { class: "big" }, "Saved: ", h("b", null, state.mine)),
      h("p", { class: "quiet" }, "Keras’ answer appears when your teacher reveals it."),
      h("button", { type: "button", class: "second", onclick: () => edit(root) }, "Change my answer"),
    );
  return h(
    "form",
    {
      "data-key": "answering",
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        submit(root);
      },
    },
    inputs(root, state),
    problem(root),
    root.unsent && root.trouble
      ? h(
          "p",
          { class: "quiet", role: "status" },
          "Not sent yet. It is kept here, and sent when the connection is back.",
        )
      : null,
    h(
      "button",
      { type: "submit", class: "main", disabled: root.sending },
      root.sending ? "Sending …" : "Send my answer",
    ),
  );
}

function edit(root) {
  root.editing = true;
  draw(root);
  root.querySelector("form input")?.focus();
}

function inputs(root, state) {
  const asked = state.asked;
  if (asked.kind === "shape") return axes(root);
  if (asked.kind === "dims") return dims(root, asked);
  if (asked.kind === "choice" || asked.kind === "line") return choices(root, asked);
  return field("How many?", {
    id: "class-count",
    inputmode: "numeric",
    autocomplete: "off",
    maxlength: "24",
    value: root.value ?? "",
    oninput: (event) => {
      root.value = event.target.value;
      saveDraft(root);
    },
  });
}

function choices(root, asked) {
  const isLine = asked.kind === "line";
  const options = isLine
    ? asked.lines.map((line, at) => ({ value: String(at + 1), label: line }))
    : asked.choices.map((choice) => ({ value: choice, label: choice }));
  return h(
    "fieldset",
    { class: isLine ? "choices lines" : "choices" },
    h("legend", null, isLine ? "The line where Keras stops" : "Your answer"),
    options.map(({ value, label }) =>
      h(
        "label",
        { class: "choice" },
        h("input", {
          type: "radio",
          name: "class-choice",
          value,
          checked: root.value === value,
          onchange: () => {
            root.value = value;
            saveDraft(root);
          },
        }),
        isLine
          ? [h("span", { class: "number" }, value), h("code", null, label || " ")]
          : h("span", null, label),
      ),
    ),
  );
}

// A field for each dim, as it is at the start; what decides nothing there is folded away.
function dims(root, asked) {
  const changed = (name) => root.values[name] !== undefined;
  const parts = [asked.fields.filter((each) => !each.spare), asked.fields.filter((each) => each.spare)];
  const [used, spare] = parts.map((fields) => fields.map((each) => dim(root, each)));
  return h(
    "fieldset",
    { class: "dims" },
    h("legend", null, "Change the sizes"),
    h("div", { class: "grid" }, used),
    spare.length
      ? h(
          "details",
          { open: parts[1].some((each) => changed(each.name)) },
          h("summary", null, "More sizes (no effect yet)"),
          h("div", { class: "grid" }, spare),
        )
      : null,
  );
}

function dim(root, found) {
  const { name, kind, now } = found;
  const id = `class-dim-${name}`;
  const value = root.values[name] ?? now;
  const change = (event) => {
    root.values[name] = event.target.value;
    saveDraft(root);
  };
  const control =
    kind === "bool" || kind === "choice"
      ? h(
          "select",
          { id, onchange: change },
          found.choices.map((each) => h("option", { value: each, selected: each === value }, each)),
        )
      : h("input", {
          id,
          type: "text",
          value,
          autocomplete: "off",
          maxlength: "40",
          oninput: change,
        });
  return h(
    "div",
    { class: "field", "data-key": name },
    h("label", { for: id, class: axisClass(found.axis) }, found.label),
    control,
  );
}

// One box for each axis and one more, so that nothing tells how many there are.
function axes(root) {
  return h(
    "fieldset",
    { class: "axes" },
    h("legend", null, "One box for each axis, the first axis first"),
    h(
      "div",
      {
        class: "boxes",
        "data-own": true,
        onfocusin: (event) => (root.at = Number(event.target.dataset.box)),
      },
      boxes(root),
    ),
    h("button", { type: "button", class: "second none", onclick: () => putNone(root) }, "None"),
    h("span", { class: "quiet" }, " where the size is left open"),
  );
}

function boxes(root) {
  return root.boxes.map((text, at) =>
    h("input", {
      type: "text",
      class: "box",
      "data-box": String(at),
      inputmode: "numeric",
      autocomplete: "off",
      spellcheck: "false",
      enterkeyhint: "next",
      maxlength: "60",
      "aria-label": `Axis ${at + 1}`,
      value: text,
      oninput: (event) => typed(root, at, event.target),
      onkeydown: (event) => keyed(root, at, event),
    }),
  );
}

function redrawBoxes(root, focus) {
  const box = root.querySelector(".boxes");
  box.replaceChildren(...boxes(root));
  box.children[Math.min(focus, box.children.length - 1)]?.focus();
}

// A comma, a blank or a whole shape that is pasted goes on to the next boxes.
function typed(root, at, input) {
  const pieces = input.value.replace(/[()[\]]/g, "").split(/[\s,;×]+/);
  const before = root.boxes.length;
  root.boxes.splice(at, 1, ...pieces.slice(0, MOST_AXES));
  root.boxes = grown(root.boxes);
  saveDraft(root);
  if (pieces.length > 1 || input.value !== pieces[0]) redrawBoxes(root, at + pieces.length - 1);
  else if (root.boxes.length !== before) {
    const box = root.querySelector(".boxes");
    const wanted = boxes(root);
    while (box.children.length > wanted.length) box.lastChild.remove();
    for (const more of wanted.slice(box.children.length)) box.append(more);
  }
}

// The filled boxes, and an empty one behind them.
function grown(texts) {
  const filled = [...texts];
  while (filled.length && !filled[filled.length - 1].trim()) filled.pop();
  return [...filled, ""].slice(0, MOST_AXES);
}

function keyed(root, at, event) {
  const box = root.querySelector(".boxes");
  if (event.key === "Backspace" && !event.target.value && at > 0) {
    event.preventDefault();
    root.boxes.splice(at, 1);
    root.boxes = grown(root.boxes);
    saveDraft(root);
    redrawBoxes(root, at - 1);
  } else if (event.key === "Enter" && event.target.value && at < box.children.length - 1) {
    event.preventDefault();
    box.children[at + 1].focus();
  } else if (
    /^[nN]$/.test(event.key) &&
    !event.ctrlKey &&
    !event.metaKey &&
    !event.altKey &&
    !event.target.value
  ) {
    event.preventDefault();
    root.at = at;
    putNone(root);
  }
}

function putNone(root) {
  const at = Math.min(root.at ?? root.boxes.length - 1, root.boxes.length - 1);
  root.boxes[at] = "None";
  root.boxes = grown(root.boxes);
  saveDraft(root);
  redrawBoxes(root, at + 1);
}

function verdict(state) {
  const { right, rows, keras, lead, pending, why, spoken } = state.verdict;
  const isDims = state.asked.kind === "dims";
  const heads = isDims ? ["axis", "your model", "asked for"] : ["axis", "you said", "Keras says"];
  if (pending)
    return h("p", { class: "big", "data-key": "pending", role: "status" }, "Keras is building your model …");
  const table =
    rows?.some((row) => row.axis) && (isDims || state.asked.kind === "shape")
      ? h(
          "table",
          null,
          h(
            "thead",
            null,
            h(
              "tr",
              null,
              heads.map((title) => h("th", { scope: "col" }, title)),
            ),
          ),
          h("tbody", null, rows.map(axisRow)),
        )
      : null;
  return h(
    "div",
    { "data-key": "verdict", class: "verdict" },
    h(
      "p",
      { class: `big ${right === undefined ? "" : right ? "right" : "wrong"}` },
      right === undefined ? `${lead} ` : right ? "Right: " : `Not quite. ${lead} `,
      h("b", { "aria-label": spoken }, isDims && right ? state.mine : keras),
    ),
    (isDims || !table) && rows && !right ? h("p", null, "You said ", h("b", null, state.mine)) : null,
    table,
    (rows ?? []).filter((row) => row.reason).map((row) => h("p", { class: "reason" }, row.reason)),
    why && !(rows ?? []).some((row) => row.reason.includes(why))
      ? h("p", { class: "reason" }, inline(why))
      : null,
    state.explore
      ? h(
          "p",
          null,
          h(
            "a",
            {
              href: new URL(state.explore, location.href).href,
              target: "_blank",
              rel: "noopener",
            },
            "Open the lesson with these sizes",
          ),
        )
      : null,
  );
}

function axisRow(row) {
  return h(
    "tr",
    { class: row.right ? "right" : "wrong" },
    h("th", { scope: "row", class: axisClass(row.axis) }, row.axis || "–"),
    h("td", null, row.said || "–", row.right ? "" : h("span", { class: "mark" }, " ✗")),
    h("td", null, row.keras || "nothing"),
  );
}

function results(state) {
  const rows = state.results ?? [];
  const right = rows.filter((row) => row.right).length;
  return [
    h("h2", { tabindex: "-1" }, "The class is over"),
    rows.length ? h("p", { class: "big" }, `You had ${right} of ${rows.length} right.`) : null,
    rows.length
      ? h(
          "ol",
          { class: "results" },
          rows.map((row) =>
            h(
              "li",
              { class: row.right ? "right" : "wrong" },
              h("b", null, row.title),
              row.said === null ? " – no answer" : row.right ? " – right" : ` – you said ${row.said}`,
              row.right ? "" : `. ${row.lead} ${row.keras}`,
            ),
          ),
        )
      : null,
  ];
}
