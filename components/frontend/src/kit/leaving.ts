/**
 * Whether the person is on the way to another page.
 *
 * Streamlit sends each message of a component with the page that it has drawn last. One between a
 * press on a link, or on Back, and the server's answer would lead the person back to where they were.
 */

import { isModified } from "./dom";
import type { Place } from "./streamlit";

const LATEST_MS = 5_000; // until a press that has led nowhere is forgotten
const LOOK_MS = 50;

let pressed: { path: string; until: number } | null = null;

/** Acts once the person is not on the way to another page, and never on one that they have left. */
export function whenStaying(place: Place, act: () => void, until = Date.now() + LATEST_MS): void {
  if (isLeaving() && Date.now() < until) {
    setTimeout(() => place.isConnected && whenStaying(place, act, until), LOOK_MS);
  } else act();
}

function isLeaving(): boolean {
  const drawn = document.querySelector<HTMLAnchorElement>('header a[aria-current="page"]');
  if (!drawn) return false;
  if (pressed && Date.now() > pressed.until) pressed = null;
  return pathOf(drawn.href) !== (pressed?.path ?? pathOf(document.location.href));
}

function pathOf(address: string): string {
  return new URL(address).pathname.replace(/\/$/, "");
}

/** Notes where a person is going; for a script that is about to use `whenStaying`. */
export function noteLeaving(): void {
  document.addEventListener("click", onClick, true);
  window.addEventListener("popstate", () => {
    pressed = null;
  });
}

function onClick(event: MouseEvent): void {
  const link = event.composedPath().find((each) => each instanceof HTMLAnchorElement);
  if (!link?.href || isModified(event) || link.target || link.hasAttribute("download")) return;
  if (new URL(link.href).origin !== document.location.origin) return;
  pressed = { path: pathOf(link.href), until: Date.now() + LATEST_MS };
}
