// @ts-check
// The hero diagram. data: see views/shape_flow.py. Text is measured first, so that nothing overlaps at any
// size.

const NARROW = 505; // pixels; below, the flow runs downwards. The wall of a class has a little more
const FONT = {
  title: "600 15px",
  note: "400 12px",
  label: "600 13px",
  tuple: "600 14px",
  words: "600 12.5px",
};
const LINE = { title: 20, note: 16, label: 16, tuple: 26, words: 19 };
const NOTE_WIDTH = 190; // notes longer than this wrap
const SMALL = { wide: 90, narrow: 50 }; // the longest edge isn't made shorter than this
const GAP = 34; // least distance between two steps, room for an arrow
const MOST_TRIED = 3; // steps with several outputs, each of which is tried with them side by side
const VERB = { wide: 64, line: 15, most: 3, air: 18 }; // words on an arrow: widest line, most lines, the head

// ---- text -------------------------------------------------------------------------------------------------
const pen = canvasPen();

function width(text, kind, fonts) {
  pen.font = `${FONT[kind]} ${kind === "tuple" || kind === "words" ? fonts.mono : fonts.sans}`;
  return pen.measureText(text).width;
}

// Breaks at spaces and after "=" and "," so that no line is wider than `limit` where that is possible.
function wrap(text, kind, limit, fonts) {
  const lines = [""];
  for (const piece of text.match(/[^\s,=]+[,=]?\s*|\s+/g) || []) {
    const longer = lines[lines.length - 1] + piece;
    if (width(longer.trimEnd(), kind, fonts) <= limit || !lines[lines.length - 1])
      lines[lines.length - 1] = longer;
    else lines.push(piece);
  }
  return lines.map((line) => line.trimEnd());
}

// Notes side by side while they fit: "padding="same", strides=2".
function packed(notes, fonts) {
  const lines = [];
  for (const note of notes.flatMap((each) => wrap(each, "note", NOTE_WIDTH, fonts))) {
    const joined = lines.length ? `${lines[lines.length - 1]}, ${note}` : note;
    if (lines.length && width(joined, "note", fonts) <= NOTE_WIDTH) lines[lines.length - 1] = joined;
    else lines.push(note);
  }
  return lines;
}

function textAt(x, y, text, attributes) {
  return s("text", { x: round(x), y: round(y), "text-anchor": "middle", ...attributes }, text);
}
function round(v) {
  return Math.round(v * 100) / 100;
}

// ---- one tensor as a box ----------------------------------------------------------------------------------
// Lengths grow with the logarithm: 1 and 133,906 fit one picture, and 4 is still shorter than 5.
function pixels(size, most, open) {
  if (size === null) return open;
  const share = (Math.log(Math.max(size, 1)) / Math.log(200000)) ** 0.65;
  return 20 + (most - 20) * Math.min(share, 1);
}

// The size of an axis, bold, with its name; several lines where the name is long. anchor: "end" | "middle".
function axisLabel(axis, x, y, anchor, fonts) {
  const one = sizeAndName(axis);
  const beside = anchor === "middle" && width(one, "label", fonts) <= 120;
  const name = beside ? [] : wrap(singular(axis.axis, axis.size), "label", 92, fonts);
  const lines = beside ? [one] : [number(axis.size), ...name];
  const wide = Math.max(...lines.map((line) => width(line, "label", fonts)));
  const left = anchor === "end" ? x - wide : x - wide / 2;
  const texts = beside
    ? [textAt(x, y, "", {})]
    : lines.map((line, i) =>
        textAt(x, y + i * LINE.label, line, { "text-anchor": anchor, class: i ? null : "size" }),
      );
  if (beside)
    texts[0].append(
      s("tspan", { class: "size" }, number(axis.size)),
      s("tspan", {}, one.slice(number(axis.size).length)),
    );
  const hit = s("rect", {
    class: "hit",
    x: round(left - 3),
    y: round(y - 13),
    width: round(wide + 6),
    height: lines.length * LINE.label + 1,
    rx: 4,
  });
  const node = withOrigin(
    s("g", { class: `label ${axisClass(axis.axis)}${axis.moved ? " moved" : ""}` }, hit, texts),
    axis,
  );
  return { node, width: wide, height: lines.length * LINE.label };
}

function polyline(points) {
  return points.map(([x, y]) => `${round(x)} ${round(y)}`).join("L");
}

function edge(axis, points, named) {
  const classes = [
    "edge",
    axis && axisClass(axis.axis),
    axis?.size === null && "open",
    axis && named && "named",
    axis?.moved && "moved",
  ];
  return s("path", {
    class: classes.filter(Boolean).join(" "),
    d: `M${polyline(points)}`,
    "data-sources": axis?.sources.length ? axis.sources.join(" ") : null,
  });
}

function face(name, points) {
  return s("path", {
    class: name,
    d: `M${polyline(points)}Z`,
  });
}

// Faint lines on the front, one per element, while they are few enough to count.
function gridLines(x, y, w, h, columns, rows) {
  let d = "";
  if (columns && w / columns >= 5)
    for (let i = 1; i < columns; i += 1) d += `M${round(x + (w * i) / columns)} ${round(y)}v${round(h)}`;
  if (rows && h / rows >= 3.2)
    for (let i = 1; i < rows; i += 1) d += `M${round(x)} ${round(y + (h * i) / rows)}h${round(w)}`;
  return s("path", { class: "grid", d });
}

// A tensor around (0, 0). Returns its extents in all directions (labels included) and its nodes.
function tensorFigure(shape, most, fonts) {
  if (shape.length === 0) return dot(null, fonts);
  if (shape.length === 1) return dot(shape[0], fonts);
  return box(shape, most, fonts);
}

// All outputs of a step: one below the other, or side by side, each above its own tuple (`centers`: where).
function allFigures(shapes, most, fonts, beside) {
  if (shapes.length < 2) return tensorFigure(shapes[0] || [], most, fonts);
  const figures = shapes.map((shape) => tensorFigure(shape, most, fonts));
  return beside ? sideBySide(figures, shapes, fonts) : stacked(figures);
}

function stacked(figures) {
  const tall = figures.reduce((sum, each) => sum + each.up + each.down, 14 * (figures.length - 1));
  let top = -tall / 2;
  const nodes = figures.map((each, i) => {
    const y = round(top + each.up);
    top += each.up + each.down + 14;
    return s("g", { "data-key": `output${i}`, transform: `translate(0 ${y})` }, each.nodes);
  });
  const largest = (side) => Math.max(...figures.map((each) => each[side]));
  return {
    kind: figures.map((each) => each.kind).join("+"),
    nodes,
    boxRight: largest("boxRight"),
    up: tall / 2,
    down: tall / 2,
    left: largest("left"),
    right: largest("right"),
  };
}

function sideBySide(figures, shapes, fonts) {
  const rooms = figures.map((each, i) => {
    const half = tupleWidth(shapes[i], fonts) / 2;
    return { left: Math.max(each.left, half), right: Math.max(each.right, half) };
  });
  const total = rooms.reduce((sum, each) => sum + each.left + each.right, GAP * (figures.length - 1));
  let at = -total / 2;
  const centers = rooms.map(({ left, right }) => {
    const x = round(at + left);
    at += left + right + GAP;
    return x;
  });
  const last = figures.length - 1;
  return {
    kind: figures.map((each) => each.kind).join("|"),
    nodes: figures.map((each, i) =>
      s("g", { "data-key": `output${i}`, transform: `translate(${centers[i]} 0)` }, each.nodes),
    ),
    centers,
    boxRight: centers[last] + figures[last].boxRight,
    up: Math.max(...figures.map((each) => each.up)),
    down: Math.max(...figures.map((each) => each.down)),
    left: total / 2,
    right: total / 2,
  };
}

