// @ts-check
// Draws nothing: brings the section of the link into sight, once, when it is there. The parts above it are
// still drawing themselves at first, so it is kept in sight until nothing has moved for a moment, unless the
// reader scrolls.
//
//   data: {section}; a heading's id

const MOMENT = 2500; // ms
const FIND = 15000; // ms to wait for the section at most
const HANDS = ["wheel", "touchmove", "keydown", "pointerdown"];

/** @param {Component} component */
export default function ({ data: [data], parentElement }) {
  const root = mount(parentElement, "go_to");
  root.hidden = true;
  if (root.section === data.section) return;
  root.section = data.section;
  const began = performance.now();
  let since = 0; // when the section was found, moved, or waited for a part above it
  let place = 0;
  let stopped = false;
  const stop = () => (stopped = true);
  HANDS.forEach((name) => addEventListener(name, stop, { once: true, passive: true }));
  const look = () => {
    const now = performance.now();
    const heading = document.getElementById(data.section);
    if (heading) {
      const moved = Math.abs(heading.getBoundingClientRect().top - place) > 1;
      if (!since || moved || document.querySelector("[data-asking]")) since = now;
      heading.scrollIntoView({ block: "start" });
      place = heading.getBoundingClientRect().top;
    }
    if (!stopped && now - began < FIND && (!since || now - since < MOMENT)) requestAnimationFrame(look);
    else HANDS.forEach((name) => removeEventListener(name, stop));
  };
  requestAnimationFrame(look);
}
