/** Small helpers: elements, icons, numbers in words. */

const SVG = "http://www.w3.org/2000/svg";

/** An element with properties (`class`, `on…` handlers, attributes) and children. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

export function svg(tag, attributes = {}) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** Strokes on a 16×16 grid, 1.5 px wide. */
const ICONS = {
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.4 10.4l3.1 3.1",
  chevron: "M6 4.5 9.5 8 6 11.5",
  plus: "M8 3.5v9M3.5 8h9",
  minus: "M3.5 8h9",
  up: "M8 12.5v-9M4.5 7 8 3.5 11.5 7",
  down: "M8 3.5v9M4.5 9 8 12.5 11.5 9",
  duplicate: "M5.5 5.5h7v7h-7zM3.5 10.5v-7h7",
  remove: "M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.6 9h5.8l.6-9",
  undo: "M5.5 3 3 5.5 5.5 8M3 5.5h6.3a3.7 3.7 0 0 1 0 7.5H6",
  redo: "M10.5 3 13 5.5 10.5 8M13 5.5H6.7a3.7 3.7 0 0 0 0 7.5H10",
  close: "M4 4l8 8M12 4l-8 8",
  error: "M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5zM8 5v3.6M8 10.9v.1",
  warning: "M8 2.2 14.3 13.4H1.7zM8 6.4v3.2M8 11.6v.1",
  help: "M5.9 6a2.1 2.1 0 1 1 3.3 1.7c-.8.6-1.2.9-1.2 1.9M8 12.2v.1",
  offline:
    "M2.5 2.5l11 11M2 6.5A9 9 0 0 1 4.3 5M14 6.5a9 9 0 0 0-6.6-2.3M4.4 9a5.3 5.3 0 0 1 2.3-1.3" +
    "M8 12.2v.1",
};

export function icon(name) {
  const image = svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true", class: "icon" });
  image.append(svg("path", { d: ICONS[name] }));
  return image;
}

/** A button that is only an icon: its label is its title. */
export function iconButton(name, label, onclick, properties = {}) {
  const attributes = { type: "button", class: "icon-button", title: label, "aria-label": label };
  return h("button", { ...attributes, onclick, ...properties }, icon(name));
}

/** Set text only where it differs, so that selections and screen readers are left in peace. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

const GROUPED = new Intl.NumberFormat("en-US");

/** 1,792 */
export function grouped(number) {
  return GROUPED.format(number);
}

const SI = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

/** 48.2 M */
export function inSI(number) {
  for (const [size, letter] of SI) {
    if (number >= size) return `${(number / size).toPrecision(3)} ${letter}`;
  }
  return String(number);
}

/** Is the person typing? Looks through shadow roots. */
export function inTextField(event) {
  const target = event.composedPath()[0];
  if (!(target instanceof Element)) return false;
  if (target.isContentEditable || target.closest("textarea, select, iframe")) return true;
  const field = target.closest("input");
  return field !== null && !NOT_TEXT.has(field.type);
}

const NOT_TEXT = new Set(["button", "checkbox", "color", "file", "image", "radio", "range"]);
