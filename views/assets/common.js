// @ts-check
// Put before the JavaScript of every component (see shell/components.py), after `const AXIS_COLOURS = {…};`.
// Plain browser JavaScript: no framework, nothing from outside, and text only ever through text nodes.
//
//   mount(parentElement, name)          -> root element, the same one on every rerun; theme detected
//   render(root, tree, {animate})       -> makes root's children look like `tree`; keeps nodes and focus
//   h("p", {class: "x"}, "text", node)  -> HTML element;  s("rect", {x: 1}) -> SVG element
//   originNumber(axis, {tag})           -> focusable number
//   tupleOf(shape)                      -> "(None, 20, 5)" of such numbers
//   withOrigin(node, axis)              -> gives any element the same behaviour
//   withHelp(node, text)                -> popover without highlighting
//   inlineNumber(axis, text)            -> the same inside text that can be selected
//   oneStop(box), roving                -> its keys
//   copyButton(text)                    -> puts the text on the clipboard
//   pills(label, [{id, text}], chosen, choose) -> one choice of several, arrow keys move it
//   saveButtons(root, name, find, words) -> "Save SVG" and "Save PNG" of the figure that find(root) gives
//   stepper(label, at, last, spoken, go, more) -> First, Back, Next, Last and a slider
//   stepperKeys(event, at, last, go)    -> the same by key
//   playButton(playing, toggle)         -> "Play" or "Pause", to go with them
//   watchWidth(root, draw)              -> draws anew when the place gets wider or narrower
//   axisColour(name), axisClass(name), number(n), plural(n, "parameter"), reducedMotion()
//   tenth(v), range(first, last), ticks(from, to, most), signed(value, digits), tint(property, value, scale)
//   sizeAndName(axis), nameAndSize(axis) -> "5 units", "units 5"; "10 (2 × units)", "2 × units = 10"
//
// Types of what is passed about: tools/javascript/types.d.ts.

// ---- making elements --------------------------------------------------------------------------------------
const SVG = "http://www.w3.org/2000/svg";
// {type: function}, so that `render` can hand new closures to an old node
const HANDLERS = Symbol("handlers");

/**
 * @template {HTMLElement | SVGElement} N
 * @param {N} node
 * @param {Attributes | undefined} attributes
 * @param {Kid[]} kids
 * @returns {N}
 */
function make(node, attributes, kids) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on") && typeof value === "function") on(node, name.slice(2), value);
    else if (name === "style")
      for (const [property, v] of Object.entries(value)) node.style.setProperty(property, v);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const kid of /** @type {any[]} */ (kids).flat(Infinity)) {
    if (kid === null || kid === undefined || kid === false) continue;
    node.append(kid instanceof Node ? kid : document.createTextNode(String(kid)));
  }
  return node;
}

/** @param {string} tag @param {Attributes} [attributes] @param {...Kid} kids @returns {any} */
function h(tag, attributes, ...kids) {
  return make(document.createElement(tag), attributes, kids);
}
/** @param {string} tag @param {Attributes} [attributes] @param {...Kid} kids @returns {any} */
function s(tag, attributes, ...kids) {
  return make(document.createElementNS(SVG, tag), attributes, kids);
}

/** @param {any} node @param {string} type @param {(event: any) => void} handler */
function on(node, type, handler) {
  if (!node[HANDLERS]) node[HANDLERS] = {};
  const earlier = node[HANDLERS][type];
  node[HANDLERS][type] = earlier
    ? (event) => {
        earlier(event);
        handler(event);
      }
    : handler;
  listen(node, type);
}

/** @param {any} node @param {string} type */
function listen(node, type) {
  const key = `on:${type}`;
  if (node[key]) return;
  node[key] = true;
  node.addEventListener(type, (event) => node[HANDLERS]?.[type]?.(event));
}

// ---- rendering that keeps nodes ---------------------------------------------------------------------------
const GEOMETRY = new Set([
  "d",
  "x",
  "y",
  "x1",
  "x2",
  "y1",
  "y2",
  "width",
  "height",
  "cx",
  "cy",
  "r",
  "points",
  "transform",
]);

