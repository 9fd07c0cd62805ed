import { tell } from "../../shared/carry.js";
import { h, iconButton, setAttribute } from "../../shared/dom.js";
import { Gate, toInspector } from "../../shared/inspect.js";
import { Connection } from "../session/connection.js";
import { remember, remembered } from "../session/folds.js";
import { logOf } from "../session/oplog.js";
import { predict } from "../session/predict.js";
import { Actions } from "./actions.js";
import { follow } from "./drag.js";
import { Help } from "./help.js";
import { listKeys, pageKeys } from "./keys.js";
import { skips, unusualInputs } from "./links.js";
import { Palette } from "./palette.js";
import styles from "./stack.css?inline";
import { Stack, StackBar } from "./stack.js";

const NARROW = 640; // pixels; below it the palette is a panel that drops down
const SAVING_AFTER = 300; // milliseconds
const OFFLINE_AFTER = 800; // milliseconds; a short break is not shown

/** The palette and the stack, side by side. Draws the data and logs what the person does. */
class Editor {
  #stop = new AbortController();
  #timer = null;
  #lostAt = 0;
  #redraw = () => this.render();

  constructor(parent) {
    this.rows = [];
    this.selected = null;
    this.others = [];
    this.open = [];
    this.insertion = null;
    this.actions = new Actions(this);
    this.palette = new Palette(this.actions);
    this.stack = new Stack(this.actions);
    this.help = new Help();
    this.connection = new Connection(() => this.#connect());
    this.#build(parent);
    this.gate = new Gate(parent.getRootNode().host?.closest(".st-key-cs-board"));
    this.#listen();
  }

  /** Streamlit has new data, or a new theme. */
  update({ data, setStateValue }) {
    this.setStateValue = setStateValue;
    const sameDocument = this.data?.document === data.document;
    const known = sameDocument ? new Set(this.data.nodes.map((node) => node.id)) : null;
    const answered = data.client === this.log?.client && data.ack > (this.data?.ack ?? 0);
    const before =
      this.data?.ledger === data.ledger && sameDocument ? [] : remembered(data.document);
    this.data = data;
    if (!sameDocument) this.#open(data.document);
    this.unusual = unusualInputs(data.nodes);
    this.links = skips(data.nodes, this.unusual);
    this.log.read(data);
    this.#connect();
    // A new session does not know what was unfolded before the page was reloaded.
    if (before.length && !data.open?.length) this.log.push({ op: "open", parts: before });
    this.#theme();
    this.render();
    const fresh = known ? data.nodes.filter((node) => !known.has(node.id)) : [];
    if (fresh.length <= 3) for (const node of fresh) this.#welcome(node.id, answered);
  }

  render() {
    const { data, log } = this;
    const unseen = log.unseen(data);
    const { rows, selection, others, open } = predict(data.nodes, data, unseen);
    this.rows = rows;
    this.selected = selection;
    this.others = others;
    this.open = open;
    this.gate.choose(selection, others);
    remember(data.document, open);
    const gone = (id) => id !== null && !id.startsWith("#") && !rows.some((row) => row.id === id);
    if (this.insertion && gone(this.insertion.after)) this.insertion = null;
    const { unusual, links, insertion } = this;
    this.palette.update(data.palette, this.#purpose());
    this.bar.update(rows, others.length);
    const inside = Object.fromEntries(data.inside); // it comes as pairs
    this.stack.update({ rows, selection, others, open, inside, unusual, links, insertion });
    setAttribute(this.undo, "aria-disabled", !data.can_undo);
    setAttribute(this.redo, "aria-disabled", !data.can_redo);
    this.#status();
    Object.assign(this.root.dataset, {
      document: data.document,
      revision: data.revision,
      ack: data.ack,
      client: log.client,
      pending: unseen.length,
    });
  }

  /** Whether there may be something to undo or redo: for sure once the server has answered. */
  may(what) {
    return this.data[`can_${what}`] || this.log.pending.length > 0;
  }

  selectBy(places) {
    const { rows, selected } = this;
    const at = rows.findIndex((row) => row.id === selected);
    const from = at < 0 && places > 0 ? -1 : at;
    const to = Math.min(rows.length - 1, Math.max(0, from + places));
    if (rows.length === 0) return;
    this.actions.select(rows[to].id);
    if (this.stack.focusedPart()) this.stack.focus(rows[to].id);
    this.stack.reveal(rows[to].id);
  }

  /** Let the selection reach one row further, up or down. */
  extendBy(places) {
    const { rows, selected, actions, stack } = this;
    const to = rows[rows.findIndex((row) => row.id === selected) + places];
    if (selected === null || !to) return;
    actions.extendTo(to.id);
    stack.reveal(to.id);
  }

  /** By one line: through rows, and through what is inside of them. */
  walkBy(places) {
    const { stack } = this;
    const inside = stack.list.querySelector(".part") !== null;
    if (inside && (stack.focusedRow() ?? stack.focusedPart()) !== null) stack.step(places);
    else this.selectBy(places);
  }

  /** Right: unfold, or go in. Left: fold, or go out. Returns whether there was something to do. */
  foldBy(unfold) {
    const { actions, stack } = this;
    const part = stack.focusedPart();
    const line = stack.focusedLine();
    const expanded = line?.getAttribute("aria-expanded");
    if (expanded === String(!unfold)) actions.fold(part?.key ?? line.dataset.nodeId);
    else if (unfold && expanded === "true") stack.step(1);
    else if (!unfold && part) stack.goOut();
    else return false;
    return true;
  }

  /** Go to the settings of the selected row. */
  inspect() {
    const row = this.rows.find(({ id }) => id === this.selected);
    if (!row) return false;
    toInspector(row.name || row.id, () => this.stack.focus());
  }

  openPalette() {
    this.#drop(true);
    this.palette.focus();
  }

  /** A block was chosen in the palette. */
  added() {
    if (!this.root.classList.contains("dropped")) return;
    this.#drop(false);
    this.stack.focus();
  }

  /** Close the topmost thing that is open. Returns whether there was one. */
  closeSomething() {
    if (this.help.open) this.help.toggle(false);
    else if (this.root.classList.contains("dropped")) {
      this.insertion = null;
      this.#drop(false);
      this.dropButton.focus();
      this.render();
    } else if (this.insertion) {
      this.insertion = null;
      this.render();
    } else if (this.others.length) this.actions.select(this.selected);
    else return false;
    return true;
  }

  /** Say why something is not done. */
  refuse(words) {
    this.announce(words);
    this.bar.hint(words);
  }

  announce(words) {
    this.live.textContent = words;
  }

  /**
   * Let something be dragged into the stack, or a new block to whatever else takes it.
   *
   * @param {object} what `label` and `category` of the chip; `here`, places in the stack that change
   *   nothing; `drop(after)`; `block`, what is new, if it is
   */
  drag(event, { label, category, here, drop, block }) {
    const { marker, scroller } = this.stack;
    let place;
    let away = null;
    follow(event, {
      label,
      category,
      scroller,
      root: this.root,
      start: () => this.#drop(false),
      over: (x, y, loose) => {
        away = block ? { block, x, y, loose } : null;
        const words = away && tell("over", away);
        const box = this.stack.element.getBoundingClientRect();
        const inside = x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
        place = inside ? marker.nearest(y) : undefined;
        if (here.includes(place)) place = undefined;
        marker.drag(place);
        return words;
      },
      end: (dropped) => {
        marker.endDrag(this.insertion);
        if (dropped && place !== undefined) drop(place);
        else if (dropped && away) tell("drop", away);
        if (block) tell("end");
      },
    });
  }

  close() {
    this.#stop.abort();
    this.connection.close();
    this.gate.close();
    this.resizes.disconnect();
    clearTimeout(this.#timer);
    this.#leave();
    this.sheet.remove();
    this.root.remove();
  }

  #build(parent) {
    const button = (name, label, act, key) =>
      iconButton(name, label, act, { "aria-keyshortcuts": key });
    this.undo = button("undo", "Undo (Ctrl+Z)", () => this.actions.undo(), "Control+Z");
    this.redo = button("redo", "Redo (Ctrl+Shift+Z)", () => this.actions.redo(), "Control+Shift+Z");
    const help = iconButton("help", "Keys (?)", () => this.help.toggle());
    this.bar = new StackBar([this.undo, this.redo, help], () => this.actions.group());
    this.dropButton = h("button", { type: "button", class: "drop", "aria-expanded": "false" });
    this.dropButton.append("Add block");
    this.live = h("div", { class: "spoken", "aria-live": "polite" });
    const stack = h("section", { class: "stack", "aria-label": "Stack" });
    stack.append(this.bar.element, this.stack.element, this.help.element);
    this.root = h("div", { class: "editor" });
    this.root.append(this.dropButton, this.palette.element, stack, this.live);
    this.sheet = h("style", {});
    this.sheet.append(styles);
    parent.append(this.sheet, this.root);
  }

  #listen() {
    const { signal } = this.#stop;
    document.addEventListener("keydown", (event) => pageKeys(event, this), { signal });
    this.stack.list.addEventListener("keydown", (event) => listKeys(event, this));
    this.dropButton.addEventListener("click", () => {
      if (this.root.classList.contains("dropped")) this.closeSomething();
      else this.openPalette();
    });
    this.root.addEventListener("pointerdown", (event) => {
      const inside = event.target.closest(".palette, .drop, .inserter");
      if (!inside && this.root.classList.contains("dropped")) this.#drop(false);
    });
    this.resizes = new ResizeObserver(() => {
      // The page may leave the room of the list to the canvas: then the palette has all of it.
      const alone = getComputedStyle(this.root).getPropertyValue("--cs-list") === "none";
      const narrow = !alone && this.root.clientWidth < NARROW;
      this.root.classList.toggle("narrow", narrow);
      if (!narrow) this.#drop(false);
      if (this.data) this.stack.layout();
    });
    this.resizes.observe(this.root);
    this.resizes.observe(this.stack.list);
  }

  #open(name) {
    this.#leave();
    this.insertion = null;
    this.log = logOf(name);
    this.log.hold = (go) => this.connection.whenIdle(go);
    this.log.listeners.add(this.#redraw);
  }

  #leave() {
    this.log?.connect(this, null);
    this.log?.listeners.delete(this.#redraw);
  }

  #connect() {
    if (!this.connection.connected && !this.#lostAt) this.#lostAt = Date.now();
    if (this.connection.connected) this.#lostAt = 0;
    const send = (message) => this.setStateValue("log", message);
    this.log?.connect(this, this.connection.connected ? send : null);
    this.#status();
  }

  /** "Saving…" when an answer takes long, "Offline" when the server does not answer. */
  #status() {
    clearTimeout(this.#timer);
    const [state, since, patience] = this.#lostAt
      ? ["offline", this.#lostAt, OFFLINE_AFTER]
      : ["saving", this.log?.since, SAVING_AFTER];
    if (state === "saving" && !this.log?.pending.length) return this.bar.say("");
    const wait = since + patience - Date.now();
    if (wait <= 0) this.bar.say(state);
    else this.#timer = setTimeout(() => this.#status(), wait + 1);
  }

  #purpose() {
    if (!this.insertion) return "Search blocks";
    const row = this.stack.row(this.insertion.after)?.node;
    return row ? `Add after ${row.name || row.id}` : "Add at the top";
  }

  #welcome(id, mine) {
    const row = this.stack.row(id);
    if (!row) return;
    row.flash();
    if (mine) this.stack.reveal(id);
  }

  #drop(open) {
    this.root.classList.toggle("dropped", open && this.root.classList.contains("narrow"));
    setAttribute(this.dropButton, "aria-expanded", this.root.classList.contains("dropped"));
  }

  /** Light or dark, by the background that Streamlit paints at this moment. */
  #theme() {
    const color =
      getComputedStyle(this.root)
        .backgroundColor.match(/[\d.]+/g)
        ?.map(Number) ?? [];
    const [red, green, blue, alpha = 1] = color;
    const known = color.length >= 3 && alpha > 0;
    const dark = known ? red + green + blue < 384 : this.data.theme === "dark";
    this.root.dataset.theme = dark ? "dark" : "light";
  }
}

const editors = new WeakMap();

/** What Streamlit calls with every change; returns what it calls when the component goes. */
export function mount(component) {
  const { parentElement } = component;
  if (!editors.has(parentElement)) editors.set(parentElement, new Editor(parentElement));
  const editor = editors.get(parentElement);
  editor.update(component);
  // Streamlit also cleans up after calls that a newer one has overtaken: look whether it is gone.
  return () =>
    setTimeout(() => {
      if (editor.root.isConnected || editors.get(parentElement) !== editor) return;
      editors.delete(parentElement);
      editor.close();
    });
}
