/** From a block to its settings beside the board, and back. */

const PATIENCE = 5000; // milliseconds that the settings of a block just selected may take
const STEP = 40;
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
    const panel = document.querySelector(".st-key-cs-inspector");
    const name = panel?.querySelector(".st-key-cs-inspector-name input");
    const field = [...(panel?.querySelectorAll(FIELDS) ?? [])].find(usable) ?? name;
    // While the page is drawn, fields of the block before stand among those of this one.
    const late = panel?.querySelector('[class*="st-key-cs-reads-"]:not(:has(li))') ?? drawing();
    const there = (name?.value === label && !late) || Date.now() > until;
    if (!there || !field) return Date.now() < until && setTimeout(look, STEP);
    field.focus();
    field.select?.();
    field.scrollIntoView({ block: "nearest" });
    leaveBy(panel, back);
  };
  look();
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
