/** The addresses of pages in the browser's history. */

type Change = History["pushState"];

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
