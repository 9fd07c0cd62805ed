import { grouped, h, icon, inSI, setAttribute, setText } from "../../shared/dom.js";
import { foldMark, setFold } from "./inside.js";
import { listed } from "./links.js";

/** One row of the stack. The element stays the same for as long as the node lives. */
export class Row {
  constructor(node) {
    this.id = node.id;
    this.fold = foldMark();
    this.stem = h("span", { class: "stem" });
    this.number = h("span");
    this.name = h("span", { class: "name", "aria-hidden": "true" }, this.stem, this.number);
    this.called = spoken("");
    this.times = h("span", { class: "times", hidden: true });
    this.block = h("span", { class: "block" });
    this.from = h("span", { class: "from", hidden: true });
    this.parameters = h("span", { class: "parameters" });
    this.shape = h("span", { class: "shape number" });
    this.fill = h("span", { class: "fill" });
    this.params = h("span", { class: "figure" });
    this.sign = h("span", { class: "sign" });
    this.message = h("span", { class: "message" });
    this.level = spoken("");
    this.issue = h("span", { class: "issue", hidden: true });
    this.issue.append(this.sign, this.level, this.message);
    this.element = h(
      "div",
      {
        role: "treeitem",
        class: "row",
        tabindex: "-1",
        "aria-level": "1",
        "data-node-id": node.id,
      },
      h("span", { class: "bar" }),
      this.called,
      h("span", { class: "who" }, this.fold, this.name, this.times),
      h("span", { class: "what" }, this.block, " ", this.parameters),
      spoken("output"),
      this.shape,
      h("span", { class: "params number" }, this.fill, this.params),
      spoken("parameters"),
      this.from,
      this.issue,
    );
    this.shown = "";
  }

  /**
   * @param {object} node as the server describes it
   * @param {object} around `inputs`, the names of its inputs where they are unusual, else null;
   *   `heaviest`, the most parameters that a node has
   */
  update(node, around) {
    const shown = JSON.stringify([node, around]);
    if (shown === this.shown) return;
    this.shown = shown;
    this.node = node;
    this.#texts(node, around.inputs);
    this.#numbers(node, around.heaviest);
    this.#issue(node);
    this.element.dataset.category = node.category;
  }

  /** @param {boolean} open whether what is inside is shown below */
  unfold(open) {
    setFold(this.element, this.fold, this.node.layers ? open : null);
    const what = `${this.node.layers} layers inside`;
    setAttribute(this.fold, "title", `${open ? "Hide" : "Show"} the ${what}`);
  }

  select(selected, tabbable) {
    setAttribute(this.element, "aria-selected", selected);
    setAttribute(this.element, "tabindex", tabbable ? 0 : -1);
  }

  /** Show once, quietly, that the row is new. */
  flash() {
    this.element.classList.add("new");
    const done = () => this.element.classList.remove("new");
    this.element.addEventListener("animationend", done, { once: true });
  }

  #texts(node, inputs) {
    // Where there is no room for all, the number at the end is what tells rows apart.
    const [, stem, number] = /^(.*?)(_?\d*)$/.exec(node.name || node.id);
    setText(this.called, node.name || node.id);
    setText(this.stem, stem);
    setText(this.number, number);
    setAttribute(this.name, "title", node.name ? `${node.name} (${node.id})` : node.id);
    setText(this.block, node.block);
    setText(this.parameters, node.parameters);
    setAttribute(this.parameters, "title", node.parameters || null);
    setText(this.times, `×${node.repeat}`);
    setAttribute(this.times, "title", `repeated ${node.repeat} times`);
    this.times.hidden = node.repeat === 1;
    setText(this.from, inputs ? `from ${listed(inputs)}` : "");
    setAttribute(this.from, "title", inputs ? `takes its input from ${inputs.join(", ")}` : null);
    this.from.hidden = !inputs;
  }

  #numbers(node, heaviest) {
    setText(this.shape, node.shape || "?");
    setAttribute(this.shape, "title", node.shape ? `output ${node.shape}` : "output shape unknown");
    this.shape.classList.toggle("nothing", !node.shape);
    const macs = node.macs ? `, ${inSI(node.macs)} MACs (${grouped(node.macs)})` : "";
    setText(this.params, node.shape ? grouped(node.params) : "–");
    const count = node.shape ? `${grouped(node.params)} parameters${macs}` : "parameters unknown";
    setAttribute(this.params, "title", count);
    this.params.classList.toggle("nothing", node.params === 0);
    const share = heaviest > 0 ? (100 * node.params) / heaviest : 0;
    this.fill.style.width = `${share < 2 ? 0 : share}%`; // a sliver would be taken for a rule
  }

  #issue(node) {
    this.issue.hidden = !node.level;
    if (!node.level) return;
    if (this.issue.dataset.level !== node.level) {
      this.issue.dataset.level = node.level;
      this.sign.replaceChildren(icon(node.level));
      setText(this.level, `${node.level}:`);
    }
    setText(this.message, node.issue);
    setAttribute(this.message, "title", node.issue);
  }
}

/** Words that only a screen reader says, to make a sentence of a row. */
function spoken(words) {
  return h("span", { class: "spoken" }, words);
}
