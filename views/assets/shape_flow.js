export default function ({ data, parentElement }) { render(mount(parentElement, "shape_flow"), h("p", {}, data.text)); }
