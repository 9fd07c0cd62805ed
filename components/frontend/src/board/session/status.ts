/** Whether what a person does is saved, in words. */

import type { Status } from "./session";

const WORDS: Record<Status, string> = {
  "": "",
  saving: "",
  offline: "Offline: no connection to the server. Your edits are kept and sent when it is back.",
  refused: "The server could not read what was done last, and left it out. Reload the page.",
  gone: "The server no longer knows this page. Reload it; your edits are kept until then.",
};

/** What is wrong, and what happens to the edits; "" where nothing is. */
export function explained(status: Status): string {
  return WORDS[status];
}
