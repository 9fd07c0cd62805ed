// A table of rows that are opened. Python gives every text; here it is laid out, sorted and told.

const WIDTH = 120; // of a strip of dots, in pixels
const HEIGHT = 18;
const EDGE = 5;
const SVG = "http://www.w3.org/2000/svg";

const views = new WeakMap(); // a mount's element → its table
const kept = new Map(); // a session of the server → what outlives a remount, which Streamlit does at will

export function mount(component) {
  let view = views.get(component.parentElement);
  if (!view) {
    view = new RowsTable(component.parentElement);
    views.set(component.parentElement, view);
  }
  view.update(component);
}

class RowsTable {
  #component = null;
  #rows = new Map(); // row id → its element
  #drawn = new Map(); // row id → what the element shows, as text
  #text = ""; // what was drawn last, as Python sends it
  #data = null; // the same, read
  #body = make("tbody");
  #head = make("tr");
  #heads = new Map(); // column → its head
  #table = make("table", {}, make("thead", {}, this.#head), this.#body);
  #own = null; // turn: the newest drawing; sort: by which column

  constructor(parent) {
    parent.append(this.#table);
    this.#body.addEventListener("click", (event) => this.#onClick(event));
  }

  update(component) {
    const text = new TextDecoder().decode(component.data);
    const data = text === this.#text ? this.#data : JSON.parse(text);
    if (!kept.has(data.page)) kept.set(data.page, { turn: 0, sort: null });
    this.#own = kept.get(data.page);
    // Streamlit calls asynchronously: of two drawings the older one may come last.
    if (this.#component && data.turn < this.#own.turn) return;
    this.#own.turn = data.turn;
    this.#component = component;
    this.#text = text;
    this.#data = data;
    this.#table.setAttribute("aria-label", data.label);
    this.#drawHeads(data.columns);
    this.#dropRows(new Set(data.rows.map((row) => row.id)));
    const scales = scalesOf(data);
    for (const [place, row] of sorted(data.rows, this.#own.sort).entries()) {
      this.#place(row, place, scales);
    }
  }

  #drawHeads(columns) {
    if ([...this.#heads.keys()].join() !== columns.map(({ key }) => key).join()) {
      this.#heads.clear();
      for (const column of columns) {
        const button = make("button", { type: "button" }, column.label);
        const head = make(
          "th",
          { class: kindOf(column), scope: "col" },
          column.label ? button : "",
        );
        button.addEventListener("click", () => this.#sort(column));
        this.#heads.set(column.key, head);
      }
      this.#head.replaceChildren(...this.#heads.values());
    }
    const { sort } = this.#own;
    for (const [key, head] of this.#heads) {
      head.setAttribute(
        "aria-sort",
        sort?.by !== key ? "none" : sort.down ? "descending" : "ascending",
      );
    }
  }

  #dropRows(ids) {
    for (const [id, element] of this.#rows) {
      if (ids.has(id)) continue;
      element.remove();
      this.#rows.delete(id);
      this.#drawn.delete(id);
    }
  }

  /** One way, the other way, and back to the order in which Python gave the rows. */
  #sort({ key, down_first: first }) {
    const { sort } = this.#own;
    const back = sort?.by === key && sort.down !== first;
    this.#own.sort = back ? null : { by: key, down: sort?.by === key ? !first : first };
    this.update(this.#component);
  }

  /** Draws a row where it is new or has changed; the others are not touched. */
  #place(row, place, scales) {
    const text = JSON.stringify([row, [...scales]]);
    let element = this.#rows.get(row.id);
    if (!element) {
      element = make("tr", { "data-row": row.id });
      this.#rows.set(row.id, element);
    }
    if (this.#drawn.get(row.id) !== text) {
      const cells = this.#data.columns.map((column) =>
        drawCell(row, column, scales.get(column.key)),
      );
      element.replaceChildren(...cells);
      element.classList.toggle("quiet", row.is_quiet);
      this.#drawn.set(row.id, text);
    }
    if (this.#body.children[place] !== element)
      this.#body.insertBefore(element, this.#body.children[place] ?? null);
  }

  #onClick(event) {
    const id = event.target.closest("tr")?.dataset.row;
    if (!id || modified(event) || document.getSelection()?.toString()) return;
    event.preventDefault();
    this.#component.setTriggerValue("open", id);
  }
}

function drawCell(row, column, scale) {
  const cell = row.cells[column.key] ?? {};
  const parts = [];
  if (column.kind === "dots") parts.push(strip(cell, scale));
  else if (column.kind === "name") parts.push(opener(row, cell));
  else
    parts.push(
      cell.level ? make("b", { class: `sign ${cell.level}` }, cell.text) : (cell.text ?? ""),
    );
  if (cell.progress != null) {
    parts.push(
      make(
        "span",
        { class: "bar" },
        make("i", { style: `width:${(100 * cell.progress).toFixed(1)}%` }),
      ),
    );
  }
  if (cell.small) parts.push(make("small", { title: cell.small }, cell.small));
  return make("td", { class: kindOf(column), title: cell.title }, ...parts);
}

function opener(row, cell) {
  return row.href
    ? make("a", { href: row.href }, cell.text)
    : make("button", { type: "button" }, cell.text);
}

function kindOf(column) {
  return `${column.kind} col-${column.key}${column.may_hide ? " may-hide" : ""}`;
}

/** For each column of dots its smallest and largest value. */
function scalesOf({ columns, rows }) {
  const found = new Map();
  for (const { key, kind, mark } of columns) {
    const all = kind === "dots" ? rows.flatMap((row) => row.cells[key]?.dots ?? []) : [];
    if (all.length) found.set(key, { low: Math.min(...all), high: Math.max(...all), mark });
  }
  return found;
}

/** The values of one row as dots, and a line at what they are compared with. */
function strip({ dots = [], title }, scale) {
  if (!dots.length || !scale) return "";
  const at = (value) => {
    const share = scale.high > scale.low ? (value - scale.low) / (scale.high - scale.low) : 0.5;
    return (EDGE + (WIDTH - 2 * EDGE) * share).toFixed(1);
  };
  const mark =
    scale.mark == null
      ? []
      : [draw("line", { x1: at(scale.mark), x2: at(scale.mark), y1: 1, y2: HEIGHT - 1 })];
  return draw(
    "svg",
    {
      width: WIDTH,
      height: HEIGHT,
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "img",
      "aria-label": title || "one dot a seed",
    },
    ...mark,
    ...dots.map((value) => draw("circle", { cx: at(value), cy: HEIGHT / 2, r: 3 })),
  );
}

/** Rows in the order asked for; those without a value come last either way. */
function sorted(rows, sort) {
  if (!sort) return rows;
  const order = (row) => row.cells[sort.by]?.order;
  const known = rows.filter((row) => order(row) != null);
  const unknown = rows.filter((row) => order(row) == null);
  const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
  known.sort((a, b) => (sort.down ? -1 : 1) * compare(order(a), order(b)));
  return [...known, ...unknown];
}

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value) element.setAttribute(name, value);
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
