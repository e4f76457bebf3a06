// @ts-check
// The outputs of all sequences as one matrix of real numbers, and their average below: choose a unit and see
// its sum. Data from views/sequence_set.py.

const SHOWN = 6; // terms of a sum that are written out

/** @param {Component} component */
export default function ({ data: [data], parentElement }) {
  const root = mount(parentElement, "average");
  root.average = { data, at: Math.min(root.average?.at || 0, data.average.length - 1) };
  drawAverage(root);
}

function drawAverage(root) {
  const { data, at } = root.average;
  const last = data.average.length - 1;
  const go = (to) => {
    root.average.at = to;
    drawAverage(root);
  };
  const scale = Math.max(0.2, ...data.outputs.flat().map(Math.abs).filter(Number.isFinite));
  render(
    root,
    h(
      "section",
      {
        class: "average",
        "aria-label": "The average in real numbers",
        onkeydown: (event) => stepperKeys(event, at, last, go),
      },
      last ? stepper("unit", at, last, `unit ${at} of 0 to ${last}`, go) : null,
      h(
        "div",
        { class: "wide", tabindex: "0", role: "group", "aria-label": "outputs and their average" },
        h(
          "table",
          { class: "matrix" },
          h(
            "thead",
            null,
            h(
              "tr",
              null,
              h("td"),
              data.average.map((_, unit) =>
                h("th", { scope: "col", class: unit === at ? "this" : null }, `unit ${unit}`),
              ),
            ),
          ),
          h(
            "tbody",
            null,
            data.outputs.map((values, row) => matrixRow(`sequence ${row}`, values, at, scale, go)),
            matrixRow("average", data.average, at, scale, go),
          ),
        ),
      ),
      h("p", { class: "said", "aria-live": "polite" }, sum(data, at)),
      saveButtons(
        root,
        "average",
        () => root.querySelector(".matrix"),
        () => data.text,
      ),
    ),
  );
  const slider = root.querySelector(".scrub");
  if (slider) slider.value = at;
}

function matrixRow(name, values, at, scale, go) {
  return h(
    "tr",
    { class: name === "average" ? "mean" : null },
    h("th", { scope: "row" }, name),
    values.map((value, unit) =>
      h(
        "td",
        {
          class: unit === at ? "this" : null,
          style: typeof value === "number" ? tint("background", value, scale) : {},
          onclick: () => go(unit),
        },
        told(value),
      ),
    ),
  );
}

function told(value) {
  return typeof value === "number" ? signed(value, 2) : value;
}

function rounded(value) {
  return typeof value === "number" ? String(Number(value.toPrecision(3))).replace("-", "−") : value;
}

// In a sum, a negative number is put in parentheses.
function term(value) {
  const text = rounded(value);
  return text.startsWith("−") ? `(${text})` : text;
}

function sum({ outputs, average }, unit) {
  const terms = outputs.map((row) => term(row[unit]));
  const written = terms.length > SHOWN ? [...terms.slice(0, SHOWN), "…"] : terms;
  return `Unit ${unit}: (${written.join(" + ")}) / ${number(outputs.length)} = ${rounded(average[unit])}.`;
}
