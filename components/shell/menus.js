// A bubble that holds nothing but buttons is a menu: it takes the keyboard when it opens, and the
// arrow keys walk through it. Escape, which Streamlit sees to, gives the keyboard back.
if (!window.convstackMenus) {
  window.convstackMenus = true;
  const BODY = '[data-testid="stPopoverBody"]';
  const TRIGGER = '[data-testid="stPopoverButton"]';
  const PATIENCE = 15_000; // milliseconds that the content of a menu may take on a busy machine
  const itemsOf = (body) =>
    [...body.querySelectorAll("button, a[href]")].filter((item) => !item.disabled && item.checkVisibility());
  const isMenu = (body) => body && !body.querySelector("input, textarea, select, [contenteditable]");
  const opened = () => [...document.querySelectorAll(BODY)].at(-1);

  let trigger = null;
  const enter = (until) => {
    const body = opened();
    const items = isMenu(body) ? itemsOf(body) : [];
    if (trigger?.getAttribute("aria-expanded") === "true" && items.length) {
      if (!body.contains(document.activeElement)) items[0].focus({ preventScroll: true });
    } else if (Date.now() < until) setTimeout(enter, 50, until);
  };
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest?.(TRIGGER);
    if (!pressed) return;
    trigger = pressed;
    setTimeout(enter, 50, Date.now() + PATIENCE);
  });
  // A download is a link, of which Streamlit does not know that it was chosen.
  document.addEventListener("click", ({ target }) => {
    const link = target.closest?.(`${BODY} a[download]`);
    link?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  });
  document.addEventListener("keydown", (event) => {
    const body = document.activeElement?.closest(BODY);
    if (event.key === "Escape" && body) setTimeout(() => !body.isConnected && trigger?.focus(), 300);
    if (event.defaultPrevented || !isMenu(body)) return;
    const items = itemsOf(body);
    const at = items.indexOf(document.activeElement);
    const last = items.length - 1;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
    if (to === undefined || last < 0) return;
    items[to < 0 ? last : to > last ? 0 : to].focus();
    event.preventDefault();
  });
}
