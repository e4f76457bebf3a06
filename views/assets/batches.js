// @ts-check
// The batches of each epoch, as a real fit took them: one row per epoch, one block per step. Data from
// views/batches.py: a callback was told every number.

const ROW_OF = { high: 30, gap: 12, label: 74, head: 26 };
const STEP = 900; // ms between two steps while playing
const MOST_ROWS = 8; // epochs that are drawn: those around the one that is looked at

/** @param {Component} component */
export default function ({ data: [data], parentElement }) {
  const root = mount(parentElement, "batches");
  const before = root.fit;
  pauseFit(root);
  const steps = data.epochs.flatMap((epoch, e) => epoch.map((_, step) => [e, step]));
  root.fit = { timer: 0, data, steps, at: Math.min(before?.at ?? 0, steps.length - 1) };
  watchWidth(root, drawFit);
  drawFit(root);
}

function drawFit(root) {
  const { data, at, timer } = root.fit;
  root.drawn = root.clientWidth;
  render(root, [
    h("figure", { class: "fit", "aria-label": data.text }, rowsOf(root)),
    h("p", { class: "said", "aria-live": timer ? "off" : "polite" }, toldStep(root)),
    walk(root),
    saveButtons(
      root,
      "batches",
      () => root.querySelector(".epochs"),
      () => data.text,
    ),
  ]);
  const slider = root.querySelector(".scrub");
  if (slider) slider.value = at;
}

function toldStep({ fit: { data, steps, at } }) {
  const [e, step] = steps[at];
  const epoch = data.epochs[e];
  const { samples, loss } = epoch[step];
  const first = epoch.slice(0, step).reduce((sum, batch) => sum + batch.samples, 0);
  const last = step === epoch.length - 1;
  const left = last && samples < epoch[0].samples;
  return [
    h("b", null, `Epoch ${e + 1}, step ${step + 1} of ${epoch.length}. `),
    `The ${last ? "last " : ""}batch is `,
    h("code", null, `(${samples}, ${data.features})`),
    samples === 1 ? `: sample ${first}` : `: samples ${number(first)} to ${number(first + samples - 1)}`,
    left ? `, what is left over. ` : ". ",
    `Weight update ${number(at + 1)}; loss so far ${loss.toPrecision(3)}.`,
  ];
}

// ---- drawing ----------------------------------------------------------------------------------------------
function rowsOf(root) {
  const { data, steps, at } = root.fit;
  const [here] = steps[at];
  const from = Math.max(0, Math.min(here - 3, data.epochs.length - MOST_ROWS));
  const shown = data.epochs.slice(from, from + MOST_ROWS);
  const label = root.clientWidth > 480 ? ROW_OF.label : 58;
  const width = Math.max(root.clientWidth, 240); // it may be drawn before it has a place
  const unit = (width - label - 6) / data.samples;
  const height = ROW_OF.head + shown.length * (ROW_OF.high + ROW_OF.gap);
  return s(
    "svg",
    { class: "epochs", width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
    s(
      "text",
      { class: `title ax ${axisClass("samples")}`, x: label, y: 15 },
      data.kept
        ? `${number(data.samples)} samples, ${number(data.kept)} kept for validation`
        : plural(data.samples, "sample"),
    ),
    shown.map((epoch, i) => {
      const y = ROW_OF.head + i * (ROW_OF.high + ROW_OF.gap);
      return oneEpoch(root, epoch, from + i, label, y, unit);
    }),
  );
}

function oneEpoch(root, epoch, e, label, y, unit) {
  const { data, steps, at } = root.fit;
  const [here, now] = steps[at];
  let x = label;
  const goTo = (row, step) =>
    toStep(
      root,
      steps.findIndex(([a, b]) => a === row && b === step),
    );
  const blocks = epoch.map((batch, step) => {
    const wide = batch.samples * unit;
    const left = x;
    x += wide;
    const done = e < here || (e === here && step < now);
    const state = e === here && step === now ? "here" : done ? "done" : "";
    return s(
      "g",
      {
        class: `block ${state}`,
        "data-place": `${e}:${step}`,
        onclick: () => goTo(e, step),
      },
      s("rect", {
        x: left + 0.5,
        y,
        width: Math.max(0.5, wide - 1),
        height: ROW_OF.high,
        rx: Math.min(4, wide / 4),
      }),
      wide > String(batch.samples).length * 8 + 4
        ? s("text", { x: left + wide / 2, y: y + 20 }, number(batch.samples))
        : null,
    );
  });
  return s(
    "g",
    { "data-key": `epoch ${e}` },
    s("text", { class: "epoch", x: 0, y: y + 20 }, `epoch ${e + 1}`),
    blocks,
    data.kept
      ? s("rect", {
          class: "kept",
          x: x + 0.5,
          y,
          width: Math.max(1, data.kept * unit - 1),
          height: ROW_OF.high,
          rx: 4,
        })
      : null,
  );
}

// ---- from step to step ------------------------------------------------------------------------------------
function toStep(root, at) {
  root.fit.at = at;
  if (at === root.fit.steps.length - 1) pauseFit(root);
  drawFit(root);
}

function pauseFit(root) {
  if (!root.fit) return;
  clearInterval(root.fit.timer);
  root.fit.timer = 0;
}

function togglePlay(root) {
  const { fit } = root;
  if (fit.timer) {
    pauseFit(root);
    drawFit(root);
    return;
  }
  fit.timer = setInterval(() => {
    if (root.isConnected) toStep(root, (fit.at + 1) % fit.steps.length);
    else pauseFit(root);
  }, STEP);
  toStep(root, (fit.at + 1) % fit.steps.length);
}

function walk(root) {
  const { steps, at, timer } = root.fit;
  const last = steps.length - 1;
  const to = (place) => {
    pauseFit(root);
    toStep(root, place);
  };
  const play = playButton(timer, last ? () => togglePlay(root) : null);
  const [e, step] = steps[at];
  return h(
    "div",
    { class: "moves", onkeydown: (event) => stepperKeys(event, at, last, to) },
    stepper("step", at, last, `epoch ${e + 1}, step ${step + 1}`, to, play),
  );
}
