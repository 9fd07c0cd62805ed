/** The addresses of pages in the browser's history. */

type Change = History["pushState"];

const LINKS = '[data-testid="stTopNavLink"], [data-testid="stPageLink-NavLink"]';

/** What of an address says which page it is. */
export type Address = Pick<URL, "pathname" | "search">;

/** Whether an address says of the page that is open only which document it shows. */
export function completes(next: URL, now: Address): boolean {
  return next.pathname === now.pathname && !now.search && next.searchParams.has("doc");
}

/** Whether that is worth saying: runs belong to no document, so the page is one that Back has just left. */
export function isLate(next: URL): boolean {
  return next.pathname.endsWith("/runs");
}

/**
 * Streamlit opens a page by its bare address; which document it shows, the page adds a moment later.
 * As a step of its own in the browser's history, that would stop Back without going anywhere.
 */
export function keepHistoryShort(): void {
  const { pushState, replaceState } = history;
  const change =
    (usual: Change): Change =>
    (data, title, address) => {
      const next = new URL(address ?? "", location.href);
      const adds = completes(next, location);
      if (adds && isLate(next)) return;
      (adds ? replaceState : usual).call(history, data, title, address);
    };
  history.pushState = change(pushState);
  history.replaceState = change(replaceState);
}

/**
 * Whether a link leads to another view of the page that is open. The page's own name in the header
 * leads out of what is open in it; of a document alone, that would be the same view again.
 */
export function staysOnPage(next: Address, now: Address): boolean {
  if (next.pathname !== now.pathname || next.search === now.search) return false;
  return next.search !== "" || [...new URLSearchParams(now.search).keys()].some((k) => k !== "doc");
}

/**
 * Streamlit's links to the page that is open change neither its address nor, in the header, what it
 * shows. They become steps in the browser's history, which Streamlit follows.
 */
export function followLinksWithinPage(): void {
  const onClick = (event: MouseEvent) => {
    const { target, button, ctrlKey, metaKey, shiftKey, altKey } = event;
    if (button !== 0 || ctrlKey || metaKey || shiftKey || altKey) return;
    const link = target instanceof Element && target.closest<HTMLAnchorElement>(LINKS);
    if (!link || !staysOnPage(new URL(link.href), location)) return;
    event.preventDefault();
    event.stopPropagation();
    history.pushState({}, "", link.href);
    dispatchEvent(new PopStateEvent("popstate"));
  };
  document.addEventListener("click", onClick, true);
}