// Children are matched by data-key, else by position and tag. A focused field keeps what is being typed;
// elements with data-own look after their own children and value; <details> keeps its open state.
/** @param {HTMLElement} root @param {Kid} tree @param {{animate?: boolean}} [options] */
function render(root, tree, { animate = false } = {}) {
  /** @type {Move[]} */
  const moves = [];
  patchKids(root, /** @type {any[]} */ ([tree]).flat(Infinity).filter(Boolean), moves);
  tween(moves, animate && !reducedMotion() ? 260 : 0);
}

/** @param {any} a @param {any} b @returns {boolean} */
function same(a, b) {
  return (
    a.nodeType === b.nodeType &&
    a.nodeName === b.nodeName &&
    (a.nodeType !== 1 || a.getAttribute("data-key") === b.getAttribute("data-key"))
  );
}

/** @param {any} old @param {any[]} fresh @param {Move[]} moves */
function patchKids(old, fresh, moves) {
  const keyed = new Map();
  for (const kid of old.children)
    if (kid.hasAttribute("data-key")) keyed.set(kid.getAttribute("data-key"), kid);
  let at = old.firstChild;
  for (const next of fresh) {
    while (at && at.nodeType === 1 && at.hasAttribute("data-static")) at = at.nextSibling;
    const key = next.nodeType === 1 ? next.getAttribute("data-key") : null;
    const found = key !== null && keyed.has(key) ? keyed.get(key) : at;
    if (found && same(found, next)) {
      if (found !== at) old.insertBefore(found, at);
      else at = at.nextSibling;
      patch(found, next, moves);
    } else old.insertBefore(next, at);
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    if (!(gone.nodeType === 1 && gone.hasAttribute("data-static"))) gone.remove();
  }
}

/** @param {any} old @param {any} next @param {Move[]} moves */
function patch(old, next, moves) {
  if (old.nodeType === 3) {
    if (old.data !== next.data) old.data = next.data;
    return;
  }
  for (const { name } of [...old.attributes]) {
    if (!next.hasAttribute(name) && !(name === "open" && old.nodeName === "DETAILS"))
      old.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (old.getAttribute(name) === value) continue;
    if (GEOMETRY.has(name) && old.namespaceURI === SVG && old.nodeName !== "svg" && old.hasAttribute(name))
      moves.push({ node: old, name, to: value });
    else old.setAttribute(name, value);
  }
  old[HANDLERS] = next[HANDLERS];
  for (const type of Object.keys(old[HANDLERS] || {})) listen(old, type);
  if (!old.hasAttribute("data-own")) patchKids(old, [...next.childNodes], moves);
}

const NUMBER = /-?\d+(?:\.\d+)?/g;

/** @param {string} text */
function numbersIn(text) {
  return (text.match(NUMBER) ?? []).map(Number);
}

