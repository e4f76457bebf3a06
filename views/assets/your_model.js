// @ts-check
// The parts of one's own model, in order. Nothing is built here: each action goes to the server.
//
//   data: {label, rows: [{kind, place, name, title, told, reads, shape, failed, chosen}]}
//   trigger "act": {do: "choose" | "up" | "down" | "copy" | "remove" | "to", kind, place, to}
//
// Keys on a row: arrows go from row to row, Alt and arrows move a layer, Delete removes it.

const LONG = 12; // parts; more scroll in a list of their own

/** @param {Component} component */
export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = mount(parentElement, "your-model");
  const layers = data.rows.filter((row) => row.kind === "layer").length;
  root.act = (row, what, to = null) => {
    if (what === "remove") root.leaving = { place: row.place, layers };
    setTriggerValue("act", { do: what, kind: row.kind, place: row.place, to });
  };
  render(
    root,
    h(
      "ol",
      { class: data.rows.length > LONG ? "parts long" : "parts", "aria-label": data.label },
      data.rows.map((row) => part(root, row, layers)),
    ),
  );
  showChosen(root);
  if (root.leaving && layers < root.leaving.layers) takeFocus(root, data.rows, root.leaving.place);
}

// A removed layer takes the focus with it: whoever works by keys goes on with the layer now in its place.
function takeFocus(root, rows, place) {
  root.leaving = null;
  if (document.activeElement !== document.body) return; // they have gone on elsewhere meanwhile
  const layers = rows.filter((row) => row.kind === "layer");
  const next = layers[Math.min(place, layers.length - 1)] || rows[rows.length - 1];
  const row = [...root.querySelectorAll("li")].find((each) => each.getAttribute("data-key") === next?.name);
  row?.querySelector("button.choose").focus();
}

// A long list scrolls by itself: the part that is edited is in sight there, and the page stays where it is.
function showChosen(root) {
  const list = root.querySelector("ol.parts");
  const row = list.querySelector(".chosen");
  if (!row || root.chosen === row.getAttribute("data-key")) return;
  root.chosen = row.getAttribute("data-key");
  const [place, within] = [row.getBoundingClientRect(), list.getBoundingClientRect()];
  if (place.bottom > within.bottom) list.scrollTop += place.bottom - within.bottom;
  else if (place.top < within.top) list.scrollTop -= within.top - place.top;
}

function part(root, row, layers) {
  const ofLayer = row.kind === "layer";
  const shape = row.shape ? h("span", { class: "shape" }, tupleOf(row.shape)) : null;
  return h(
    "li",
    {
      "data-key": row.name,
      class: `${row.chosen ? "chosen" : ""} ${row.failed ? "failed" : ""}`,
      draggable: ofLayer ? "true" : null,
      ondragstart: (event) => event.dataTransfer.setData("text/plain", String(row.place)),
      ondragover: (event) => ofLayer && event.preventDefault(),
      ondrop: (event) => dropped(root, event, row),
    },
    h(
      "button",
      {
        class: "choose",
        "aria-pressed": row.chosen ? "true" : "false",
        "aria-label": spoken(row),
        onclick: () => root.act(row, "choose"),
        onkeydown: (event) => pressed(root, event, row, layers),
      },
      h("span", { class: "title" }, row.title),
      " ",
      h("span", { class: "name" }, row.name),
      row.told ? h("span", { class: "told" }, row.told) : null,
      row.reads ? h("span", { class: "told" }, row.reads) : null,
      row.failed ? h("span", { class: "stops" }, "Keras stops here") : null,
    ),
    shape,
    ofLayer ? tools(root, row, layers) : null,
  );
}

function spoken(row) {
  const sizes = (row.shape || []).map((axis) => `${axis.axis} ${axis.size ?? "None"}`).join(", ");
  const shape = sizes ? `, returns ${sizes}` : "";
  const told = row.told ? `, ${row.told}` : "";
  return `${row.title} ${row.name}${told}${row.failed ? ", Keras stops here" : shape}`;
}

function tools(root, row, layers) {
  const tool = (what, sign, label, off) =>
    h(
      "button",
      {
        class: "tool",
        title: label,
        "aria-label": `${label}: ${row.name}`,
        disabled: off,
        onclick: () => root.act(row, what),
      },
      sign,
    );
  return h(
    "span",
    { class: "tools" },
    tool("up", "↑", "Move up", row.place === 0),
    tool("down", "↓", "Move down", row.place === layers - 1),
    tool("copy", twoSheets(), "Duplicate", false),
    tool("remove", "✕", "Remove", false),
  );
}

function twoSheets() {
  const sheet = (at) => s("rect", { x: at, y: at, width: 8, height: 8, rx: 1.5 });
  return s(
    "svg",
    { viewBox: "0 0 14 14", width: 14, height: 14, "aria-hidden": "true" },
    sheet(1.5),
    sheet(4.5),
  );
}

function pressed(root, event, row, layers) {
  const up = event.key === "ArrowUp";
  if ((up || event.key === "ArrowDown") && event.altKey && row.kind === "layer") {
    event.preventDefault();
    if (up ? row.place > 0 : row.place < layers - 1) root.act(row, up ? "up" : "down");
  } else if (up || event.key === "ArrowDown") {
    event.preventDefault();
    const all = [...root.querySelectorAll("button.choose")];
    const next = all[all.indexOf(event.currentTarget) + (up ? -1 : 1)];
    if (next) next.focus();
  } else if (event.key === "Delete" && row.kind === "layer") {
    event.preventDefault();
    root.act(row, "remove");
  }
}

function dropped(root, event, row) {
  event.preventDefault();
  const from = Number.parseInt(event.dataTransfer.getData("text/plain"), 10);
  if (Number.isInteger(from) && from !== row.place && row.kind === "layer") {
    root.act({ kind: "layer", place: from }, "to", row.place);
  }
}
