// The table of runs. Python gives every text; here it is laid out and what is clicked is told.

const COLUMNS = [
  ["", "tick"],
  ["Run", "name"],
  ["State", "state"],
  ["Data", "data"],
  ["Best", "best number"],
  ["", "curve"],
  ["Params", "number"],
  ["Time", "number"],
  ["Started", "begun"],
  ["", "actions"],
];
const WIDTH = 88;
const HEIGHT = 20;
const SVG = "http://www.w3.org/2000/svg";

const views = new WeakMap(); // a mount's element → its table
const kept = new Map(); // a session of the server → what outlives a remount, which Streamlit does at will

export default function (component) {
  let view = views.get(component.parentElement);
  if (!view) {
    view = new RunsTable(component.parentElement);
    views.set(component.parentElement, view);
  }
  view.update(component);
}

class RunsTable {
  #component = null;
  #rows = new Map(); // run id → its row
  #drawn = new Map(); // run id → what the row shows, as text
  #body = make("tbody");
  #own = null; // turn: the newest drawing; ticked: also before Python knows; sent: not answered yet

  constructor(parent) {
    const heads = COLUMNS.map(([label, kind]) => make("th", { class: kind, scope: "col" }, label));
    const table = make(
      "table",
      { class: "runs", "aria-label": "Runs" },
      make("thead", {}, make("tr", {}, ...heads)),
      this.#body,
    );
    parent.append(table);
    table.addEventListener("click", (event) => this.#onClick(event));
  }

  update(component) {
    const { rows, ticked, page, turn } = component.data;
    if (!kept.has(page)) kept.set(page, { turn: 0, ticked: [], sent: null });
    this.#own = kept.get(page);
    // Streamlit calls asynchronously: of two drawings the older one may come last.
    if (this.#component && turn < this.#own.turn) return;
    this.#own.turn = turn;
    this.#component = component;
    const ids = new Set(rows.map((row) => row.id));
    // What was ticked a moment ago stays until Python has answered it.
    const sent = this.#own.sent?.filter((id) => ids.has(id));
    if (!sent || same(sent, ticked)) {
      this.#own.ticked = [...ticked];
      this.#own.sent = null;
    }
    for (const [id, row] of this.#rows) {
      if (!ids.has(id)) {
        row.remove();
        this.#rows.delete(id);
        this.#drawn.delete(id);
      }
    }
    rows.forEach((row, place) => this.#place(row, place));
    this.#showTicks();
  }

  /** Draws a row where it is new or has changed; the others are not touched. */
  #place(row, place) {
    const text = JSON.stringify(row);
    let element = this.#rows.get(row.id);
    if (!element) {
      element = make("tr", { "data-run": row.id });
      this.#rows.set(row.id, element);
    }
    if (this.#drawn.get(row.id) !== text) {
      fill(element, row);
      this.#drawn.set(row.id, text);
    }
    if (this.#body.children[place] !== element) this.#body.insertBefore(element, this.#body.children[place] ?? null);
  }

  #showTicks() {
    const full = this.#own.ticked.length >= this.#component.data.most;
    for (const [id, element] of this.#rows) {
      const box = element.querySelector("input");
      box.checked = this.#own.ticked.includes(id);
      box.disabled = full && !box.checked;
      box.title = box.disabled ? `At most ${this.#component.data.most} runs are compared` : "Compare";
      element.classList.toggle("ticked", box.checked);
    }
  }

  #onClick(event) {
    const id = event.target.closest("tr")?.dataset.run;
    if (!id) return;
    if (event.target.closest(".tick")) {
      if (event.target.tagName === "INPUT") this.#tick(id, event.target.checked);
    } else if (event.target.closest("button")) {
      this.#component.setTriggerValue("delete", [id]);
    } else if (!modified(event) && !document.getSelection()?.toString()) {
      event.preventDefault();
      this.#component.setTriggerValue("open", id);
    }
  }

  #tick(id, on) {
    const ticked = this.#own.ticked.filter((other) => other !== id);
    if (on) ticked.push(id);
    this.#own.ticked = this.#own.sent = ticked;
    this.#component.setStateValue("ticked", ticked);
    this.#showTicks();
  }
}

function fill(element, row) {
  const query = new URLSearchParams(row.document ? { doc: row.document, run: row.id } : { run: row.id });
  const link = make("a", { href: `train?${query}` }, row.name);
  const box = make("input", { type: "checkbox", "aria-label": `Compare ${row.name}, ${row.begun}` });
  const remove = make(
    "button",
    {
      type: "button",
      disabled: row.active,
      title: row.active ? "It is training: stop it first" : "Delete",
      "aria-label": `Delete ${row.name}, ${row.begun}`,
    },
  );
  const cells = [
    make("label", { title: "Compare" }, box),
    make("span", {}, badge(row.letter), link, make("small", { title: row.settings }, row.settings)),
    state(row),
    row.data,
    make("span", { title: row.best_about }, row.best),
    sparkline(row),
    make("span", { title: row.params_exact }, row.params),
    row.time,
    make("span", { title: row.begun_exact }, row.begun),
    remove,
  ];
  element.replaceChildren(...cells.map((cell, at) => make("td", { class: COLUMNS[at][1] }, cell)));
}

function badge(letter) {
  return letter ? make("i", { class: `badge badge-${letter}` }, letter) : "";
}

function state(row) {
  const parts = [make("b", { class: `sign ${row.level}` }, row.state)];
  if (row.progress != null) {
    parts.push(make("span", { class: "bar" }, make("i", { style: `width:${(100 * row.progress).toFixed(1)}%` })));
  }
  if (row.level === "error" && row.why) parts.push(make("small", { title: row.why }, row.why));
  return make("div", { class: "state-cell", title: row.why }, ...parts);
}

/** Draws the metric after each epoch as a small line, with a dot at its end. */
function sparkline({ curve, metric, best_about: about }) {
  const known = curve.map((y, x) => ({ x, y })).filter(({ y }) => y != null);
  if (known.length === 0) return "";
  const low = Math.min(...known.map(({ y }) => y));
  const high = Math.max(...known.map(({ y }) => y));
  const at = ({ x, y }) => [
    3 + ((WIDTH - 6) * x) / Math.max(curve.length - 1, 1),
    HEIGHT - 3 - (HEIGHT - 6) * (high > low ? (y - low) / (high - low) : 0.5),
  ];
  const points = known.map((point) => at(point).map((value) => value.toFixed(1)).join(","));
  const [x, y] = at(known.at(-1));
  return draw(
    "svg",
    { width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${metric} by epoch` },
    draw("title", {}, document.createTextNode(about)),
    draw("polyline", { points: points.join(" ") }),
    draw("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: 2 }),
  );
}

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "boolean") element.toggleAttribute(name, value);
    else if (value) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

function draw(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function modified(event) {
  return event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0;
}

function same(one, other) {
  return one.length === other.length && one.every((value, at) => value === other[at]);
}