/** @param {Move[]} moves @param {number} milliseconds */
function tween(moves, milliseconds) {
  /** @type {(Move & {a: number[], b: number[]})[]} */
  const pairs = [];
  for (const { node, name, to } of moves) {
    const from = node.getAttribute(name) ?? "";
    node[`to:${name}`] = to; // a newer rerun overtakes an older animation
    if (!milliseconds || from.replace(NUMBER, "#") !== to.replace(NUMBER, "#")) node.setAttribute(name, to);
    else pairs.push({ node, name, to, a: numbersIn(from), b: numbersIn(to) });
  }
  if (!pairs.length) return;
  const start = performance.now();
  const frame = (now) => {
    // a frame's time may lie before the start
    const t = Math.min(1, Math.max(0, (now - start) / milliseconds));
    const eased = 1 - (1 - t) ** 3;
    for (const { node, name, to, a, b } of pairs) {
      if (node[`to:${name}`] !== to) continue;
      let i = 0;
      node.setAttribute(
        name,
        t === 1
          ? to
          : to.replace(NUMBER, () => {
              const v = a[i] + (b[i] - a[i]) * eased;
              i += 1;
              return v.toFixed(2);
            }),
      );
    }
    if (t < 1) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

/** @returns {boolean} */
function reducedMotion() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

// ---- one root per component -------------------------------------------------------------------------------
/** @param {any} parentElement a shadow root or an element @param {string} name @returns {any} */
function mount(parentElement, name) {
  // Not querySelector(":scope > …"): a shadow root is no element, and nothing is in its scope.
  let root = [...parentElement.children].find((child) => child.dataset.component === name);
  if (!root) {
    root = h("div", { class: "sx", "data-component": name });
    parentElement.append(root);
    const heard = (event) => {
      if (root.isConnected) light(root, event.detail);
      else document.removeEventListener("shape-origin", heard);
    };
    document.addEventListener("shape-origin", heard);
  }
  root.dataset.theme = isDark(root) ? "dark" : "light";
  return root;
}

/** @param {Element} element */
function isDark(element) {
  const paper = getComputedStyle(element).getPropertyValue("--st-background-color").trim() || "#ffffff";
  const hex = paper.match(/^#([0-9a-f]{3,8})$/i)?.[1];
  const parts = hex
    ? (hex.length < 6 ? [...hex].map((c) => c + c) : (hex.match(/../g) ?? [])).map((x) => parseInt(x, 16))
    : (paper.match(/[\d.]+/g) || [255, 255, 255]).map(Number);
  return (0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]) / 255 < 0.5;
}

// ---- words and colours ------------------------------------------------------------------------------------
const TIMES = " × "; // between the factors of a product: "4 × units"

// The same rule as views/palette.py `colour`; a browser test holds the two together.
/** @param {string} axis */
function axisColour(axis) {
  const last = axis.split(TIMES).pop() ?? "";
  const name = last
    .split(" + ")[0]
    .trim()
    .toLowerCase()
    .replace(/[_ ]?\d+$|\[\d+\]$/, "");
  return Object.hasOwn(AXIS_COLOURS, name) ? AXIS_COLOURS[name] : "neutral";
}
/** @param {string} axis */
function axisClass(axis) {
  return `ax-${axisColour(axis)}`;
}
/** @param {any} n @returns {string} */
function number(n) {
  return typeof n === "number"
    ? n.toLocaleString("en-US", { maximumFractionDigits: 6 })
    : n === null
      ? "None"
      : String(n);
}
// "5 units", "1 unit", "10 (2 × units)"; an axis of size 1 that is named after it is only "1".
/** @param {Sized} axis */
function sizeAndName({ axis, size }) {
  if (axis.includes(TIMES)) return `${number(size)} (${axis})`;
  return axis === number(size) ? axis : `${number(size)} ${singular(axis, size)}`;
}
// The words of axes are plurals: "features", "query steps"; "kernel_size" and "batch" have one form.
/** @param {string} axis @param {any} size */
function singular(axis, size) {
  return size === 1 && /[a-z]s$/.test(axis) && !axis.includes(TIMES) ? axis.slice(0, -1) : axis;
}
/** @param {Sized} axis */
function nameAndSize({ axis, size }) {
  return axis === number(size) ? axis : `${axis}${axis.includes(TIMES) ? " =" : ""} ${number(size)}`;
}
/** @param {number} n @param {string} noun */
function plural(n, noun) {
  return `${number(n)} ${noun}${n === 1 ? "" : "s"}`;
}

// ---- the origin bus ---------------------------------------------------------------------------------------
// Pointing at, focusing or tapping a number tells every component on the page (document event "shape-origin")
// which sources it has; each lights up its own elements with a source in common.
/** @type {{node: any, pinned: boolean}} */
const ORIGIN = { node: null, pinned: false };

/** @param {"show" | "clear"} kind @param {Partial<Axis>} [axis] */
function announce(kind, axis) {
  const detail = { kind, sources: axis?.sources || [], text: axis?.origin || "" };
  document.dispatchEvent(new CustomEvent("shape-origin", { detail }));
}

/** @param {HTMLElement} root @param {Announced} announced */
function light(root, { kind, sources }) {
  const wanted = new Set(kind === "show" ? sources : []);
  for (const node of root.querySelectorAll("[data-sources]")) {
    const own = node.getAttribute("data-sources")?.split(" ") ?? [];
    node.classList.toggle(
      "lit",
      own.some((source) => wanted.has(source)),
    );
  }
}

/** @param {Element} node @param {Axis} axis */
function showOrigin(node, axis) {
  announce("show", axis);
  const title = h("b", { class: axisClass(axis.axis) }, sizeAndName(axis));
  popover(node, [title, axis.origin && ` · ${axis.origin}`, axis.code && h("code", null, axis.code)]);
}

function clearOrigin() {
  if (!ORIGIN.node) return;
  const root = ORIGIN.node.closest(".sx");
  ORIGIN.node.removeAttribute("aria-describedby");
  ORIGIN.node = null;
  ORIGIN.pinned = false;
  const pop = root?.querySelector(":scope > .pop");
  if (pop?.matches(":popover-open")) pop.hidePopover();
  announce("clear");
}

// axis: {axis, size, origin, sources, code}. Works for pointer, keyboard and touch; Escape and blur clear.
/** @template {Element} N @param {N} node @param {Axis} axis @returns {N} */
function withOrigin(node, axis) {
  if (axis.sources?.length) node.setAttribute("data-sources", axis.sources.join(" "));
  return reveals(node, (live) => showOrigin(live, axis));
}

/** @template {Element} N @param {N} node @param {string} text @returns {N} */
function withHelp(node, text) {
  return reveals(node, (live) => popover(live, [text]));
}

// `render` may hand these closures to an older node, so the node that counts is the event's.
/** @template {Element} N @param {N} node @param {(live: Element) => void} show @returns {N} */
function reveals(node, show) {
  const reveal = revealer(show);
  on(node, "pointerenter", (event) => {
    if (event.pointerType === "mouse" && !ORIGIN.pinned) reveal(event.currentTarget);
  });
  on(node, "pointerleave", (event) => {
    if (event.pointerType === "mouse" && !ORIGIN.pinned) clearOrigin();
  });
  on(node, "click", (event) => {
    event.stopPropagation();
    const again = ORIGIN.pinned && ORIGIN.node === event.currentTarget;
    if (again) clearOrigin();
    else {
      reveal(event.currentTarget);
      ORIGIN.pinned = true;
    }
  });
  // Chromium makes an SVG element with a focus listener a stop of the Tab key, so only what is meant to be
  // one gets it.
  return node instanceof HTMLElement || node.hasAttribute("tabindex") ? revealsOnFocus(node, show) : node;
}

/** @template {Element} N @param {N} node @param {(live: Element) => void} show @returns {N} */
function revealsOnFocus(node, show) {
  const reveal = revealer(show);
  on(node, "focus", (event) => {
    if (event.currentTarget.matches(":focus-visible")) reveal(event.currentTarget);
  });
  on(node, "blur", () => clearOrigin());
  return node;
}

/** @param {(live: Element) => void} show @returns {(live: Element) => void} */
function revealer(show) {
  return (live) => {
    if (ORIGIN.node && ORIGIN.node !== live) clearOrigin();
    ORIGIN.node = live;
    show(live);
  };
}

/** @param {Element} node @param {any[]} content */
function popover(node, content) {
  const root = node.closest(".sx");
  if (!root) return; // it has left the page meanwhile
  /** @type {any} */
  const pop = root.querySelector(":scope > .pop") ?? root.appendChild(emptyPopover());
  pop.replaceChildren(...content.filter(Boolean));
  if (!pop.matches(":popover-open")) pop.showPopover();
  node.setAttribute("aria-describedby", pop.id);
  place(pop, node);
}

function emptyPopover() {
  return h("div", {
    class: "pop",
    id: "origin-pop",
    role: "tooltip",
    popover: "manual",
    "data-static": true,
  });
}

// Under the number where there is room, else above it; never outside the window.
/** @param {HTMLElement} pop @param {Element} node */
function place(pop, node) {
  const at = node.getBoundingClientRect();
  const box = pop.getBoundingClientRect();
  const left = Math.max(12, Math.min(at.left + at.width / 2 - box.width / 2, innerWidth - box.width - 12));
  const below = at.bottom + 8 + box.height < innerHeight;
  pop.style.left = `${left}px`;
  pop.style.top = `${below ? at.bottom + 8 : Math.max(8, at.top - 8 - box.height)}px`;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") clearOrigin();
});
document.addEventListener("pointerdown", (event) => {
  if (ORIGIN.node && !event.composedPath().includes(ORIGIN.node)) clearOrigin();
});
addEventListener(
  "scroll",
  () => {
    const pop = ORIGIN.node?.closest(".sx")?.querySelector(":scope > .pop");
    if (pop) place(pop, ORIGIN.node);
  },
  { capture: true, passive: true },
);

// A number in the colour of its axis that says where it comes from.
/** @param {Axis} axis @param {{tabindex?: string, text?: string}} [options] */
function originNumber(axis, { tabindex = "0", text = number(axis.size) } = {}) {
  return withOrigin(
    h(
      "button",
      { type: "button", class: `num ${axisClass(axis.axis)}`, tabindex, "aria-label": nameAndSize(axis) },
      text,
    ),
    axis,
  );
}

// "(None, 20, 5)" exactly as Keras prints it (the comma of a 1-tuple included), of focusable numbers.
/** @param {Axis[]} shape @param {{tabindex?: string}} [options] */
function tupleOf(shape, options) {
  const kids = shape.flatMap((axis, i) => [
    i ? ", " : "",
    originNumber(axis, { text: axis.size === null ? "None" : String(axis.size), ...options }),
  ]);
  return h("span", { class: "tuple" }, "(", kids, shape.length === 1 ? ",)" : ")");
}

// ---- numbers inside a listing -----------------------------------------------------------------------------
// A span, for the text of a button is left out when a passage is selected and copied.
/** @param {Axis} axis @param {string} text */
function inlineNumber(axis, text) {
  return withOrigin(
    h(
      "span",
      {
        class: `num ${axisClass(axis.axis)}`,
        role: "button",
        tabindex: "-1",
        "aria-label": nameAndSize(axis),
      },
      text,
    ),
    axis,
  );
}

// Many numbers are one stop of the Tab key; arrow keys move between them. Put `roving` on the box as
// onkeydown.
/** @param {Element} box */
function oneStop(box) {
  box.querySelector(".num")?.setAttribute("tabindex", "0");
}

/** @param {any} event */
function roving(event) {
  const all = [...event.currentTarget.querySelectorAll(".num")];
  const here = all.indexOf(event.target);
  if (here < 0) return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    event.target.click();
    return;
  }
  const next = {
    ArrowRight: all[here + 1],
    ArrowLeft: all[here - 1],
    Home: all[0],
    End: all[all.length - 1],
    ArrowDown: nextLine(all, here, 1),
    ArrowUp: nextLine(all, here, -1),
  }[event.key];
  if (!next) return;
  event.preventDefault();
  for (const node of all) node.setAttribute("tabindex", node === next ? "0" : "-1");
  next.focus();
}