function dot(batch, fonts) {
  const label = batch && axisLabel(batch, 0, -20, "middle", fonts);
  const line =
    batch &&
    edge(
      batch,
      [
        [-16, 8],
        [16, -8],
      ],
      true,
    );
  return {
    kind: `dot${batch ? 1 : 0}`,
    up: batch ? 38 : 12,
    down: 14,
    left: 22,
    right: 22,
    boxRight: 22,
    nodes: [line, s("circle", { class: "dot", cx: 0, cy: 0, r: 6 }), label?.node],
  };
}

function box(shape, most, fonts) {
  const batch = shape[0];
  const columns = shape[shape.length - 1];
  const down = shape.length > 2 ? shape[1] : null;
  const inner = shape.slice(2, -1); // the axes of a tensor inside a tensor: rank 4 and more
  const words = inner.map(sizeAndName).join(" · ");
  const depth = pixels(batch.size, 72, 38) * Math.min(1, most / SMALL.wide);
  const [dx, dy] = [depth * 0.8, depth * 0.5];
  const least = inner.length ? Math.max(Math.min(104, most), width(words, "label", fonts) + 24) : 0;
  const w = Math.max(pixels(columns.size, most, Math.min(64, most)), least);
  const tall = inner.length
    ? Math.max(pixels(down.size, most, 84), 40 + 34 * copies(down.size))
    : down
      ? pixels(down.size, most, 84)
      : 13;
  const [x, y] = [-(w + dx) / 2, -(tall - dy) / 2];
  const at = (px, py, back) => [x + px + (back ? dx : 0), y + py - (back ? dy : 0)];
  const [A, B, C, D] = [at(0, 0), at(w, 0), at(w, tall), at(0, tall)];
  const [A2, B2, C2] = [at(0, 0, true), at(w, 0, true), at(w, tall, true)];
  const nodes = [
    face("top", [A, A2, B2, B]),
    face("side", [B, B2, C2, C]),
    face("front", [A, B, C, D]),
    inner.length ? null : gridLines(x, y, w, tall, columns.size, down?.size),
    edge(batch, [B, B2], false),
    edge(batch, [C, C2], false),
    edge(down, [B2, C2], false),
    edge(columns, [A2, B2], false),
    edge(down, [B, C], false),
    edge(columns, [A, B], false),
    edge(batch, [A, A2], true),
    edge(down, [A, D], true),
    edge(columns, [D, C], true),
    inner.length ? nested(inner, words, columns, down, x, y, w, tall) : null,
  ];
  const below = axisLabel(columns, x + w / 2, y + tall + 19, "middle", fonts);
  const above = axisLabel(batch, x + dx + w / 2, y - dy - 9, "middle", fonts);
  const beside = down && axisLabel(down, x - 10, 0, "end", fonts);
  if (beside) beside.node = axisLabel(down, x - 10, y + tall / 2 - beside.height / 2 + 12, "end", fonts).node;
  nodes.push(above.node, beside?.node, below.node);
  const half = (w + dx) / 2;
  return {
    kind: `box${shape.length}`,
    nodes,
    boxRight: half,
    up: (tall + dy) / 2 + 24,
    down: (tall + dy) / 2 + 6 + below.height,
    left: Math.max(half + (beside ? beside.width + 12 : 0), below.width / 2 + dx / 2),
    right: Math.max(half, above.width / 2 + dx / 2),
  };
}

function copies(size) {
  return size === null ? 2 : Math.min(size, 3);
}

// What stands inside a box of rank 4 or more: one small sheet per element of the outer axis, at most three.
function nested(inner, words, columns, outer, x, y, w, tall) {
  const count = copies(outer.size);
  const more = outer.size === null || outer.size > count;
  const room = tall - 16 - (more ? 14 : 0);
  const high = Math.min((room - (count - 1) * 6) / count, 40);
  const sheets = [];
  for (let i = 0; i < count; i += 1) {
    const [left, top] = [x + 10, y + 8 + i * (high + 6)];
    sheets.push(
      face("side", [
        [left, top],
        [left + w - 20, top],
        [left + w - 20, top + high],
        [left, top + high],
      ]),
    );
    sheets.push(
      edge(
        columns,
        [
          [left, top + high],
          [left + w - 20, top + high],
        ],
        false,
      ),
    );
    sheets.push(
      edge(
        inner[0],
        [
          [left, top],
          [left, top + high],
        ],
        true,
      ),
    );
  }
  const label = withOrigin(
    s(
      "g",
      { class: `label ${axisClass(inner[0].axis)}` },
      textAt(x + w / 2, y + 8 + high / 2 + 4, words, {}),
    ),
    inner[0],
  );
  const dots = more ? textAt(x + w / 2, y + tall - 7, "⋮", { class: "note" }) : null;
  return s("g", {}, sheets, label, dots);
}

// ---- tuples -----------------------------------------------------------------------------------------------
// "(None, 20, 5)" centred at x; each number is a button of the keyboard's roving focus.
function svgTuple(shape, x, y, fonts) {
  const one = width("0", "tuple", fonts);
  const plain = shape.map((axis) => (axis.size === null ? "None" : String(axis.size)));
  const total = plain.join(", ").length + 2 + (shape.length === 1 ? 1 : 0);
  let at = x - (total * one) / 2;
  const nodes = [];
  const put = (text, node) => {
    nodes.push(node(at));
    at += text.length * one;
  };
  const punct = (text) =>
    put(text, (px) => s("text", { class: "punct", x: round(px), y, "xml:space": "preserve" }, text));
  punct("(");
  shape.forEach((axis, i) => {
    if (i) punct(", ");
    put(plain[i], (px) => value(axis, plain[i], px, y, one));
  });
  punct(shape.length === 1 ? ",)" : ")");
  return s("g", { class: "tuple" }, nodes);
}

function value(axis, text, x, y, one) {
  const wide = Math.max(text.length * one + 4, 24);
  return withOrigin(
    s(
      "g",
      {
        class: `value ${axisClass(axis.axis)}${axis.moved ? " moved" : ""}`,
        role: "button",
        tabindex: -1,
        "aria-label": nameAndSize(axis),
      },
      s("rect", {
        class: "hit",
        x: round(x + (text.length * one - wide) / 2),
        y: y - 18,
        width: round(wide),
        height: 25,
        rx: 4,
      }),
      s("text", { x: round(x), y }, text),
    ),
    axis,
  );
}

