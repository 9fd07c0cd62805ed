/** From a block to its settings beside the board, and back; whose settings may be edited. */

const PATIENCE = 5000; // milliseconds that the settings of a block just selected may take
const STEP = 40;
const PANEL = ".st-key-cs-inspector";
const FIELDS = ':is([class*="st-key-cs-form-"] :is(input, textarea), .cs-order button)';

/**
 * Give the first field of a block's settings the keyboard; Escape gives it back.
 *
 * @param {string} label the block's name; its settings may be on their way still
 * @param {() => void} back called when the person comes back
 */
export function toInspector(label, back) {
  const until = Date.now() + PATIENCE;
  const look = () => {
    const panel = document.querySelector(PANEL);
    const name = panel?.querySelector(".st-key-cs-inspector-name input");
    const field = [...(panel?.querySelectorAll(FIELDS) ?? [])].find(usable) ?? name;
    // While the page is drawn, fields of the block before stand among those of this one.
    const late = panel?.querySelector('[class*="st-key-cs-reads-"]:not(:has(li))') ?? drawing();
    const there = (name?.value === label && !late && !panel.inert) || Date.now() > until;
    if (!there || !field) return Date.now() < until && setTimeout(look, STEP);
    field.focus();
    field.select?.();
    field.scrollIntoView({ block: "nearest" });
    leaveBy(panel, back);
  };
  look();
}

/**
 * Shuts the settings for as long as they are those of another selection than the one on the board.
 *
 * The server draws them, so that those of the block before stand there for a moment. What somebody
 * types then is either lost when they are exchanged, or changes the block before.
 */
export class Gate {
  #chosen = "";
  #observer = new MutationObserver(() => this.#look());

  /** @param {HTMLElement} board where the settings are, or will be */
  constructor(board) {
    const attributeFilter = ["data-inspected"];
    if (board)
      this.#observer.observe(board, {
        childList: true,
        subtree: true,
        attributes: true,
        attributeFilter,
      });
  }

  /** What is selected on the board: one node, and others beside it. */
  choose(selection, others) {
    const several = [selection, ...others].filter((node) => node !== null);
    this.#chosen = several.length > 1 ? several.sort().join(" ") : (selection ?? "");
    this.#look();
  }

  close() {
    this.#observer.disconnect();
  }

  #look() {
    const panel = document.querySelector(PANEL);
    // Until the page is drawn, what stood further down before may still be there.
    const shown = [...(panel?.querySelectorAll("[data-inspected]") ?? [])];
    if (panel) panel.inert = shown.some(({ dataset }) => dataset.inspected !== this.#chosen);
  }
}

/** Escape in the settings leads back, unless it closes something there. */
function leaveBy(panel, back) {
  panel.convstackLeave?.abort();
  const stop = new AbortController();
  panel.convstackLeave = stop;
  panel.addEventListener(
    "keydown",
    (event) => {
      const closes = event.target.closest?.('[aria-expanded="true"]');
      if (event.key !== "Escape" || event.defaultPrevented || closes) return;
      stop.abort();
      event.preventDefault();
      event.stopPropagation();
      back();
    },
    { signal: stop.signal },
  );
}

function drawing() {
  return document.querySelector('[data-test-script-state="running"]');
}

function usable(field) {
  return !field.disabled && field.checkVisibility();
}
