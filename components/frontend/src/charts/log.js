import { make, setText } from "./dom.js";
import { streamOf } from "./stream.js";

/** The end of a run's log; it follows the end unless the person has scrolled away from it. */
export class LogView {
  #root = make("pre", { class: "cs-log", tabindex: "0", "aria-label": "End of the log" });
  #stream = null;
  #unsubscribe = () => {};

  constructor(parent) {
    parent.append(this.#root);
  }

  update({ data }) {
    this.#root.style.maxHeight = `${data.height}px`;
    const stream = streamOf(data.run, data.url);
    if (stream !== this.#stream) {
      this.#unsubscribe();
      this.#stream = stream;
      this.#unsubscribe = stream.subscribe(() => this.#draw());
    }
    this.#draw();
  }

  #draw() {
    const root = this.#root;
    const atEnd = root.scrollHeight - root.scrollTop - root.clientHeight < 20;
    setText(root, this.#stream.log || "Nothing yet.");
    if (atEnd) root.scrollTop = root.scrollHeight;
  }

  destroy() {
    this.#unsubscribe();
    this.#root.remove();
  }
}
