// @ts-check
// The teacher's board: how many have joined and answered, the time that is left, the answers axis by axis
// and what is behind the commonest wrong one. It asks the server by itself once a second
// (shell/class_api.py), so that the numbers move without a rerun; when the class has moved on elsewhere
// (another tab, the time is up), it has the page drawn anew.
//
// On the projector it also keeps all of the page in the window: step by step the board leaves out what
// matters least, and the picture beside it gets smaller.
//
//   data: {room, key, version, phase, wall}   wall: on the projector, with less in it; its key is ""
//   trigger "moved": the class is somewhere else than the page

const EVERY = 1000; // ms between two looks
const LONGEST_PAUSE = 5000; // after several failures
const GIVE_UP = 8000; // ms for one request
const BARS = [3, 2, 1, 1]; // of an axis on the projector, step by step
const BELIEF = [true, true, true, false]; // whether the misconception is told there
const TIGHT = 2; // the step from which on the axes stand close
// Of the picture, step by step; from the second on without the reason.
const FITS = [1, 1, 0.94, 0.88, 0.82, 0.76, 0.7, 0.64, 0.58, 0.52, 0.46];
const SETTLES = 200; // ms that a picture takes to be drawn again
const WALL = 900; // pixels: a narrower window is a phone's, and is scrolled

/** @param {Component} component */
export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = mount(parentElement, "class_board");
  root.data = data;
  root.moved = () => setTriggerValue("moved", Date.now());
  if (root.found && root.found.version !== data.version) root.tally = null;
  draw(root);
  if (!root.begun) {
    root.begun = true;
    if (data.wall) addEventListener("resize", () => root.isConnected && fitAnew(root));
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
  keepFit(root);
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
      problem: "No connection to the server. The numbers will resume automatically.",
      kind: "offline",
    };
  } finally {
    clearTimeout(timer);
  }
}

// ---- the projector ----------------------------------------------------------------------------------------

// From the largest down to what fits; anew for each place of the class, and for a window of another size.
function fitAnew(root) {
  root.level = 0;
  root.fit = 0;
  showFit(root);
  draw(root);
  fit(root);
}

function fit(root) {
  clearTimeout(root.fitting);
  // While the page is being drawn, what was there before may still be in the way.
  if (document.querySelector("[data-testid=stApp][data-test-script-state=running]")) {
    root.fitting = setTimeout(() => fit(root), SETTLES);
    return;
  }
  const below = (part) => part && part.getBoundingClientRect().bottom > innerHeight;
  let changed = false;
  if (below(root) && root.level < BARS.length - 1) {
    root.level += 1;
    changed = true;
    draw(root);
  }
  if (below(document.querySelector(".st-key-class-wall-left")) && root.fit < FITS.length - 1) {
    root.fit += 1;
    changed = true;
    showFit(root);
  }
  if (changed) root.fitting = setTimeout(() => fit(root), SETTLES);
}

function showFit(root) {
  document.documentElement.style.setProperty("--wall-fit", String(FITS[root.fit]));
  document.documentElement.toggleAttribute("data-wall-tight", root.fit > 0);
}

// After each look: what came late (the picture, more answers) may not fit any more.
function keepFit(root) {
  if (!root.data.wall || innerWidth < WALL) return;
  const here = `${root.found?.place}:${root.data.phase}`;
  if (root.fitted === here) return fit(root);
  root.fitted = here;
  fitAnew(root);
}

function draw(root) {
  const { found, data } = root;
  // Whether the answers are told in words, below.
  const told = Boolean(data.wall && found?.tally?.answered && found.version === data.version);
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
      { class: "numbers", "data-key": "numbers", hidden: told },
      figure(found?.joined ?? "–", "joined"),
      data.phase === "lobby" || data.phase === "over" ? null : figure(answered(found), "answered"),
      found?.left === null || found?.left === undefined ? null : figure(clock(found.left), "left"),
    ),
    found?.tally && found.version === data.version ? distribution(root, found) : waiting(root),
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

function distribution(root, { tally, joined }) {
  const { wall } = root.data;
  const right = wall
    ? `${tally.answered} of ${joined} answered, ${tally.right} right. `
    : `${tally.right} of ${tally.answered} right. `;
  const level = root.level ?? 0;
  return h(
    "div",
    { class: level >= TIGHT ? "answers tight" : "answers", "data-key": "answers" },
    h(
      "p",
      { class: "told" },
      tally.answered ? right : "No answers yet.",
      tally.told ? h("b", null, tally.told) : null,
    ),
    tally.pending
      ? h(
          "p",
          { class: "quiet" },
          `Keras is checking ${tally.pending} ${tally.pending === 1 ? "answer" : "answers"} …`,
        )
      : null,
    tally.answered ? tally.axes.map((axis) => axisBars(axis, wall ? BARS[level] : 0)) : null,
    tally.wrong.length ? (!wall ? wrongAnswers(tally) : BELIEF[level] ? belief(tally) : null) : null,
  );
}

// What is behind the commonest wrong answer, as people say it.
function belief(tally) {
  const { believed } = [...tally.slips, ...tally.wrong].find((each) => each.believed) ?? {};
  return believed ? h("p", { class: "told", "data-key": "belief" }, `Many think: “${believed}”`) : null;
}

// The most frequent ones, the right one always among them; what is left out is one bar.
function shortened(bars, count) {
  if (bars.length <= count) return bars;
  const right = bars.find((bar) => bar.right);
  if (count === 1) return [right ?? bars[0]]; // the rest is in the sentence above
  const most = bars.slice(0, count - 1);
  if (right && !most.includes(right)) most[most.length - 1] = right;
  const rest = bars.filter((bar) => !most.includes(bar));
  return [...most, { said: "others", count: rest.reduce((sum, bar) => sum + bar.count, 0), right: false }];
}

// count: how many bars there is room for; 0 for all.
function axisBars(axis, count) {
  const most = Math.max(1, axis.answered);
  return h(
    "div",
    { class: "axis", "data-key": `axis ${axis.axis}` },
    axis.axis ? h("h3", { class: axisClass(axis.axis) }, axis.axis) : null,
    h(
      "ul",
      { "aria-label": axis.axis || "Answers" },
      (count ? shortened(axis.bars, count) : axis.bars).map((bar) =>
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
    h("h3", null, "Most common wrong answers"),
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
