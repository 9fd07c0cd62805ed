// The table of runs. Python gives every text; here it is laid out and what is clicked is told.

// Label, class, and by what a click on the label sorts.
const COLUMNS = [
  ["", "tick"],
  ["Run", "name", "name"],
  ["State", "state", "state"],
  ["Data", "data", "data"],
  ["Best", "best number", "best"],
  ["", "curve"],
  ["Params", "number", "params"],
  ["Time", "number", "time"],
  ["Started", "begun", "begun"],
  ["", "actions"],
];
const DOWN_FIRST = new Set(["best", "params", "time", "begun"]);
const WIDTH = 88;
const HEIGHT = 20;
const SVG = "http://www.w3.org/2000/svg";

const views = new WeakMap(); // a mount's element → its table
const kept = new Map(); // a session of the server → what outlives a remount, which Streamlit does at will

export function mount(component) {
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
  #text = ""; // what was drawn last, as Python sends it
  #data = null; // the same, read
  #body = make("tbody");
  #own = null; // turn: the newest drawing; ticked: also before Python knows; sent: not answered yet
  #heads = new Map(); // by what it sorts → the head of a column
  #filter = make("input", {
    type: "search",
    placeholder: "Filter by name, data, state, settings, note or #tag",
    "aria-label": "Filter runs",
  });
  #found = make("span", { role: "status" });

  constructor(parent) {
    const heads = COLUMNS.map(([label, kind, by]) => {
      const head = make(
        "th",
        { class: kind, scope: "col" },
        by ? make("button", { type: "button" }, label) : label,
      );
      if (by) this.#heads.set(by, head);
      return head;
    });
    const table = make(
      "table",
      { class: "runs", "aria-label": "Runs" },
      make("thead", {}, make("tr", {}, ...heads)),
      this.#body,
    );
    parent.append(make("div", { class: "search" }, this.#filter, this.#found), table);
    table.addEventListener("click", (event) => this.#onClick(event));
    for (const [by, head] of this.#heads) head.addEventListener("click", () => this.#sort(by));
    this.#filter.addEventListener("input", () => this.#search(this.#filter.value));
  }

  update(component) {
    const text = new TextDecoder().decode(component.data);
    const data = text === this.#text ? this.#data : JSON.parse(text);
    const { rows, ticked, page, turn } = data;
    if (!kept.has(page)) {
      kept.set(page, {
        turn: 0,
        ticked: [],
        sent: null,
        sort: null,
        filter: "",
        unfolded: new Set(),
      });
    }
    this.#own = kept.get(page);
    // Streamlit calls asynchronously: of two drawings the older one may come last.
    if (this.#component && turn < this.#own.turn) return;
    this.#own.turn = turn;
    this.#component = component;
    this.#text = text;
    this.#data = data;
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
    for (const [place, row] of sorted(rows, this.#own.sort).entries()) this.#place(row, place);
    for (const [by, head] of this.#heads) {
      const { sort } = this.#own;
      head.setAttribute(
        "aria-sort",
        sort?.by !== by ? "none" : sort.down ? "descending" : "ascending",
      );
    }
    if (this.#filter.value !== this.#own.filter) this.#filter.value = this.#own.filter;
    this.#showFound();
    this.#showTicks();
  }

  /** One way, the other way, and back to the newest first. */
  #sort(by) {
    const { sort } = this.#own;
    const first = DOWN_FIRST.has(by);
    const back = sort?.by === by && sort.down !== first;
    this.#own.sort = back ? null : { by, down: sort?.by === by ? !first : first };
    this.update(this.#component);
  }

  #search(text) {
    this.#own.filter = text;
    this.update(this.#component);
  }

  /** Hides what does not hold every word of the filter, and runs of a folded study; what is ticked stays. */
  #showFound() {
    const { rows } = this.#data;
    const { ticked, unfolded } = this.#own;
    const words = this.#own.filter.toLowerCase().split(/\s+/).filter(Boolean);
    const holds = (row) => words.every((word) => textOf(row).includes(word));
    const studies = new Set(
      rows.filter((row) => row.parent && holds(row)).map((row) => row.parent),
    );
    let shown = 0;
    for (const row of rows) {
      const found = holds(row) || (row.runs && studies.has(row.id));
      const visible =
        (found && (!row.parent || unfolded.has(row.parent))) || ticked.includes(row.id);
      const element = this.#rows.get(row.id);
      element.hidden = !visible;
      if (row.runs)
        element.querySelector(".fold").setAttribute("aria-expanded", unfolded.has(row.id));
      shown += visible;
    }
    this.#found.textContent = words.length ? `${shown} of ${rows.length}` : "";
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
    if (this.#body.children[place] !== element)
      this.#body.insertBefore(element, this.#body.children[place] ?? null);
  }

  #showTicks() {
    const full = this.#own.ticked.length >= this.#data.most;
    for (const [id, element] of this.#rows) {
      const box = element.querySelector("input");
      if (!box) continue; // the row of a study
      box.checked = this.#own.ticked.includes(id);
      box.disabled = full && !box.checked;
      box.title = box.disabled ? `At most ${this.#data.most} runs are compared` : "Compare";
      element.classList.toggle("ticked", box.checked);
    }
  }

  #onClick(event) {
    const id = event.target.closest("tr")?.dataset.run;
    if (!id) return;
    if (event.target.closest(".fold")) {
      this.#fold(id);
    } else if (event.target.closest(".tag")) {
      this.#search(event.target.closest(".tag").textContent);
    } else if (event.target.closest(".tick")) {
      if (event.target.tagName === "INPUT") this.#tick(id, event.target.checked);
    } else if (event.target.closest("button")) {
      this.#component.setTriggerValue("delete", [id]);
    } else if (!modified(event) && !document.getSelection()?.toString()) {
      event.preventDefault();
      this.#component.setTriggerValue("open", id);
    }
  }

  #fold(id) {
    const { unfolded } = this.#own;
    if (!unfolded.delete(id)) unfolded.add(id);
    this.#showFound();
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
  element.classList.toggle("child", Boolean(row.parent));
  if (row.runs) return fillStudy(element, row);
  const query = new URLSearchParams(
    row.document ? { doc: row.document, run: row.id } : { run: row.id },
  );
  const link = make("a", { href: `train?${query}` }, row.name);
  const box = make("input", {
    type: "checkbox",
    "aria-label": `Compare ${row.name}, ${row.begun}`,
  });
  const remove = make("button", {
    type: "button",
    disabled: row.active,
    title: row.active ? "It is training: stop it first" : "Delete",
    "aria-label": `Delete ${row.name}, ${row.begun}`,
  });
  const cells = [
    make("label", { title: "Compare" }, box),
    make(
      "span",
      {},
      badge(row.letter),
      link,
      ...remarks(row),
      make("small", { title: row.settings }, row.settings),
    ),
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

/** The row of a study, which its runs stand below once it is unfolded. */
function fillStudy(element, row) {
  const fold = make("button", {
    type: "button",
    class: "fold",
    "aria-label": `Show the runs of ${row.name}`,
  });
  const link = make("a", { href: `studies?${new URLSearchParams({ study: row.id })}` }, row.name);
  const cells = [
    fold,
    make("span", {}, link, make("small", {}, row.settings)),
    state(row),
    row.data,
    "",
    "",
    "",
    row.time,
    row.begun,
    "",
  ];
  element.replaceChildren(...cells.map((cell, at) => make("td", { class: COLUMNS[at][1] }, cell)));
}

/** What the filter looks at. */
function textOf(row) {
  const parts = [
    row.name,
    row.data,
    row.state,
    row.settings,
    row.note,
    ...row.tags.map((tag) => `#${tag}`),
  ];
  return parts.join(" ").toLowerCase();
}

/** The tags, which filter when they are pressed, and the note. */
function remarks({ note, tags }) {
  const chips = tags.map((tag) =>
    make("button", { type: "button", class: "tag", title: `Show what has #${tag}` }, `#${tag}`),
  );
  return note ? [...chips, make("em", { title: note }, note)] : chips;
}

/** Rows in the order asked for; those without a value come last either way, and runs below their study. */
function sorted(all, sort) {
  if (!sort) return all;
  const rows = all.filter((row) => !row.parent);
  const known = rows.filter((row) => row.order[sort.by] != null);
  const unknown = rows.filter((row) => row.order[sort.by] == null);
  const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
  known.sort((a, b) => (sort.down ? -1 : 1) * compare(a.order[sort.by], b.order[sort.by]));
  const children = Map.groupBy(
    all.filter((row) => row.parent),
    (row) => row.parent,
  );
  return [...known, ...unknown].flatMap((row) => [row, ...(children.get(row.id) ?? [])]);
}

function badge(letter) {
  return letter ? make("i", { class: `badge badge-${letter}` }, letter) : "";
}

function state(row) {
  const parts = [make("b", { class: `sign ${row.level}` }, row.state)];
  if (row.progress != null) {
    parts.push(
      make(
        "span",
        { class: "bar" },
        make("i", { style: `width:${(100 * row.progress).toFixed(1)}%` }),
      ),
    );
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
  const points = known.map((point) =>
    at(point)
      .map((value) => value.toFixed(1))
      .join(","),
  );
  const [x, y] = at(known.at(-1));
  return draw(
    "svg",
    {
      width: WIDTH,
      height: HEIGHT,
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "img",
      "aria-label": `${metric} by epoch`,
    },
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