// "(batch, timesteps, features)": what was expected or found, with the axes that disagree underlined.
function svgWords(label, shape, marked, x, y, fonts) {
  const words = shape.map((axis) => (axis.size === null ? axis.axis : nameAndSize(axis)));
  /** @type {{word: string, axis: Axis, marked: boolean, last: boolean, first: boolean}[][]} */
  const lines = [[]];
  const limit = 230;
  words.forEach((word, i) => {
    const line = lines[lines.length - 1];
    const longer = [...line.map((each) => each.word), word].join(", ");
    if (line.length && width(`(${longer})`, "words", fonts) > limit) lines.push([]);
    lines[lines.length - 1].push({
      word,
      axis: shape[i],
      marked: marked(shape[i], i),
      last: i === words.length - 1,
      first: i === 0,
    });
  });
  const nodes = [textAt(x, y, label, { class: "note bad" })];
  let widest = 0;
  lines.forEach((line, row) => {
    const top = y + LINE.words * (row + 1);
    /** @type {[string, any?][]} */
    const all = line.flatMap((each) => [
      [each.first ? "(" : ""],
      [each.word, each],
      [each.last ? ")" : ", "],
    ]);
    const pieces = all.filter(([text]) => text);
    const written = pieces.map(([text]) => text).join("");
    const total = width(written.trimEnd(), "words", fonts);
    widest = Math.max(widest, total);
    let at = x - total / 2;
    for (const [text, each] of pieces) {
      const wide = width(text, "words", fonts);
      nodes.push(
        s(
          "text",
          {
            class: each ? `ax ${axisClass(each.axis.axis)}` : "punct",
            x: round(at),
            y: top,
            "xml:space": "preserve",
          },
          text,
        ),
      );
      if (each?.marked)
        nodes.push(s("path", { class: "mark", d: `M${round(at)} ${top + 4.5}h${round(wide)}` }));
      at += wide;
    }
  });
  return { node: s("g", { class: "words" }, nodes), width: widest, height: LINE.words * (lines.length + 1) };
}

// ---- one step: head, figure, foot -------------------------------------------------------------------------
function stepNode(step, data, most, fonts, beside) {
  const merges = joins(step, data);
  const notes = [...packed(step.notes, fonts), ...(merges && step.verb ? [step.verb] : [])];
  const titles = wrap(step.title, "title", 220, fonts);
  const fold = step.fold ? notes.push(step.repeated) - 1 : -1;
  if (step.repeated && !step.fold) notes.push(step.repeated);
  if (step.mark.note) notes.push(step.mark.note);
  const head = titles.length * LINE.title + notes.length * LINE.note;
  const figure = step.hidden
    ? hiddenFigure()
    : step.failed
      ? failedFigure(data.failure, most, fonts)
      : allFigures(step.shapes, most, fonts, beside);
  const foot = step.failed
    ? failedFoot(data.failure, fonts)
    : step.hidden
      ? hiddenFoot()
      : plainFoot(step, fonts, figure.centers);
  const half = Math.max(
    foot.width / 2,
    ...titles.map((t) => width(t, "title", fonts) / 2),
    ...notes.map((n) => width(n, "note", fonts) / 2),
  );
  const verb = step.verb && !merges ? wrap(step.verb, "note", VERB.wide, fonts) : [];
  return {
    step,
    merges,
    titles,
    notes,
    fold,
    figure,
    foot,
    head,
    verbWide: Math.max(0, ...verb.map((line) => width(line, "note", fonts))),
    left: Math.max(half, figure.left),
    right: Math.max(half, figure.right),
    above: head + 14 + figure.up,
    below: figure.down + 16 + foot.height,
  };
}

// Arrows that meet leave no room for words on one of them: what the step does is said under its name.
function joins(step, data) {
  return new Set(data.links.filter(({ to }) => to === step.index).map(({ from }) => from)).size > 1;
}

function hiddenFigure() {
  return {
    kind: "guess",
    up: 34,
    down: 34,
    left: 34,
    right: 34,
    boxRight: 34,
    nodes: [
      s("rect", { class: "guess", x: -32, y: -32, width: 64, height: 64, rx: 8 }),
      textAt(0, 12, "?", { class: "question" }),
    ],
  };
}
function hiddenFoot() {
  return { width: 90, height: 34, draw: (y) => textAt(0, y + 14, "yours to predict", { class: "note" }) };
}

function failedFigure(failure, most, fonts) {
  const found = failure?.found || [];
  const shape = found.length
    ? found
    : [
        { axis: "", size: null, sources: [] },
        { axis: "", size: null, sources: [] },
      ];
  const figure = tensorFigure(shape, most, fonts);
  const wrong = failure && failure.axis !== null ? found[failure.axis]?.axis : undefined;
  const isLabel = (node) => node?.classList.contains("label");
  const nodes = figure.nodes.filter(
    (node) =>
      !isLabel(node) ||
      node === figure.nodes.find((each) => isLabel(each) && wrong && each.textContent.endsWith(wrong)),
  );
  return {
    ...figure,
    kind: `failed-${figure.kind}`,
    nodes: [...nodes, s("path", { class: "cross", d: "M-9 -9L9 9M9 -9L-9 9" })],
  };
}

function failedFoot(failure, fonts) {
  if (!failure || !failure.expected.length)
    return { width: 60, height: 20, draw: (y) => textAt(0, y + 14, "not built", { class: "note bad" }) };
  const names = { expected: failure.expected.map((a) => a.axis), found: failure.found.map((a) => a.axis) };
  const differs = (others) => (axis, i) =>
    failure.axis === null ? !others.includes(axis.axis) : i === failure.axis;
  const expected = (y) => svgWords("expected", failure.expected, differs(names.found), 0, y, fonts);
  const found = (y) => svgWords("found", failure.found, differs(names.expected), 0, y, fonts);
  const [a, b] = [expected(0), found(0)];
  return {
    width: Math.max(a.width, b.width) + 8, // some air to the edge of the figure
    height: a.height + b.height + 8,
    draw: (y) => [expected(y + 12).node, found(y + 20 + a.height).node],
  };
}

function tupleWidth(shape, fonts) {
  const plain = shape.map((axis) => (axis.size === null ? "None" : axis.size)).join(", ");
  return width(`(${plain})`, "tuple", fonts) + 10;
}

// centers: where the tuples are, if they are side by side.
function plainFoot(step, fonts, centers) {
  const params =
    step.params === null ? "" : step.params === 0 ? "no parameters" : plural(step.params, "parameter");
  const lines = centers ? 1 : step.shapes.length;
  const tuples = centers ? [] : step.shapes.map((shape) => tupleWidth(shape, fonts));
  return {
    width: Math.max(width(params, "note", fonts), ...tuples, 0),
    height: lines * LINE.tuple + LINE.note,
    draw: (y) => [
      step.shapes.map((shape, i) =>
        centers
          ? svgTuple(shape, centers[i], round(y + 16), fonts)
          : svgTuple(shape, 0, round(y + 16 + i * LINE.tuple), fonts),
      ),
      params
        ? textAt(0, y + 16 + (lines - 1) * LINE.tuple + 21, params, {
            class: step.mark.params ? "note moved" : "note",
          })
        : null,
    ],
  };
}

