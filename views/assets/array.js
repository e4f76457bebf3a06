// @ts-check
// One array, taken apart line by line. Data from views/array.py: NumPy and Keras gave every shape and number;
// here they are drawn, and what a learner predicts is held against them.

const BOX = { wide: 34, high: 24, gap: 8, title: 20, foot: 18, edge: 3 };
const BEAT_OF_TOUR = 2500; // ms between two lines while playing

/** @param {Component} component */
export default function ({ data: [data], parentElement }) {
  const root = mount(parentElement, "array");
  const before = root.tour;
  pauseTour(root);
  const same = before && JSON.stringify(before.data.x) === JSON.stringify(data.x);
  const at = before ? Math.min(before.at, data.stops.length - 1) : 0;
  root.tour = { timer: 0, data, at, known: same ? before.known : {} };
  watchWidth(root, drawTour);
  drawTour(root);
}

function drawTour(root) {
  const { data, at, known } = root.tour;
  root.drawn = root.clientWidth;
  const stop = data.stops[at];
  const open = stop.code in known;
  render(root, [
    h(
      "figure",
      { class: "array", "aria-label": data.text },
      picture(root, "x", data.x, stop.taken, "the data set", data.stops[0].code in known),
    ),
    h("p", { class: "said", "aria-live": root.tour.timer ? "off" : "polite" }, [
      h("b", null, `Line ${at + 1} of ${data.stops.length}. `),
      open ? null : "What is the shape of ",
      h("code", null, stop.code),
      open ? ` has shape ${stop.result.tuple}. ${stop.said}` : "?",
    ]),
    h("div", { class: "predicted" }, open ? outcome(root, stop) : question(root, stop)),
    transport(root),
    saveButtons(
      root,
      "array",
      () => root.querySelector("figure"),
      () => data.text,
    ),
  ]);
  const slider = root.querySelector(".scrub");
  if (slider) slider.value = at;
}

// ---- predicting -------------------------------------------------------------------------------------------
function question(root, stop) {
  const check = () => {
    const field = root.querySelector("input.guess");
    if (field.value.trim()) reveal(root, field.value);
    else field.focus();
  };
  return h(
    "div",
    { class: "ask", "data-key": `ask ${stop.code}` },
    h("label", { for: "array-guess" }, `Shape of ${stop.code}`),
    h("input", {
      id: "array-guess",
      class: "guess",
      "data-own": true,
      autocomplete: "off",
      spellcheck: "false",
      placeholder: "(7, 5)",
      onkeydown: (event) => {
        if (event.key === "Enter") check();
        event.stopPropagation();
      },
    }),
    h("button", { type: "button", class: "button", onclick: check }, "Check"),
    h("button", { type: "button", class: "button", onclick: () => reveal(root, "") }, "Show me"),
  );
}

function reveal(root, guess) {
  root.tour.known[root.tour.data.stops[root.tour.at].code] = guess;
  drawTour(root);
  root.querySelector(".press:nth-child(3)")?.focus(); // on to the next line
}

function outcome(root, stop) {
  const guess = root.tour.known[stop.code];
  const right = sizesIn(guess) === sizesIn(stop.result.tuple);
  return h(
    "div",
    { class: "outcome", "data-key": `outcome ${stop.code}` },
    guess
      ? h(
          "p",
          { class: right ? "verdict right" : "verdict" },
          right ? "You were right. " : `You said ${guess}; ${stop.by} says ${stop.result.tuple}. `,
          right ? null : difference(guess, stop.result),
        )
      : null,
    h(
      "figure",
      { class: "array", "data-key": "result" },
      picture(root, stop.code, stop.result, null, stop.by),
    ),
  );
}

/** @param {string} text */
function sizesIn(text) {
  return (text.match(/\d+/g) ?? []).map(Number).join();
}

function difference(guess, { shape }) {
  const said = (guess.match(/\d+/g) ?? []).map(Number);
  if (said.length !== shape.length)
    return `It has ${plural(shape.length, "axis").replace("axiss", "axes")}, you gave ${said.length}.`;
  const wrong = shape.findIndex((axis, i) => axis.size !== said[i]);
  return `Axis ${wrong} is ${shape[wrong].axis}: ${number(shape[wrong].size)}.`;
}

// ---- drawing ----------------------------------------------------------------------------------------------
// An array of rank 3 as cards, one for each place of its first axis; of rank 2 as one card; of rank 1 as a
// row.
// Sizes are told once they were predicted.
function picture(root, name, array, taken, by, told = true) {
  const cards = cardsOf(array);
  const [rows, columns] = [cards[0].rows.length, cards[0].columns.length];
  const size = {
    wide: columns * BOX.wide + 2 * BOX.edge,
    high: rows * BOX.high + 2 * BOX.edge + (cards.length > 1 ? BOX.title : 0),
  };
  const gaps = cards.some((card) => card.gap) ? 1 : 0;
  const room = Math.max(root.clientWidth - 4, size.wide);
  const line = Math.max(1, Math.floor((room + BOX.gap) / (size.wide + BOX.gap)));
  const lines = Math.ceil((cards.length + gaps) / line);
  const width = Math.min(cards.length + gaps, line) * (size.wide + BOX.gap) - BOX.gap + 2;
  const head = BOX.title;
  const height = head + lines * (size.high + BOX.gap) - BOX.gap + 4;
  let place = 0;
  const drawn = cards.map((card) => {
    if (card.gap) place += 1;
    const [x, y] = [
      (place % line) * (size.wide + BOX.gap) + 1,
      head + Math.floor(place / line) * (size.high + BOX.gap),
    ];
    place += 1;
    return oneCard(card, x, y, size, taken, array, cards.length > 1);
  });
  return [
    h(
      "figcaption",
      null,
      h("code", null, name),
      " ",
      h("span", { class: "by" }, by),
      legend(array.shape, told),
    ),
    h(
      "div",
      { class: "scroll" },
      s(
        "svg",
        {
          class: "cards",
          width: Math.max(width, 60),
          height,
          viewBox: `0 0 ${Math.max(width, 60)} ${height}`,
          "aria-hidden": "true",
        },
        drawn,
      ),
    ),
  ];
}

