/**
 * Which rows are unfolded, by document. Python holds the truth for as long as the page is loaded;
 * after a reload it knows nothing, and the tab's own memory brings it back.
 */

const NAME = "convstack-open:";

/** What was unfolded in this document when the tab last showed it. */
export function remembered(document: string): string[] {
  try {
    const keys: unknown = JSON.parse(sessionStorage.getItem(NAME + document) ?? "[]");
    return Array.isArray(keys) ? keys.filter((key) => typeof key === "string") : [];
  } catch {
    return []; // the browser keeps nothing, or something else wrote there
  }
}

export function remember(document: string, keys: string[]): void {
  try {
    if (keys.length) sessionStorage.setItem(NAME + document, JSON.stringify(keys));
    else sessionStorage.removeItem(NAME + document);
  } catch {
    return; // it then lasts until the next reload
  }
}

/** The keys with one of them turned over. */
export function toggled(keys: string[], key: string): string[] {
  return keys.includes(key) ? keys.filter((other) => other !== key) : [...keys, key];
}
