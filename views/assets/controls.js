export default function ({ data, parentElement }) { render(mount(parentElement, "controls"), h("p", {}, "")); }
