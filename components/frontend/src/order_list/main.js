/** A short list whose order matters: each row moves earlier or later, or goes. */

const lists = new WeakMap();
const SIGNS = {
  earlier: "M8 12.5v-9M4.5 7 8 3.5 11.5 7",
  later: "M8 3.5v9M4.5 9 8 12.5 11.5 9",
  drop: "M4 4l8 8M12 4l-8 8",
};

/** What Streamlit calls with every change. */
export function mount({ parentElement, data, setTriggerValue }) {
  if (!lists.has(parentElement)) lists.set(parentElement, new OrderList(parentElement));
  lists.get(parentElement).update(data, (order) => setTriggerValue("order", order));
}

class OrderList {
  constructor(parent) {
    this.rows = new Map();
    this.list = document.createElement("ol");
    this.list.className = "cs-order";
    this.list.addEventListener("keydown", (event) => this.#key(event));
    this.spoken = document.createElement("div");
    this.spoken.className = "cs-spoken";
    this.spoken.setAttribute("aria-live", "polite");
    parent.append(this.list, this.spoken);
  }

  update({ label, items }, send) {
    this.send = send;
    this.list.setAttribute("aria-label", label);
    const seen = new Map();
    this.items = items.map(([id, name, detail]) => {
      const times = (seen.get(id) ?? 0) + 1; // one thing may stand there twice
      seen.set(id, times);
      return { key: `${id} ${times}`, id, name, detail };
    });
    this.#draw();
  }

  #draw() {
    const focused = this.list.getRootNode().activeElement;
    const keys = new Set(this.items.map(({ key }) => key));
    for (const [key, row] of this.rows) {
      if (keys.has(key)) continue;
      row.remove();
      this.rows.delete(key);
    }
    this.items.forEach((item, place) => {
      if (!this.rows.has(item.key)) this.rows.set(item.key, this.#row(item.key));
      const row = this.rows.get(item.key);
      this.#fill(row, item, place);
      if (this.list.children[place] !== row) this.list.insertBefore(row, this.list.children[place]);
    });
    if (this.list.contains(focused)) focused.focus({ preventScroll: true }); // moving it took it
  }

  #row(key) {
    const row = document.createElement("li");
    const text = document.createElement("span");
    row.append(text);
    row.dataset.key = key;
    for (const action of ["earlier", "later", "drop"]) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.action = action;
      button.innerHTML = `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${SIGNS[action]}"/></svg>`;
      button.addEventListener("click", () => this.#act(key, action));
      row.append(button);
    }
    return row;
  }

  #fill(row, { name, detail }, place) {
    const [text, ...buttons] = row.children;
    const number = Object.assign(document.createElement("i"), { textContent: place + 1 });
    const title = Object.assign(document.createElement("b"), { textContent: name });
    const more = Object.assign(document.createElement("small"), { textContent: detail });
    text.replaceChildren(number, title, more);
    text.title = `${name}  ${detail}`;
    const words = {
      earlier: `Move ${name} earlier`,
      later: `Move ${name} later`,
      drop: `Drop ${name}`,
    };
    for (const button of buttons) {
      const { action } = button.dataset;
      button.title =
        action === "drop"
          ? "Drop"
          : `${words[action].split(" ").at(-1)} (Alt ${action === "earlier" ? "↑" : "↓"})`;
      button.setAttribute("aria-label", words[action]);
      // Not `disabled`: that would take the focus from a button in use.
      button.setAttribute("aria-disabled", this.#to(place, action) === null);
    }
  }

  /** The place that an action leads to; null where there is none. */
  #to(place, action) {
    if (action === "drop") return place;
    const to = place + (action === "earlier" ? -1 : 1);
    return to < 0 || to >= this.items.length ? null : to;
  }

  #act(key, action) {
    const place = this.items.findIndex((item) => item.key === key);
    const to = this.#to(place, action);
    if (place < 0 || to === null) return;
    const [item] = this.items.splice(place, 1);
    if (action === "drop") this.#leave(place);
    else this.items.splice(to, 0, item);
    this.spoken.textContent =
      action === "drop" ? `Dropped ${item.name}` : `${item.name} is number ${to + 1}`;
    this.#draw();
    this.send(this.items.map(({ id }) => id));
  }

  /** Before a row goes, its neighbor takes the keyboard. */
  #leave(place) {
    const next = this.items[Math.min(place, this.items.length - 1)];
    this.rows.get(next?.key)?.querySelector('[data-action="drop"]').focus({ preventScroll: true });
  }

  #key(event) {
    const row = event.target.closest("li");
    const way = { ArrowUp: "earlier", ArrowDown: "later" }[event.key];
    if (event.altKey && way) this.#act(row.dataset.key, way);
    else if (event.key === "Delete" || event.key === "Backspace")
      this.#act(row.dataset.key, "drop");
    else if (way && !event.altKey) this.#walk(row, event.target, way);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** To the same button of the row above or below. */
  #walk(row, button, way) {
    const to = way === "earlier" ? row.previousElementSibling : row.nextElementSibling;
    to?.querySelector(`[data-action="${button.dataset.action}"]`)?.focus({ preventScroll: true });
  }
}