// The number of the next line that has any, nearest to where this one stands.
/** @param {Element[]} all @param {number} here @param {1 | -1} by @returns {any} */
function nextLine(all, here, by) {
  const line = (node) => node.closest("[data-line]");
  let at = here;
  while (all[at] && line(all[at]) === line(all[here])) at += by;
  if (!all[at]) return undefined;
  const left = all[here].getBoundingClientRect().left;
  const far = (node) => Math.abs(node.getBoundingClientRect().left - left);
  return all.filter((node) => line(node) === line(all[at])).sort((a, b) => far(a) - far(b))[0];
}

/** @param {string} text */
function copyButton(text) {
  const copy = async (event) => {
    const button = event.currentTarget;
    button.textContent = (await copied(text, button)) ? "Copied" : "Select the text and copy it";
    setTimeout(() => {
      button.textContent = "Copy";
    }, 2000);
  };
  return h("button", { type: "button", class: "button", "aria-live": "polite", onclick: copy }, "Copy");
}

// The clipboard of its own is there only on https and on this machine; a classroom's server may be neither.
/** @param {string} text @param {HTMLElement} beside @returns {Promise<boolean>} */
async function copied(text, beside) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      /* not allowed: the old way */
    }
  }
  const area = h("textarea", { class: "hush", readonly: true, "aria-hidden": "true", tabindex: "-1" });
  area.value = text;
  beside.after(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  beside.focus();
  return done;
}