function legend(shape, told) {
  if (!shape.length) return [" ", h("span", { class: "axis" }, "no axis: a single number")];
  return shape.flatMap((axis, i) => [
    " ",
    h(
      "span",
      { class: `axis ax ${axisClass(axis.axis)}` },
      `axis ${i}: ${told ? sizeAndName(axis) : axis.axis}`,
    ),
  ]);
}

// {index, gap, rows, columns, values}: one for each place of the first axis of three.
function cardsOf({ shape, shown, cells }) {
  const places = [...Array.from({ length: Math.max(0, 3 - shape.length) }, () => [0]), ...shown];
  const [first, rows, columns] = places;
  const per = rows.length * columns.length;
  return first.map((index, i) => ({
    index,
    gap: i > 0 && index !== first[i - 1] + 1,
    rows,
    columns,
    values: cells.slice(i * per, (i + 1) * per),
  }));
}

function oneCard(card, x, y, size, taken, { shape }, titled) {
  const top = y + (titled ? BOX.title : 0);
  const high = size.high - (titled ? BOX.title : 0);
  const rank = shape.length;
  const lit = (index) => !taken || taken.every(([from, to], axis) => index[axis] >= from && index[axis] < to);
  const classes = shape.length ? axisClass(shape[rank - 1].axis) : "ax-neutral";
  return s(
    "g",
    { "data-key": `card ${card.index}`, class: classes },
    titled
      ? s(
          "text",
          { class: "index", x: x + BOX.edge, y: y + 14 },
          `${shape[0].axis.replace(/s$/, "")} ${card.index}`,
        )
      : null,
    s("rect", {
      class: "card",
      x,
      y: top,
      width: size.wide,
      height: high,
      rx: 5,
    }),
    card.rows.flatMap((row, r) =>
      card.columns.map((column, c) => {
        const index = [card.index, row, column].slice(3 - rank);
        const on = rank === 0 || lit(index);
        return s(
          "g",
          { class: on ? "cell lit" : "cell", "data-place": index.join() },
          s("rect", {
            x: x + BOX.edge + c * BOX.wide + 1,
            y: top + BOX.edge + r * BOX.high + 1,
            width: BOX.wide - 2,
            height: BOX.high - 2,
            rx: 3,
          }),
          s(
            "text",
            { x: x + BOX.edge + (c + 0.5) * BOX.wide, y: top + BOX.edge + r * BOX.high + 16 },
            card.values[r * card.columns.length + c] ?? "",
          ),
        );
      }),
    ),
    breaks(card.columns).map((c) =>
      s("path", {
        class: "break",
        d: `M${x + BOX.edge + c * BOX.wide} ${top}v${size.high - (titled ? BOX.title : 0)}`,
      }),
    ),
    breaks(card.rows).map((r) =>
      s("path", { class: "break", d: `M${x} ${top + BOX.edge + r * BOX.high}h${size.wide}` }),
    ),
  );
}

// Where places are left out: before which of those that are drawn.
function breaks(places) {
  return places.flatMap((place, i) => (i && place !== places[i - 1] + 1 ? [i] : []));
}

// ---- from line to line ------------------------------------------------------------------------------------
function goToLine(root, at) {
  root.tour.at = at;
  if (at === root.tour.data.stops.length - 1) pauseTour(root);
  drawTour(root);
}

function pauseTour(root) {
  if (!root.tour) return;
  clearInterval(root.tour.timer);
  root.tour.timer = 0;
}

// Played, each line shows its shape by itself.
function togglePlay(root) {
  const { tour } = root;
  if (tour.timer) {
    pauseTour(root);
    drawTour(root);
    return;
  }
  tour.timer = setInterval(() => {
    if (!root.isConnected) return pauseTour(root);
    tour.known[tour.data.stops[tour.at + 1].code] ??= "";
    goToLine(root, tour.at + 1);
  }, BEAT_OF_TOUR);
  const at = tour.at === tour.data.stops.length - 1 ? 0 : tour.at;
  tour.known[tour.data.stops[at].code] ??= "";
  goToLine(root, at);
}

function transport(root) {
  const { data, at, timer } = root.tour;
  const last = data.stops.length - 1;
  const to = (place) => {
    pauseTour(root);
    goToLine(root, place);
  };
  const play = playButton(timer, () => togglePlay(root));
  return h(
    "div",
    { class: "moves", onkeydown: (event) => stepperKeys(event, at, last, to) },
    stepper("line", at, last, `line ${at + 1}, ${data.stops[at].code}`, to, play),
  );
}
