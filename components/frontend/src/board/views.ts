/** Which views of the network are shown: one, or two side by side; the browser remembers it. */

/** Those that the board draws itself; a page may draw others between its edges. */
export const OWN = ["Stack", "Canvas"] as const;

export type Own = (typeof OWN)[number];

export function isOwn(name: string): name is Own {
  return (OWN as readonly string[]).includes(name);
}

export interface Shown {
  main: string; // what was chosen last
  beside: string; // what is kept beside it, or ""
}

const NAME = "convstack-views"; // a cookie
const YEAR = 31_536_000; // seconds

/** After the tab of a view was pressed; that of the view beside shows it alone. */
export function choose({ main, beside }: Shown, name: string): Shown {
  if (name === main) return { main, beside };
  return { main: name, beside: name === beside ? "" : beside };
}

/** Keeps the view beside another one, or ends that. */
export function split({ main, beside }: Shown): Shown {
  if (beside) return { main, beside: "" };
  return { main: main === "Canvas" ? "Stack" : "Canvas", beside: main };
}

/** From left to right: the stack is on the left, else what was there before. */
export function inOrder({ main, beside }: Shown): string[] {
  if (!beside) return [main];
  return main === "Stack" ? [main, beside] : [beside, main];
}

/** Whether the page draws other views than those of its own that are shown. */
export function isNews(
  { main, beside }: Shown,
  page: { views: readonly string[]; shown: readonly string[] },
): boolean {
  return page.views.some(
    (name) => page.shown.includes(name) !== (name === main || name === beside),
  );
}

/** What was shown last, as far as this page can show it; canvas and stack at the first visit. */
export function recall(names: readonly string[], cookies = document.cookie): Shown {
  const [, kept = ""] = /(?:^|;\s*)convstack-views=([\w.]*)/.exec(cookies) ?? [];
  const [main = "", beside = ""] = kept.split(".");
  if (!names.includes(main)) return { main: "Canvas", beside: "Stack" };
  return { main, beside: names.includes(beside) && beside !== main ? beside : "" };
}

/** Keeps it where the server reads it at the next visit, before it draws anything. */
export function keep({ main, beside }: Shown): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is there over HTTPS only
  document.cookie = `${NAME}=${main}.${beside}; path=/; max-age=${YEAR}; SameSite=Strict`;
}
