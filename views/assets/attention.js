// @ts-check
// The scores of attention, one matrix per head: a row for each query step, a column for each key step. Data
// from views/attention.py: all numbers are those of the live layer.

const SCORE = { wide: 40, high: 26, side: 26, head: 44, gap: 34 };
const TURN = 900; // ms between two query steps while playing

/** @param {Component} component */
export default function ({ data: [data], parentElement }) {
  const root = mount(parentElement, "attention");
  const before = root.looks;
  pauseLooks(root);
  const rows = data.scores[0].length;
  root.looks = { timer: 0, data, rows, at: Math.min(before?.at ?? 0, rows - 1), over: null };
  watchWidth(root, drawLooks);
  drawLooks(root);
}

function drawLooks(root) {
  const { data, at, timer } = root.looks;
  root.drawn = root.clientWidth;
  render(root, [
    h("figure", { class: "looks", "aria-label": data.text }, h("div", { class: "scroll" }, matrices(root))),
    h("p", { class: "said", "aria-live": timer ? "off" : "polite" }, toldLook(root)),
    turns(root),
    saveButtons(
      root,
      "attention_scores",
      () => root.querySelector(".scores"),
      () => data.text,
    ),
  ]);
  const slider = root.querySelector(".scrub");
  if (slider) slider.value = at;
}

function toldLook({ looks: { data, at, over } }) {
  const { scores, hidden } = data;
  if (over) {
    const { head, row, column } = over;
    const said = `Query step ${row} of head ${head} takes `;
    if (hidden[row][column]) return `${said}nothing of key step ${column}: the mask hides it.`;
    return [
      said,
      h("code", null, scores[head][row][column].toFixed(2)),
      ` of the value at key step ${column}.`,
    ];
  }
  const most = scores.map((head) => head[at].indexOf(Math.max(...head[at])));
  const each = most.map((column, head) => `in head ${head} at key step ${column}`);
  const sum = data.whole ? ` Each row of ${number(data.key_steps)} scores sums to 1.` : "";
  const masked = hidden[at].filter(Boolean).length;
  const out = masked ? ` The mask hides ${plural(masked, "key step")} from it.` : "";
  return `Query step ${at} looks most ${each.join(", ")}.${out}${sum}`;
}

// ---- drawing ----------------------------------------------------------------------------------------------
function matrices(root) {
  const { data } = root.looks;
  const [rows, columns] = [data.scores[0].length, data.scores[0][0].length];
  const room = (root.clientWidth - 4 - SCORE.side) / columns;
  const wide = Math.max(24, Math.min(SCORE.wide, Math.floor(room)));
  const size = { wide: SCORE.side + columns * wide, high: SCORE.head + rows * SCORE.high };
  const line = Math.max(1, Math.floor((root.clientWidth + SCORE.gap) / (size.wide + SCORE.gap)));
  const lines = Math.ceil(data.scores.length / line);
  const width = Math.min(line, data.scores.length) * (size.wide + SCORE.gap) - SCORE.gap + 4;
  const height = lines * (size.high + 16) - 12;
  const strongest = Math.max(...data.scores.flat(2)) || 1;
  return s(
    "svg",
    {
      class: "scores",
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: "group",
      "aria-label": "scores of each head; arrow keys move between query steps",
      onpointerleave: () => lookAt(root, null),
    },
    data.scores.map((head, i) =>
      oneHead(root, head, i, {
        x: (i % line) * (size.wide + SCORE.gap),
        y: Math.floor(i / line) * (size.high + 16),
        wide,
        strongest,
      }),
    ),
  );
}

function oneHead(root, scores, head, { x, y, wide, strongest }) {
  const { data, at } = root.looks;
  const left = x + SCORE.side;
  const top = y + SCORE.head;
  const small = wide < 34;
  return s(
    "g",
    { "data-key": `head ${head}` },
    s("text", { class: "title", x: left, y: y + 14 }, [
      s("tspan", { class: `ax ${axisClass("heads")}` }, `head ${head}`),
      s("tspan", { class: `ax ${axisClass("key steps")}`, dx: 8 }, "key steps →"),
    ]),
    scores[0].map((_, column) =>
      s("text", { class: "index", x: left + (column + 0.5) * wide, y: top - 6 }, String(column)),
    ),
    scores.map((line, row) => [
      s("text", { class: "index", x: x + SCORE.side / 2, y: top + row * SCORE.high + 17 }, String(row)),
      line.map((score, column) =>
        s(
          "g",
          {
            class: data.hidden[row][column] ? "score hidden" : "score",
            "data-place": `${head}:${row}:${column}`,
            onpointerenter: (event) => {
              if (event.pointerType === "mouse") lookAt(root, { head, row, column });
            },
            onclick: () => toRow(root, row),
          },
          s("rect", {
            x: left + column * wide + 1,
            y: top + row * SCORE.high + 1,
            width: wide - 2,
            height: SCORE.high - 2,
            rx: 3,
            style: data.hidden[row][column] ? {} : tint("fill", score, strongest),
          }),
          small
            ? null
            : s(
                "text",
                { x: left + (column + 0.5) * wide, y: top + row * SCORE.high + 17 },
                data.hidden[row][column] ? "–" : score.toFixed(2),
              ),
        ),
      ),
    ]),
    s("rect", {
      class: "here",
      role: head ? null : "button",
      tabindex: head ? null : 0,
      "aria-label": head ? null : `query step ${at}`,
      onkeydown: head ? null : (event) => moveRow(root, event),
      x: left - 1,
      y: top + at * SCORE.high - 1,
      width: scores[0].length * wide + 2,
      height: SCORE.high + 2,
      rx: 5,
    }),
  );
}

// ---- from query step to query step ------------------------------------------------------------------------
function lookAt(root, over) {
  if (root.looks.timer || JSON.stringify(root.looks.over) === JSON.stringify(over)) return;
  root.looks.over = over;
  drawLooks(root);
}

function toRow(root, at) {
  root.looks.at = at;
  root.looks.over = null;
  if (at === root.looks.rows - 1) pauseLooks(root);
  drawLooks(root);
}

function moveRow(root, event) {
  const { at, rows } = root.looks;
  const next = {
    ArrowUp: Math.max(0, at - 1),
    ArrowDown: Math.min(rows - 1, at + 1),
    ArrowLeft: Math.max(0, at - 1),
    ArrowRight: Math.min(rows - 1, at + 1),
    Home: 0,
    End: rows - 1,
  }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  toRow(root, next);
}

function pauseLooks(root) {
  if (!root.looks) return;
  clearInterval(root.looks.timer);
  root.looks.timer = 0;
}

function togglePlay(root) {
  const { looks } = root;
  if (looks.timer) {
    pauseLooks(root);
    drawLooks(root);
    return;
  }
  looks.over = null;
  looks.timer = setInterval(() => {
    if (root.isConnected) toRow(root, (looks.at + 1) % looks.rows);
    else pauseLooks(root);
  }, TURN);
  toRow(root, (looks.at + 1) % looks.rows);
}

function turns(root) {
  const { at, rows, timer } = root.looks;
  const last = rows - 1;
  const to = (place) => {
    pauseLooks(root);
    toRow(root, place);
  };
  const play = playButton(timer, last ? () => togglePlay(root) : null);
  return h(
    "div",
    { class: "moves", onkeydown: (event) => stepperKeys(event, at, last, to) },
    stepper("query step", at, last, `query step ${at}`, to, play),
  );
}