// ---- one choice of several --------------------------------------------------------------------------------
/**
 * @param {string} label
 * @template {string | number} Id
 * @param {{id: Id, text: string}[]} options
 * @param {Id} chosen
 * @param {(id: Id) => void} choose
 */
function pills(label, options, chosen, choose) {
  const move = (event) => {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const all = [...event.currentTarget.children];
    const next = all[(all.indexOf(event.target) + by + all.length) % all.length];
    next.focus();
    next.click();
  };
  return h(
    "div",
    { class: "pills", role: "radiogroup", "aria-label": label, onkeydown: move },
    options.map(({ id, text }) =>
      h(
        "button",
        {
          type: "button",
          role: "radio",
          class: "pill",
          "data-key": id,
          tabindex: id === chosen ? "0" : "-1",
          "aria-checked": String(id === chosen),
          onclick: () => choose(id),
        },
        text,
      ),
    ),
  );
}

// ---- a figure as a file of its own ------------------------------------------------------------------------
// Nothing in the file is looked up elsewhere: each element carries its style, fonts are named down to the
// families that every system has, and each text keeps the width that it has here, so that no letters of
// another font overlap.
const KEPT = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "opacity",
  "text-anchor",
];
const FAMILIES = {
  sans: "'Source Sans 3', 'Source Sans Pro', 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  mono: "'Source Code Pro', Menlo, Consolas, 'DejaVu Sans Mono', monospace",
};
const MARGIN = 12; // pixels of paper around it
const INK = canvasPen(); // to measure letters with

