// @ts-check
// The teacher's board: how many have joined and answered, the time that is left, the answers axis by axis
// and what is behind the commonest wrong one. It asks the server by itself once a second
// (shell/class_api.py), so that the numbers move without a rerun; when the class has moved on elsewhere
// (another tab, the time is up), it has the page drawn anew.
//
//   data: {room, key, version, phase, wall}   wall: on the projector, with less in it; its key is ""
//   trigger "moved": the class is somewhere else than the page

const EVERY = 1000; // ms between two looks
const LONGEST_PAUSE = 5000; // after several failures
const GIVE_UP = 8000; // ms for one request
const MOST_BARS = 3; // of an axis on the projector

/** @param {Component} component */
export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = mount(parentElement, "class_board");
  root.data = data;
  root.moved = () => setTriggerValue("moved", Date.now());
  if (root.found && root.found.version !== data.version) root.tally = null;
  draw(root);
  if (!root.begun) {
    root.begun = true;
    root.failures = 0;
    look(root);
  }
}

async function look(root) {
  clearTimeout(root.timer);
  if (!root.isConnected && root.looked) return;
  const found = await ask(root.data);
  root.looked = true;
  const failed = found.kind === "offline" || found.kind === "store";
  root.failures = failed ? root.failures + 1 : 0;
  root.problem = found.problem ?? "";
  if (!found.problem) {
    root.found = found;
    const here = `${found.version}:${found.phase}`;
    const shown = `${root.data.version}:${root.data.phase}`;
    // Asked for once for each place; a page that didn't hear it is asked again after a while.
    if (here !== shown && (root.asked !== here || performance.now() - root.askedAt > 4000)) {
      root.asked = here;
      root.askedAt = performance.now();
      root.moved();
    }
  } else if (found.kind === "no room" && root.data.version !== -1 && root.asked !== "gone") {
    root.asked = "gone";
    root.moved();
  }
  draw(root);
  const pause = Math.min(EVERY * 1.5 ** root.failures, LONGEST_PAUSE);
  root.timer = setTimeout(() => look(root), pause);
}

async function ask({ room, key }) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), GIVE_UP);
  try {
    const answer = await fetch(new URL("class/board", location.href), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ room, key }),
      cache: "no-store",
      signal: stop.signal,
    });
    return await answer.json();
  } catch {
    return {
      problem: "No connection to the server. The numbers resume by themselves.",
      kind: "offline",
    };
  } finally {
    clearTimeout(timer);
  }
}

function draw(root) {
  const { found, data } = root;
  render(root, [
    h(
      "p",
      {
        class: "trouble",
        role: "alert",
        "data-key": "trouble",
        hidden: !root.problem,
      },
      root.problem,
    ),
    h(
      "div",
      { class: "numbers", "data-key": "numbers" },
      figure(found?.joined ?? "–", "joined"),
      data.phase === "lobby" || data.phase === "over" ? null : figure(answered(found), "answered"),
      found?.left === null || found?.left === undefined ? null : figure(clock(found.left), "left"),
    ),
    found?.tally && found.version === data.version ? distribution(found.tally, data.wall) : waiting(root),
  ]);
}

function answered(found) {
  return found ? `${found.answered} of ${found.joined}` : "–";
}

function clock(left) {
  const seconds = Math.ceil(left);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function figure(value, label) {
  return h(
    "div",
    { class: "figure", "data-key": label },
    h("span", { class: "value" }, value),
    h("span", { class: "label" }, label),
  );
}

function waiting(root) {
  const { phase, key } = root.data;
  const open = phase === "open" || phase === "closed";
  return h(
    "p",
    { class: "quiet", "data-key": "waiting" },
    open && !key ? "The answers appear here when they are revealed." : "",
  );
}

// ---- the answers ------------------------------------------------------------------------------------------

function distribution(tally, wall) {
  return h(
    "div",
    { class: "answers", "data-key": "answers" },
    h(
      "p",
      { class: "told" },
      tally.answered ? `${tally.right} of ${tally.answered} right. ` : "No answers yet.",
      tally.told ? h("b", null, tally.told) : null,
    ),
    tally.pending
      ? h(
          "p",
          { class: "quiet" },
          `Keras is checking ${tally.pending} ${tally.pending === 1 ? "answer" : "answers"} …`,
        )
      : null,
    tally.answered ? tally.axes.map((axis) => axisBars(axis, wall)) : null,
    tally.wrong.length ? (wall ? belief(tally) : wrongAnswers(tally)) : null,
  );
}

// What is behind the commonest wrong answer, as people say it.
function belief(tally) {
  const { believed } = [...tally.slips, ...tally.wrong].find((each) => each.believed) ?? {};
  return believed ? h("p", { class: "told", "data-key": "belief" }, `Many think: “${believed}”`) : null;
}

// The most frequent ones, the right one always among them; what is left out is one bar.
function shortened(bars) {
  if (bars.length <= MOST_BARS) return bars;
  const most = bars.slice(0, MOST_BARS - 1);
  const right = bars.find((bar) => bar.right);
  if (right && !most.includes(right)) most[most.length - 1] = right;
  const rest = bars.filter((bar) => !most.includes(bar));
  return [...most, { said: "others", count: rest.reduce((sum, bar) => sum + bar.count, 0), right: false }];
}

function axisBars(axis, wall) {
  const most = Math.max(1, axis.answered);
  return h(
    "div",
    { class: "axis", "data-key": `axis ${axis.axis}` },
    axis.axis ? h("h3", { class: axisClass(axis.axis) }, axis.axis) : null,
    h(
      "ul",
      { "aria-label": axis.axis || "Answers" },
      (wall ? shortened(axis.bars) : axis.bars).map((bar) =>
        h(
          "li",
          { class: bar.right ? "right" : "wrong", "data-key": bar.said },
          h("span", { class: "said" }, bar.said),
          h(
            "span",
            { class: "track", "aria-hidden": "true" },
            h("span", {
              class: "fill",
              style: { width: `${(100 * bar.count) / most}%` },
            }),
          ),
          h(
            "span",
            { class: "count" },
            bar.count,
            bar.right ? " ✓" : "",
            h("span", { class: "hush" }, bar.right ? " right" : " wrong"),
          ),
        ),
      ),
    ),
  );
}

function wrongAnswers(tally) {
  return h(
    "div",
    { class: "behind", "data-key": "behind" },
    h("h3", null, "Commonest wrong answers"),
    h(
      "ul",
      null,
      tally.wrong.map((wrong) =>
        h(
          "li",
          { "data-key": wrong.answer },
          h("b", null, wrong.answer),
          ` · ${wrong.count} of ${tally.answered}`,
          wrong.behind ? `: ${wrong.behind}` : "",
          wrong.slug
            ? [
                ". ",
                h(
                  "a",
                  {
                    href: new URL(`misconceptions?misconception=${wrong.slug}`, location.href).href,
                    target: "_blank",
                    rel: "noopener",
                  },
                  `“${wrong.believed}”`,
                ),
              ]
            : "",
        ),
      ),
    ),
  );
}