// `top`: how far above the centre line the head starts; `foot`: how far below it the foot starts.
function drawStep(node, x, y, top, foot, key, active) {
  const { step } = node;
  const shapes = step.shapes
    .map((shape) => `(${shape.map((a) => `${nameAndSize(a)}${a.moved ? " (differs)" : ""}`).join(", ")})`)
    .join(" and ");
  const label = [
    step.title,
    step.layer,
    step.hidden ? "shape to predict" : step.failed ? "can't be built" : shapes,
    step.repeated,
    step.mark.note,
  ]
    .filter(Boolean)
    .join(", ");
  const heading = s(
    "g",
    {},
    node.titles.map((text, i) => textAt(0, -top + 15 + i * LINE.title, text, { class: "title" })),
    node.notes.map((text, i) => {
      const line = -top + 13 + node.titles.length * LINE.title + i * LINE.note;
      if (i === node.fold) return foldButton(step, text, line);
      return textAt(0, line, text, {
        class: step.mark.note && i === node.notes.length - 1 ? "note moved" : "note",
      });
    }),
  );
  const group = s(
    "g",
    {
      class: step.failed ? "step failed" : "step",
      "data-key": key,
      "data-step": step.index,
      role: "group",
      tabindex: active ? 0 : -1,
      "aria-label": label,
      transform: `translate(${round(x)} ${round(y)})`,
    },
    explained(heading, step),
    s("g", { "data-key": node.figure.kind }, node.figure.nodes),
    s("g", { "data-key": "foot" }, node.foot.draw(foot)),
  );
  return explained(group, step, true);
}

// A repeated block is opened, and folded again, where it is drawn.
function foldButton(step, text, y) {
  return s(
    "g",
    {
      class: "value fold",
      role: "button",
      tabindex: -1,
      "data-fold": step.fold.start,
      "aria-label": step.fold.label,
    },
    textAt(0, y, text, { class: "note" }),
  );
}

// What the layer does, and its line of code: on hovering its name, and on focusing the step.
function explained(node, step, focusOnly) {
  const differs = step.mark.why && `Different from the other picture: ${step.mark.why}`;
  if (!differs && !step.why && !step.code) return node;
  const tell = (live) =>
    popover(live, [
      step.why,
      differs && h("p", { class: "differs" }, differs),
      step.code && h("code", null, step.code),
    ]);
  return focusOnly ? revealsOnFocus(node, tell) : reveals(node, tell);
}

// ---- layout -----------------------------------------------------------------------------------------------
function isChain(data) {
  return data.columns.every((column) => column.length === 1 && "step" in column[0]);
}

// Rows of steps, each row no wider than `room`, as even as possible.
function rowsOf(nodes, room) {
  const fill = (limit) => {
    /** @type {any[][]} */
    const rows = [[]];
    let used = 0;
    for (const node of nodes) {
      const wide = node.left + node.right;
      if (rows[rows.length - 1].length && used + GAP + wide > limit) {
        rows.push([]);
        used = 0;
      }
      used += (rows[rows.length - 1].length ? GAP : 0) + wide;
      rows[rows.length - 1].push(node);
    }
    return rows;
  };
  const rows = fill(room);
  for (let limit = 200; rows.length > 1 && limit < room; limit += 20)
    if (fill(limit).length === rows.length) return fill(limit);
  return rows;
}

function chainLayout(nodes, room) {
  const rows = rowsOf(nodes, room - (rowsOf(nodes, room).length > 1 ? 60 : 0));
  const places = [];
  const arrows = [];
  let y = 4;
  /** @type {any} */
  let previous = null;
  for (const row of rows) {
    const total = row.reduce((sum, node) => sum + node.left + node.right, 0);
    const spare = room - total - GAP * (row.length - 1) - (rows.length > 1 ? 60 : 0);
    // room for the verbs
    const said = Math.max(0, ...row.slice(1).map((node) => node.verbWide + VERB.air - GAP));
    const most = Math.max(spare / (row.length + 1), Math.min(said, spare / Math.max(1, row.length - 1)));
    const gap = GAP + Math.max(0, Math.min(most, 80));
    const [top, foot] = [
      Math.max(...row.map((n) => n.head + 14 + n.figure.up)),
      Math.max(...row.map((n) => n.figure.down + 16)),
    ];
    let x = Math.max((room - total - gap * (row.length - 1)) / 2, 0);
    if (rows.length > 1) x = 30 + Math.max(0, Math.min(spare / (row.length + 1), 80));
    const middle = y + top;
    row.forEach((node, i) => {
      const place = { node, x: x + node.left, y: middle, top, foot };
      if (i) arrows.push({ from: previous, to: place, points: across(previous, place) });
      else if (previous)
        arrows.push({ from: previous, to: place, points: carriage(previous, place, y, room) });
      places.push(place);
      previous = place;
      x += node.left + node.right + gap;
    });
    y = middle + foot + Math.max(...row.map((n) => n.foot.height)) + 44;
  }
  return { places, arrows, width: Math.max(room, ...places.map((p) => p.x + p.node.right)), height: y - 32 };
}

function across(a, b) {
  return [
    [a.x + a.node.figure.boxRight + 12, a.y],
    [b.x - b.node.figure.left - 10, b.y],
  ];
}

// From the end of one row to the start of the next: out to the right, back between the rows, in from the
// left.
function carriage(a, b, top, room) {
  const out = Math.min(room - 8, Math.max(a.x + a.node.right + 14, a.x + a.node.figure.boxRight + 30));
  const into = Math.max(b.x - b.node.left - 18, 6);
  return [
    [a.x + a.node.figure.boxRight + 12, a.y],
    [out, a.y],
    [out, top - 20],
    [into, top - 20],
    [into, b.y],
    [b.x - b.node.figure.left - 10, b.y],
  ];
}

// Down the page: for narrow screens.
function downLayout(nodes, data, room) {
  const places = new Map();
  const bends = new Map();
  const alone = data.columns
    .filter((column) => column.length === 1 && "step" in column[0])
    .map((column) => nodes[column[0].step]);
  const [left, right] = [Math.max(0, ...alone.map((n) => n.left)), Math.max(0, ...alone.map((n) => n.right))];
  // one axis for all steps that stand alone in their row
  const centre = Math.max(left, (room + left - right) / 2);
  let y = 4;
  let wide = room;
  for (const column of data.columns) {
    const entries = column.map((entry) => ("step" in entry ? nodes[entry.step] : null));
    const total = entries.reduce(
      (sum, node) => sum + (node ? node.left + node.right : 24),
      16 * (entries.length - 1),
    );
    wide = Math.max(wide, total);
    const above = Math.max(0, ...entries.map((node) => node?.above || 0));
    const below = Math.max(0, ...entries.map((node) => node?.below || 0));
    let x = entries.length === 1 && entries[0] ? centre - entries[0].left : Math.max((room - total) / 2, 0);
    column.forEach((entry, i) => {
      const node = entries[i];
      if (node)
        places.set(entry.step, {
          node,
          x: x + node.left,
          y: y + above,
          top: node.head + 14 + node.figure.up,
          foot: node.figure.down + 16,
        });
      else
        bends.set(entry.link, [...(bends.get(entry.link) || []), [x + 12, y], [x + 12, y + above + below]]);
      x += (node ? node.left + node.right : 24) + 16;
    });
    y += above + below + 46;
  }
  const arrows = data.links.map((link, k) => {
    const [a, b] = [places.get(link.from), places.get(link.to)];
    const single = data.links.filter(({ to }) => to === link.to).length === 1;
    return {
      from: a,
      to: b,
      down: { room: wide, straight: single && Math.abs(a.x - b.x) < 0.5 },
      points: [
        [a.x, a.y + a.foot + a.node.foot.height + 4],
        ...(bends.get(k) || []),
        [b.x, b.y - b.top - 6], // several arrows into one step end in one head
      ],
    };
  });
  return { places: [...places.values()], arrows, width: wide, height: y - 40 };
}