/** @returns {CanvasRenderingContext2D} */
function canvasPen(canvas = document.createElement("canvas")) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}

/**
 * @param {HTMLElement} root
 * @param {string} name
 * @param {(root: HTMLElement) => any} find
 * @param {() => string} words
 */
function saveButtons(root, name, find, words) {
  const svg = () => standalone(root, find(root), words());
  const button = (kind, save) =>
    h("button", { type: "button", class: "save", "aria-label": `Save ${kind}`, onclick: save }, kind);
  return h(
    "div",
    { class: "tools" },
    h(
      "div",
      { class: "saves", role: "group", "aria-label": "Save this figure" },
      s(
        "svg",
        { class: "icon", width: 14, height: 14, viewBox: "0 0 14 14", "aria-hidden": "true" },
        s("path", { d: "M7 1v7.5M3.8 5.6L7 8.8l3.2-3.2M1.5 12.5h11" }),
      ),
      button("SVG", () => download(svg(), `${name}.svg`)),
      button("PNG", () => savePng(svg(), `${name}.png`)),
    ),
  );
}

/** @param {HTMLElement} root @param {any} figure @param {string} words */
function standalone(root, figure, words) {
  const frame = figure.getBoundingClientRect();
  const zoom = figure.currentCSSZoom || 1;
  const placed = (box) => ({
    x: tenth((box.left - frame.left) / zoom),
    y: tenth((box.top - frame.top) / zoom),
    width: tenth(box.width / zoom),
    height: tenth(box.height / zoom),
  });
  const size = {
    width: Math.ceil(frame.width / zoom) + 2 * MARGIN,
    height: Math.ceil(frame.height / zoom) + 2 * MARGIN,
  };
  const paper = getComputedStyle(root).getPropertyValue("--st-background-color").trim() || "#ffffff";
  const picture = s(
    "svg",
    { xmlns: SVG, ...size, viewBox: `${-MARGIN} ${-MARGIN} ${size.width} ${size.height}`, role: "img" },
    s("title", {}, words),
    s("rect", { x: -MARGIN, y: -MARGIN, ...size, fill: paper }),
    traced(figure, placed),
  );
  return new Blob([new XMLSerializer().serializeToString(picture)], { type: "image/svg+xml" });
}

// HTML becomes boxes and lines of text where they stand; SVG is copied.
/** @param {any} node @param {(box: DOMRect) => Box} placed @returns {Kid} */
function traced(node, placed) {
  if (node.nodeType === 3) return textLines(node, placed);
  if (node.nodeType !== 1 || node.matches(".hush, .tools, .pop") || getComputedStyle(node).display === "none")
    return [];
  if (node.nodeName === "svg") return inlined(node, placed);
  return [frameOf(node, placed), ...[...node.childNodes].map((kid) => traced(kid, placed))];
}

/** @param {SVGElement} svg @param {(box: DOMRect) => Box} placed */
function inlined(svg, placed) {
  const copy = /** @type {SVGElement} */ (svg.cloneNode(true));
  const [live, dead] = [svg, copy].map((figure) => [...figure.querySelectorAll("*")]);
  live.forEach((node, i) => {
    for (const { name } of [...dead[i].attributes])
      if (
        name === "class" ||
        name === "style" ||
        name === "tabindex" ||
        name === "role" ||
        name === "xml:space" ||
        name.startsWith("aria-") ||
        name.startsWith("data-")
      )
        dead[i].removeAttribute(name);
    const style = getComputedStyle(node);
    for (const name of KEPT) written(dead[i], name, style.getPropertyValue(name));
    if (node.nodeName === "text" || node.nodeName === "tspan") lettered(dead[i], style);
    if (node instanceof SVGTextElement && node.textContent.trim())
      fixed(dead[i], node.getComputedTextLength());
  });
  for (const name of ["class", "tabindex", "role", "aria-label", "aria-hidden", "style"])
    copy.removeAttribute(name);
  for (const [name, value] of Object.entries(placed(svg.getBoundingClientRect())))
    copy.setAttribute(name, String(value));
  copy.setAttribute("overflow", "visible");
  return copy;
}

