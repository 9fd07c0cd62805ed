/** Which views of the network the page shows: Streamlit draws the choice, the browser keeps it. */

const NAME = "convstack-views";
const YEAR = 31_536_000; // seconds

/** Keeps the choice where the server reads it at the next visit, before it draws anything. */
export function rememberViews(views: string | undefined): void {
  if (!views) return;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is there over HTTPS only
  document.cookie = `${NAME}=${views}; path=/; max-age=${YEAR}; SameSite=Strict`;
}

/** Presses the page's own button, which keeps this view beside another one, or ends that. */
export function split(): void {
  document.querySelector<HTMLButtonElement>(".st-key-cs-split button")?.click();
}