// Columns with equally many entries share their rows, so that a branch runs straight. Entries -> centre
// lines.
function rowGrid(nodes, columns) {
  const grid = new Map();
  for (const count of new Set(columns.map((column) => column.length))) {
    const alike = columns.filter((column) => column.length === count);
    let at = 0;
    grid.set(
      count,
      alike[0].map((_, row) => {
        const steps = alike.map((column) => nodes[column[row].step]).filter(Boolean);
        const line = at + Math.max(16, ...steps.map((node) => node.above));
        at = line + Math.max(16, ...steps.map((node) => node.below)) + 30;
        return line;
      }),
    );
  }
  return grid;
}

// Columns from left to right, branches above each other.
function layeredLayout(nodes, data, room) {
  const extents = data.columns.map((column) => {
    const inside = column.filter((e) => "step" in e).map((e) => nodes[e.step]);
    return {
      left: Math.max(8, ...inside.map((n) => n.left)),
      right: Math.max(8, ...inside.map((n) => n.right)),
    };
  });
  const least = 40;
  const total = extents.reduce((sum, e) => sum + e.left + e.right, 0);
  const gap = Math.max(least, Math.min((room - total) / data.columns.length, 110));
  const used = total + gap * (data.columns.length - 1);
  let x = Math.max((room - used) / 2, 0);
  const places = new Map();
  const bends = new Map();
  const grid = rowGrid(nodes, data.columns);
  data.columns.forEach((column, c) => {
    const lines = grid.get(column.length);
    const middle = (lines[0] + lines[lines.length - 1]) / 2;
    const centre = x + extents[c].left;
    column.forEach((entry, i) => {
      const y = lines[i] - middle;
      if ("step" in entry) {
        const node = nodes[entry.step];
        places.set(entry.step, {
          node,
          x: centre,
          y,
          top: node.head + 14 + node.figure.up,
          foot: node.figure.down + 16,
          start: x,
          end: x + extents[c].left + extents[c].right,
        });
      } else
        bends.set(entry.link, [
          ...(bends.get(entry.link) || []),
          [x, y],
          [x + extents[c].left + extents[c].right, y],
        ]);
    });
    x += extents[c].left + extents[c].right + gap;
  });
  const all = [...places.values()];
  const top = Math.min(...all.map((p) => p.y - p.top), ...[...bends.values()].flat().map(([, y]) => y - 14));
  for (const place of all) place.y -= top - 4;
  for (const points of bends.values()) for (const point of points) point[1] -= top - 4;
  const arrows = data.links.flatMap((link, k) => {
    const [a, b] = [places.get(link.from), places.get(link.to)];
    if (!a || !b) return []; // it leads to a row below
    const { y } = b; // several arrows into one step end in one head
    const [out, tip] = [a.x + a.node.figure.boxRight + 12, b.x - b.node.figure.left - 10];
    const points = [
      [out, a.y],
      [Math.max(a.end, out), a.y],
      ...(bends.get(k) || []),
      [Math.min(b.start, tip - 12), y],
      [tip, y],
    ];
    return [{ from: a, to: b, points }];
  });
  return {
    places: all,
    arrows,
    width: Math.max(room, used),
    height: Math.max(...all.map((p) => p.y + p.foot + p.node.foot.height)) + 12,
  };
}

// As many columns as fit side by side; the chain of steps that follows them goes on below, from the left.
function wrappedLayout(nodes, data, room) {
  const alone = (column) => column.length === 1 && "step" in column[0];
  for (let cut = data.columns.length - 1; cut > 1 && data.columns.slice(cut - 1).every(alone); cut -= 1) {
    const head = layeredLayout(nodes, { ...data, columns: data.columns.slice(0, cut) }, room);
    if (head.width > room) continue;
    const tail = chainLayout(
      data.columns.slice(cut).map(([{ step }]) => nodes[step]),
      room,
    );
    const top = head.height + 32;
    for (const place of tail.places) place.y += top;
    for (const { points } of tail.arrows) for (const point of points) point[1] += top;
    const last = head.places.find((place) => place.node.step.index === data.columns[cut - 1][0].step);
    const turn = { from: last, to: tail.places[0], points: carriage(last, tail.places[0], top + 4, room) };
    return {
      places: [...head.places, ...tail.places],
      arrows: [...head.arrows, turn, ...tail.arrows],
      width: Math.max(head.width, tail.width),
      height: top + tail.height,
    };
  }
  return layeredLayout(nodes, data, room);
}

// ---- arrows -----------------------------------------------------------------------------------------------
// The verb of a step on the arrow that leads to it, if it is the only one. Words are beside
// their line, on the side that no line crosses; where both are crossed there are none. Down the page the line
// that crosses them is broken instead.
function verbOn(each, all, fonts) {
  const { verb } = each.to.node.step;
  if (!verb || each.to.node.merges) return null;
  const places = each.down ? placesNextTo(each, verb, fonts) : placesAlong(each, verb, fonts);
  const lines = all.flatMap(pointsOn);
  const best = places.find((place) => !crossed(place, lines)) ?? (each.down ? places[0] : undefined);
  return best ? verbAt(best) : null;
}

// Down the page: next to the line; next to the tip of a bent one, where it is out of the way of the bend.
function placesNextTo({ points, down }, verb, fonts) {
  const [x, y] = points[points.length - 1];
  const [off, up] = down.straight ? [10, 12] : [12, 0];
  const wide = width(verb, "note", fonts);
  const right = { lines: [verb], wide, x: x + off, y: y - up, anchor: "start" };
  const left = { lines: [verb], wide, x: x - off, y: y - up, anchor: "end" };
  const fits = [right, left].filter((place) => spanOf(place)[0] >= 0 && spanOf(place)[1] <= down.room);
  return fits.length ? fits : [left];
}

// From left to right: above the longest of its lines, or below it.
function placesAlong({ points }, verb, fonts) {
  const [[x1, y1], [x2, y2]] = longest(points);
  const room = Math.abs(x2 - x1) - VERB.air / 2;
  const lines = even(verb, "note", room, fonts);
  const wide = Math.max(...lines.map((line) => width(line, "note", fonts)));
  if (Math.abs(y1 - y2) > 0.5 || room < wide || lines.length > VERB.most) return [];
  const at = (y) => ({ lines, wide, x: (x1 + x2) / 2 - 3, y, anchor: "middle" });
  return [at(y1 - 8 - (lines.length - 1) * VERB.line), at(y1 + 16)];
}

// As few lines as `limit` allows, none much shorter than the others.
function even(text, kind, limit, fonts) {
  const lines = wrap(text, kind, limit, fonts);
  for (let less = limit - 4; lines.length > 1 && less > 0; less -= 4) {
    const tried = wrap(text, kind, less, fonts);
    if (tried.length > lines.length || tried.some((line) => width(line, kind, fonts) > less)) break;
    lines.splice(0, lines.length, ...tried);
  }
  return lines;
}

function verbAt({ lines, x, y, anchor }) {
  return lines.map((line, i) =>
    s("text", { class: "verb", x: round(x), y: round(y + i * VERB.line), "text-anchor": anchor }, line),
  );
}

function spanOf({ x, wide, anchor }) {
  const left = { start: x, middle: x - wide / 2, end: x - wide }[anchor];
  return [left, left + wide];
}

