// @ts-check
// Draws nothing: after a link to another page of the app nothing would have the focus, and Tab would begin at
// the menu again. So the title of the new page has it, or the section that the link leads to, and a screen
// reader says where one is.
//
//   data: {page, first}; first: ids of headings that go before the title, where the page has them

const ARRIVE = 15000; // ms to wait for the page at most

/** @param {string[]} first */
function headingOf(first) {
  const special = first.map((id) => document.getElementById(id)).find(Boolean);
  return special || document.querySelector("[data-testid=stMain] :is(h1, h2)");
}

/** @param {Component} component */
export default function ({ data: [data], parentElement }) {
  const root = mount(parentElement, "arrival");
  root.hidden = true;
  const before = document.body.dataset.page;
  document.body.dataset.page = data.page;
  if (before === undefined || before === data.page) return; // opened by its address: the browser's own start
  const began = performance.now();
  const look = () => {
    if (document.body.dataset.page !== data.page || performance.now() - began > ARRIVE) return;
    const heading = headingOf(data.first);
    const drawn = document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]");
    if (!drawn || !heading) return void requestAnimationFrame(look);
    if (document.activeElement !== document.body) return; // somebody was quicker
    heading.setAttribute("tabindex", "-1");
    heading.focus({ preventScroll: true });
  };
  requestAnimationFrame(look);
}