/** @param {Element} node @param {string} name @param {string} value */
function written(node, name, value) {
  if (!value || (value === "none" && name !== "fill")) node.removeAttribute(name);
  else node.setAttribute(name, colour(value));
}

// Older programs know neither rgba() nor color(): what can't be seen is "none", a mixed colour is rgb().
/** @param {string} value */
function colour(value) {
  if (/^rgba\(.*, 0\)$/.test(value) || value === "transparent") return "none";
  const mixed = value.match(/^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)/);
  return mixed
    ? `rgb(${mixed
        .slice(1)
        .map((part) => Math.round(255 * Number(part)))
        .join(", ")})`
    : value;
}

/** @param {Element} node @param {CSSStyleDeclaration} style */
function lettered(node, style) {
  node.removeAttribute("stroke"); // where a halo is drawn after its letters it covers them
  node.setAttribute("font-family", /mono|code/i.test(style.fontFamily) ? FAMILIES.mono : FAMILIES.sans);
  node.setAttribute("font-size", String(parseFloat(style.fontSize)));
  node.setAttribute("font-weight", style.fontWeight);
  if (style.textDecorationLine !== "none") node.setAttribute("text-decoration", style.textDecorationLine);
}

/** @param {Element} node @param {number} width */
function fixed(node, width) {
  node.setAttribute("textLength", String(tenth(width)));
  node.setAttribute("lengthAdjust", "spacingAndGlyphs");
}

// A text node, one <text> for each line that it takes on the page.
/** @param {Text} node @param {(box: DOMRect) => Box} placed */
function textLines(node, placed) {
  /** @type {{words: string[], box: DOMRect}[]} */
  const lines = [];
  const letters = document.createRange();
  for (const word of node.data.matchAll(/\S+/g)) {
    letters.setStart(node, word.index);
    letters.setEnd(node, word.index + word[0].length);
    const box = letters.getBoundingClientRect();
    if (!box.width) continue;
    const last = lines.at(-1);
    if (last && Math.abs(last.box.top - box.top) < 2) {
      last.words.push(word[0]);
      last.box = new DOMRect(last.box.x, last.box.y, box.right - last.box.x, last.box.height);
    } else lines.push({ words: [word[0]], box });
  }
  const style = getComputedStyle(/** @type {Element} */ (node.parentElement));
  return lines.map(({ words, box }) => {
    INK.font = style.font;
    const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = INK.measureText("x");
    const { x, y, width, height } = placed(box);
    const line = s(
      "text",
      { x, y: tenth(y + (height * up) / (up + down)), fill: colour(style.color) },
      words.join(" "),
    );
    lettered(line, style);
    fixed(line, width);
    return line;
  });
}

// The background and the borders of an element, where it has any.
/** @param {Element} node @param {(box: DOMRect) => Box} placed */
function frameOf(node, placed) {
  const style = getComputedStyle(node);
  const { x, y, width, height } = placed(node.getBoundingClientRect());
  const [fill, top, left] = [
    colour(style.backgroundColor),
    parseFloat(style.borderTopWidth),
    parseFloat(style.borderLeftWidth),
  ];
  if (fill === "none" && !top) return null;
  const edge = colour(style.borderTopColor);
  if (top && !left) return s("path", { d: `M${x} ${y}h${width}`, stroke: edge, "stroke-width": top });
  return s("rect", {
    x,
    y,
    width,
    height,
    rx: Math.min(parseFloat(style.borderTopLeftRadius) || 0, height / 2),
    fill,
    stroke: top ? edge : null,
    "stroke-width": top || null,
  });
}