// Whether a line runs through the words.
function crossed(place, lines) {
  const [left, right] = spanOf(place);
  const [top, bottom] = [place.y - 11, place.y + (place.lines.length - 1) * VERB.line + 3];
  return lines.some(([x, y]) => x > left && x < right && y > top && y < bottom);
}

// How an arrow bends: down the page, back to the start of the next row, or from left to right.
function bendOf({ from, to, points, down }) {
  if (down) return "down";
  return points.length === 6 && to.y - from.y > 60 && !("start" in to) ? "turn" : "across";
}

// Points on an arrow's line, a few pixels apart.
function pointsOn(each) {
  const bend = bendOf(each);
  return each.points.slice(1).flatMap(([x1, y1], i) => {
    const [x0, y0] = each.points[i];
    const many = Math.ceil(Math.hypot(x1 - x0, y1 - y0) / 4) || 1;
    return range(0, many).map((k) => {
      const t = k / many;
      const [along, aside] = [t ** 3 + 1.5 * t * (1 - t), t * t * (3 - 2 * t)]; // of the curves below
      const [h, v] = { turn: [t, t], across: [along, aside], down: [aside, along] }[bend];
      return [x0 + (x1 - x0) * h, y0 + (y1 - y0) * v];
    });
  });
}

// The longest of an arrow's lines.
function longest(points) {
  const lines = points.slice(1).map((point, i) => [points[i], point]);
  const far = ([[x1, y1], [x2, y2]]) => (Math.abs(y1 - y2) < 0.5 ? Math.abs(x2 - x1) : 0);
  return lines.reduce((best, line) => (far(line) > far(best) ? line : best));
}

function arrow(each, key, first) {
  const { to, points, down } = each;
  const bad = to.node.step.failed ? " bad" : "";
  const [tx, ty] = points[points.length - 1];
  const tip = down
    ? `M${round(tx)} ${round(ty + 1)}l-4.5 -9h9Z`
    : `M${round(tx + 1)} ${round(ty)}l-9 -4.5v9Z`;
  const end = down ? [tx, ty - 7] : [tx - 7, ty];
  const drawn = { down: flowingDown, turn: rounded, across: flowing }[bendOf(each)];
  return s(
    "g",
    { "data-key": key, "aria-hidden": "true" },
    s("path", { class: `arrow${bad}`, d: drawn([...points.slice(0, -1), end]) }),
    first ? s("path", { class: `head${bad}`, d: tip }) : null,
  );
}

// All lines first, then the words on them. Several arrows into one step have one head.
function allArrows(arrows, fonts) {
  const first = (each) => arrows.find(({ to }) => to === each.to) === each;
  return [
    arrows.map((each, i) => arrow(each, `arrow${i}`, first(each))),
    s(
      "g",
      { "data-key": "verbs", "aria-hidden": "true" },
      arrows.filter(first).map((each) => verbOn(each, arrows, fonts)),
    ),
  ];
}

function flowing(points) {
  let d = `M${round(points[0][0])} ${round(points[0][1])}`;
  for (let i = 1; i < points.length; i += 1) {
    const [[x0, y0], [x1, y1]] = [points[i - 1], points[i]];
    const bend = (x1 - x0) / 2;
    d +=
      Math.abs(y1 - y0) < 0.5
        ? `L${round(x1)} ${round(y1)}`
        : `C${round(x0 + bend)} ${round(y0)} ${round(x1 - bend)} ${round(y1)} ${round(x1)} ${round(y1)}`;
  }
  return d;
}

function flowingDown(points) {
  let d = `M${round(points[0][0])} ${round(points[0][1])}`;
  for (let i = 1; i < points.length; i += 1) {
    const [[x0, y0], [x1, y1]] = [points[i - 1], points[i]];
    const bend = (y1 - y0) / 2;
    d +=
      Math.abs(x1 - x0) < 0.5
        ? `L${round(x1)} ${round(y1)}`
        : `C${round(x0)} ${round(y0 + bend)} ${round(x1)} ${round(y1 - bend)} ${round(x1)} ${round(y1)}`;
  }
  return d;
}

function rounded(points) {
  let d = `M${round(points[0][0])} ${round(points[0][1])}`;
  for (let i = 1; i < points.length - 1; i += 1) {
    const [before, at, after] = [points[i - 1], points[i], points[i + 1]];
    const near = (p) => {
      const length = Math.hypot(p[0] - at[0], p[1] - at[1]) || 1;
      const r = Math.min(10, length / 2);
      return [round(at[0] + ((p[0] - at[0]) * r) / length), round(at[1] + ((p[1] - at[1]) * r) / length)];
    };
    d += `L${near(before).join(" ")}Q${at.map(round).join(" ")} ${near(after).join(" ")}`;
  }
  return `${d}L${round(points[points.length - 1][0])} ${round(points[points.length - 1][1])}`;
}

// ---- sizes that are changed in the picture ----------------------------------------------------------------
// data.drags: by the source of a number the dim that decides it, {dim, value, min, max}. Right and down is
// more. PULL: pixels of a step; the size from which on a step is more; ms until it is sent.
const PULL = { pixels: 6, large: 40, pause: 160 };
const HINT = "Point at a number to see where it comes from; drag an edge, or press + and −, to change it.";
const HINT_OF_FINGERS = "Tap a number to see where it comes from; drag an edge sideways to change it.";
const HINTED = "shape-flow-hinted";

function dragOf(root, node) {
  const sources = node?.getAttribute("data-sources")?.split(" ") ?? [];
  return sources.map((source) => root.flow.data.drags?.[source]).find(Boolean);
}

function startDrag(root, event) {
  const node = event.target.closest?.(".edge.named, .label");
  const drag = dragOf(root, node);
  if (!drag || event.button !== 0) return;
  event.preventDefault(); // no text is selected
  const sideways = event.pointerType === "touch"; // up and down a finger scrolls the page
  const [x, y] = [event.clientX, event.clientY];
  let [size, moved] = [drag.value, false];
  const move = (to) => {
    const pull = Math.round((to.clientX - x + (sideways ? 0 : to.clientY - y)) / PULL.pixels);
    moved ||= pull !== 0;
    const next = within(drag, drag.value + pull * Math.max(1, Math.round(drag.value / PULL.large)));
    if (!moved || next === size) return;
    size = next;
    popover(node, [h("b", {}, `${drag.dim} ${number(size)}`)]);
    sendSize(root, drag.dim, size, PULL.pause);
  };
  const stop = (end) => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", stop);
    removeEventListener("pointercancel", stop);
    if (!moved) return;
    root.querySelector(":scope > .pop")?.hidePopover();
    if (end.type === "pointercancel") return clearTimeout(root.flow.timer); // the finger scrolls
    sendSize(root, drag.dim, size, 0);
    const swallow = (click) => click.stopPropagation(); // it was no click on the number
    addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }));
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", stop);
  addEventListener("pointercancel", stop);
}

function within({ min, max }, size) {
  return Math.min(max, Math.max(min, size));
}

// Several steps within a moment are one change. The next key counts from what was sent last.
function sendSize(root, dim, size, wait) {
  hinted(root);
  clearTimeout(root.flow.timer);
  root.flow.timer = setTimeout(() => root.flow.send({ dim, value: size }), wait);
}

function keyedSize(root, node, by) {
  const drag = dragOf(root, node);
  if (!drag) return false;
  drag.value = within(drag, drag.value + by);
  sendSize(root, drag.dim, drag.value, PULL.pause);
  return true;
}

