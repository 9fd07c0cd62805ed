// Small helpers for making elements and reading the theme.

/** Makes an element: `make("p", {class: "x"}, "text", child, …)`. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value != null)
      element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/** Sets an element's text, touching the page only where it differs. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Resolves a CSS color, variables and light-dark() included, as it shows at `element`. */
export function colorAt(element, expression) {
  const probe = make("span", { style: `color:${expression};display:none` });
  element.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

export const LOST = "connection lost, retrying";