/** @param {Blob} blob @param {string} name */
function download(blob, name) {
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** @param {Blob} svg @param {string} name */
function savePng(svg, name) {
  const scale = 2;
  const image = new Image();
  image.onload = () => {
    const canvas = h("canvas", { width: image.naturalWidth * scale, height: image.naturalHeight * scale });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(image.src);
    canvas.toBlob((blob) => download(blob, name), "image/png");
  };
  image.src = URL.createObjectURL(svg);
}

// What is drawn for the width of its place is drawn anew for another one; it notes its own in `root.drawn`.
/** @param {any} root @param {(root: any) => void} draw */
function watchWidth(root, draw) {
  if (root.watch) return;
  root.watch = new ResizeObserver(() => {
    if (Math.abs(root.clientWidth - root.drawn) > 4) draw(root);
  });
  root.watch.observe(root);
}

// ---- stepping through several -----------------------------------------------------------------------------
// `go(place)` moves to place 0 … last; `spoken`: where that is, in words; `more`: further buttons. After
// `render` the slider's value must be set by hand: the attribute alone doesn't move one that was touched.
/**
 * @param {string} label
 * @param {number} at
 * @param {number} last
 * @param {string} spoken
 * @param {(place: number) => void} go
 * @param {Kid} [more]
 */
function stepper(label, at, last, spoken, go, more = null) {
  const press = (text, to, off) =>
    h(
      "button",
      {
        type: "button",
        class: "press",
        "aria-disabled": off ? "true" : null,
        onclick: off ? null : () => go(to),
      },
      text,
    );
  return h(
    "div",
    { class: "transport" },
    h(
      "div",
      { class: "presses", role: "group", "aria-label": "Steps" },
      press("First", 0, at === 0),
      press("Back", at - 1, at === 0),
      press("Next", at + 1, at === last),
      press("Last", last, at === last),
      more,
    ),
    h("input", {
      type: "range",
      class: "scrub",
      min: "0",
      max: String(last),
      step: "1",
      "aria-label": label,
      "aria-valuetext": spoken,
      oninput: (event) => go(Number(event.currentTarget.value)),
    }),
  );
}

// The button for `more` that goes through the places by itself; without `toggle` there is nothing to play.
/** @param {any} playing @param {(() => void) | null} toggle */
function playButton(playing, toggle) {
  return h(
    "button",
    { type: "button", class: "press play", "aria-disabled": toggle ? null : "true", onclick: toggle },
    playing ? "Pause" : "Play",
  );
}

// Arrow keys, Home and End anywhere in the figure; on the slider they have their own meaning.
/** @param {any} event @param {number} at @param {number} last @param {(place: number) => void} go */
function stepperKeys(event, at, last, go) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.type === "range") return;
  const to = { ArrowLeft: Math.max(0, at - 1), ArrowRight: Math.min(last, at + 1), Home: 0, End: last }[
    event.key
  ];
  if (to === undefined) return;
  event.preventDefault();
  go(to);
}

// ---- numbers in a drawing ---------------------------------------------------------------------------------
/** @param {number} v */
function tenth(v) {
  return Math.round(v * 10) / 10;
}
/** @param {number} first @param {number} last */
function range(first, last) {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

// About `most` round numbers between two ends.
/** @param {number} from @param {number} to @param {number} most @returns {number[]} */
function ticks(from, to, most) {
  const raw = (to - from) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5].map((n) => n * power).find((n) => n >= raw) ?? 10 * power;
  const found = [];
  for (let tick = Math.ceil(from / step) * step; tick <= to + step * 1e-9; tick += step)
    found.push(Number(tick.toPrecision(12)));
  return found;
}

// "+0.31", "−0.004": with its sign, and never a zero that is none.
/** @param {number} value @param {number} digits */
function signed(value, digits) {
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : value > 0 ? "+" : "";
  if (size > 0 && size < 0.5 * 10 ** -digits)
    return sign + (size < 1e-4 ? size.toExponential(0) : String(Number(size.toPrecision(1))));
  if (size >= 1e5) return sign + size.toExponential(digits - 2);
  return sign + size.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : digits);
}

// {fill: …}: the colour of its sign, the stronger the larger.
/** @param {string} property @param {number} value @param {number} scale @returns {Record<string, string>} */
function tint(property, value, scale) {
  const strength = Math.round(Math.min(1, Math.abs(value) / scale) * 62);
  return {
    [property]: `color-mix(in srgb, var(--${value < 0 ? "minus" : "plus"}) ${strength}%, var(--paper))`,
  };
}