function hinted(root) {
  sessionStorage.setItem(HINTED, "yes");
  root.querySelector(".hint")?.classList.add("known");
}

function hint(root) {
  const { drags } = root.flow.data;
  if (!drags || !Object.keys(drags).length) return null;
  const told = matchMedia("(hover: none), (pointer: coarse)").matches ? HINT_OF_FINGERS : HINT;
  return h("p", { class: `hint${sessionStorage.getItem(HINTED) ? " known" : ""}` }, told);
}

function markDrags(root) {
  for (const node of root.querySelectorAll(".flow .edge.named, .flow .label"))
    node.classList.toggle("drag", Boolean(dragOf(root, node)));
}

// ---- a large figure ---------------------------------------------------------------------------------------
// It has a frame of its own and stays in it: scrolled, dragged and zoomed there, nothing on the page moves.
const ZOOM = { least: 0.2, readable: 0.7, begin: 0.9, most: 3, step: 1.25 };

/** @returns {any} */
function bigFrame(root) {
  return root.querySelector(".flow .scroll");
}

// `at`: the place of the frame that stays where it is; its middle, where none is given.
/** @param {any} root @param {number} zoom @param {number[] | null} at */
function zoomTo(root, zoom, at = null) {
  const frame = bigFrame(root);
  const next = Math.min(ZOOM.most, Math.max(ZOOM.least, zoom));
  const [x, y] = at || [frame.clientWidth / 2, frame.clientHeight / 2];
  const grown = next / root.flow.zoom;
  const [left, top] = [(frame.scrollLeft + x) * grown - x, (frame.scrollTop + y) * grown - y];
  root.flow.zoom = next;
  const [wide, high] = root.flow.size;
  const svg = frame.querySelector("svg");
  svg.setAttribute("width", Math.ceil(wide * next));
  svg.setAttribute("height", Math.ceil(high * next));
  frame.scrollTo(left, top);
  const told = root.querySelector(".zooms output"); // a figure that is only drawn smaller has none
  if (told) told.textContent = `${Math.round(next * 100)} %`;
}

function fitAll(root) {
  const frame = bigFrame(root);
  const [wide, high] = root.flow.size;
  zoomTo(root, Math.min(frame.clientWidth / wide, frame.clientHeight / high, 1));
}

function wheeled(root, event) {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  const place = bigFrame(root).getBoundingClientRect();
  const by = Math.exp(-event.deltaY / 300);
  zoomTo(root, root.flow.zoom * by, [event.clientX - place.left, event.clientY - place.top]);
}

// Two fingers zoom the figure, around the place between them; one finger scrolls as everywhere.
/** @param {any} root @param {TouchEvent} event */
function startPinch(root, event) {
  if (event.touches.length !== 2) return;
  event.preventDefault(); // the page isn't zoomed as well
  const apart = (/** @type {Iterable<Touch>} */ fingers) => {
    const [one, other] = fingers;
    return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
  };
  const [began, zoom] = [Math.max(apart(event.touches), 1), root.flow.zoom];
  const frame = bigFrame(root);
  const place = frame.getBoundingClientRect();
  const move = (now) => {
    if (now.touches.length !== 2) return;
    now.preventDefault();
    const [one, other] = now.touches;
    const [x, y] = [(one.clientX + other.clientX) / 2, (one.clientY + other.clientY) / 2];
    zoomTo(root, (zoom * apart(now.touches)) / began, [x - place.left, y - place.top]);
  };
  const stop = () => {
    frame.removeEventListener("touchmove", move);
    removeEventListener("touchend", stop);
    removeEventListener("touchcancel", stop);
  };
  frame.addEventListener("touchmove", move, { passive: false });
  addEventListener("touchend", stop);
  addEventListener("touchcancel", stop);
}

function zoomKeys(root, event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey) return;
  const by = { "+": ZOOM.step, "=": ZOOM.step, "-": 1 / ZOOM.step, "−": 1 / ZOOM.step }[event.key];
  if (by) zoomTo(root, root.flow.zoom * by);
  else if (event.key === "0") fitAll(root);
  else return;
  event.preventDefault();
}

function startPan(root, event) {
  if (event.defaultPrevented) return; // an edge is dragged
  if (event.button !== 0 || event.pointerType === "touch" || event.target.closest("[role=button]")) return;
  const frame = bigFrame(root);
  let [x, y] = [event.clientX, event.clientY];
  event.preventDefault(); // no text is selected
  const move = (to) => {
    frame.classList.add("panned");
    frame.scrollBy(x - to.clientX, y - to.clientY);
    [x, y] = [to.clientX, to.clientY];
  };
  const stop = () => {
    frame.classList.remove("panned");
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", stop);
    removeEventListener("pointercancel", stop);
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", stop);
  addEventListener("pointercancel", stop);
}

function zoomButtons(root) {
  const button = (label, sign, act) =>
    h("button", { type: "button", class: "zoom", "aria-label": label, title: label, onclick: act }, sign);
  return h(
    "div",
    { class: "zooms", role: "group", "aria-label": "Zoom" },
    button("Zoom out", "−", () => zoomTo(root, root.flow.zoom / ZOOM.step)),
    h("output", {}, `${Math.round(root.flow.zoom * 100)} %`),
    button("Zoom in", "+", () => zoomTo(root, root.flow.zoom * ZOOM.step)),
    button("Fit all of it", "Fit", () => fitAll(root)),
  );
}

// The layer that was looked for is brought into the middle of the frame; the page stays where it is.
function showFound(root) {
  const { found = null } = root.flow.data;
  const step = found === null ? null : root.querySelector(`[data-step="${found}"]`);
  if (!step || root.flow.found === step.getAttribute("data-key")) return;
  root.flow.found = step.getAttribute("data-key");
  const [frame, place] = [bigFrame(root).getBoundingClientRect(), step.getBoundingClientRect()];
  bigFrame(root).scrollBy(
    place.left + place.width / 2 - frame.left - frame.width / 2,
    place.top + place.height / 2 - frame.top - frame.height / 2,
  );
}

// ---- the whole figure -------------------------------------------------------------------------------------
// The largest boxes with which the figure fits; below 90 pixels it wraps, and what can't scrolls inside the
// component. Of the last steps with several outputs, those are drawn side by side that make it less high so.
function fitted(data, room, fonts) {
  // An arrow leaves the last of them, so none may lead on from there: it could come from another output.
  const ends = data.steps.filter((step) => !data.links.some((link) => link.from === step.index));
  const several = ends.filter((step) => step.shapes.length > 1).map((step) => step.index);
  const first = filled(data, room, fonts, []);
  let best = first;
  const ways = several.length > MOST_TRIED ? [several] : [several, ...several.map((index) => [index])];
  for (const beside of several.length ? ways : []) {
    const tried = filled(data, room, fonts, beside);
    const fits = tried.layout.width <= room && tried.most >= first.most;
    if (fits && tried.layout.height < best.layout.height) best = tried;
  }
  return best.layout;
}

// beside: the steps whose outputs are side by side. Returns the longest edge, too.
function filled(data, room, fonts, beside) {
  const narrow = room < NARROW;
  // longest edge, pixels
  const start = narrow ? 118 : Math.max(130, Math.min(200, (room / data.columns.length) * 0.9));
  const ways = narrow
    ? [downLayout]
    : isChain(data)
      ? [(nodes, _, wide) => chainLayout(nodes, wide)]
      : [layeredLayout, wrappedLayout];
  let layout;
  let most = start;
  for (const way of ways) {
    for (most = start; ; most -= 15) {
      layout = way(
        data.steps.map((step) => stepNode(step, data, most, fonts, beside.includes(step.index))),
        data,
        room,
      );
      if (layout.width <= room) return { layout, most };
      if (most <= (narrow ? SMALL.narrow : SMALL.wide)) break;
    }
  }
  return { layout, most };
}

// Where the page has only so much height for the figure, the largest drawing that fits: drawn smaller, more
// steps are side by side. On a narrow screen the page is scrolled.
function sized(data, room, fonts) {
  const highest = room < NARROW ? null : data.highest;
  for (let zoom = 1; ; zoom -= 0.05) {
    const layout = fitted(data, room / zoom, fonts);
    const fits = !highest || layout.height * zoom <= highest;
    if (fits || zoom - 0.05 < ZOOM.readable) return { layout, zoom, fits };
  }
}

// Whether the figure has a frame of its own, to be panned and zoomed: a large one, and one that is larger
// than its room. That one begins at its own size, or a little smaller if all of it is seen then.
function inFrame(root, { layout, zoom, fits }, room) {
  const { data, framed: before } = root.flow;
  const wide = room >= NARROW && !isChain(data) && layout.width * zoom > room + 1;
  const framed = Boolean(data.large) || wide || !fits;
  if (!framed) root.flow.zoom = zoom;
  else if (before !== framed && !data.large) {
    const whole = Math.min(zoom, room / layout.width);
    root.flow.zoom = whole >= ZOOM.begin ? whole : 1;
  }
  root.flow.framed = framed;
  return framed;
}

function draw(root, animate) {
  const { data } = root.flow;
  const style = getComputedStyle(root);
  const fonts = { sans: style.fontFamily, mono: style.getPropertyValue("--mono") };
  // The stylesheet is a file of its own and may come later: without it letters are measured in no font.
  if (!fonts.mono) {
    requestAnimationFrame(() => root.isConnected && draw(root, animate));
    return;
  }
  const room = Math.max(Math.floor(root.clientWidth), 240);
  const drawing = sized(data, room, fonts);
  const { layout } = drawing;
  const framed = inFrame(root, drawing, room);
  const active = Math.min(root.flow.active, data.steps.length - 1);
  const seen = {};
  const key = (layer) => {
    seen[layer] = (seen[layer] || 0) + 1;
    return `${layer}:${seen[layer]}`;
  };
  const [wide, high] = [Math.ceil(layout.width), Math.ceil(Math.max(layout.height, 40))];
  root.flow.size = [wide, high];
  const { zoom } = root.flow;
  const svg = s(
    "svg",
    {
      width: Math.ceil(wide * zoom),
      height: Math.ceil(high * zoom),
      viewBox: `0 0 ${wide} ${high}`,
      role: "group",
      "aria-label": "steps; arrow keys move between them",
      onkeydown: (event) => rove(root, event),
      onpointerdown: (event) => startDrag(root, event),
    },
    allArrows(layout.arrows, fonts),
    layout.places.map((p) =>
      drawStep(p.node, p.x, p.y, p.top, p.foot, key(p.node.step.layer), p.node.step.index === active),
    ),
  );
  const tools = saveButtons(
    root,
    "shape_flow",
    () => asDrawn(root),
    () => root.flow.data.text,
  );
  const frame = framed && {
    tabindex: 0,
    role: "group",
    "aria-label": "The figure. Arrow keys scroll it, plus and minus zoom, 0 fits all of it",
    onwheel: (event) => wheeled(root, event),
    onkeydown: (event) => zoomKeys(root, event),
    onpointerdown: (event) => startPan(root, event),
    ontouchstart: (event) => startPinch(root, event),
  };
  render(
    root,
    h("figure", { class: "flow", "aria-label": data.text }, [
      h("div", { class: framed ? "scroll large" : "scroll", ...(frame || {}) }, svg),
      h("div", { class: "under" }, framed ? zoomButtons(root) : hint(root), tools),
    ]),
    { animate },
  );
  markDrags(root);
  const shown = Math.min(high * zoom, data.highest ?? Infinity);
  bigFrame(root).style.height = framed ? `${Math.ceil(shown) + 18}px` : ""; // zooming leaves it
  if (!framed) return;
  showFound(root);
}

// The figure at its own size, for as long as it is saved.
function asDrawn(root) {
  const { zoom } = root.flow;
  if (zoom !== 1) {
    zoomTo(root, 1);
    setTimeout(() => zoomTo(root, zoom));
  }
  return root.querySelector(".flow svg");
}

// Left and right move between steps, down goes to the numbers of a step, up comes back.
function rove(root, event) {
  const here = event.target.closest("[data-step]");
  if (!here) return;
  const steps = [...root.querySelectorAll("[data-step]")].sort((a, b) => a.dataset.step - b.dataset.step);
  const values = [...here.querySelectorAll(".value")];
  const inside = values.indexOf(event.target);
  const line = inside >= 0 ? values : steps;
  const at = inside >= 0 ? inside : steps.indexOf(here);
  const next = {
    ArrowRight: line[at + 1],
    ArrowLeft: line[at - 1],
    Home: line[0],
    End: line[line.length - 1],
    ArrowDown: inside >= 0 ? null : values[0],
    ArrowUp: inside >= 0 ? here : null,
  }[event.key];
  const by = { "+": 1, "=": 1, "-": -1, "−": -1 }[event.key];
  if (by && inside >= 0 && keyedSize(root, event.target, by)) event.preventDefault();
  if (event.key === "Enter" || event.key === " ") {
    if (inside >= 0) {
      event.preventDefault();
      event.target.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    }
    return;
  }
  if (!next) return;
  event.preventDefault();
  const step = next.closest("[data-step]");
  root.flow.active = Number(step.dataset.step);
  for (const each of steps) each.setAttribute("tabindex", each === step ? 0 : -1);
  next.focus();
}

/** @param {Component} component */
export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = mount(parentElement, "shape_flow");
  const sizes = JSON.stringify(
    data.steps.map((step) => [step.layer, step.shapes.map((shape) => shape.map((axis) => axis.size))]),
  );
  if (!root.flow) {
    root.flow = { active: 0, zoom: 1, found: null };
    const opens = (event) => {
      const fold = event.target.closest?.("[data-fold]");
      if (!fold) return;
      event.stopPropagation(); // the step around it explains itself on a click
      root.flow.open(Number(fold.getAttribute("data-fold")));
    };
    root.addEventListener("click", opens, { capture: true });
    let wide = 0;
    new ResizeObserver(() => {
      if (root.clientWidth !== wide) {
        wide = root.clientWidth;
        draw(root, false);
      }
    }).observe(root);
    document.fonts.addEventListener("loadingdone", () => {
      if (root.isConnected) draw(root, false);
    });
  }
  const moved = root.flow.sizes !== undefined && root.flow.sizes !== sizes;
  Object.assign(root.flow, {
    data,
    sizes,
    send: (size) => setTriggerValue("size", size),
    open: (start) => setTriggerValue("open", start),
  });
  if (root.clientWidth) draw(root, moved);
}
