/**
 * What every page needs beside its components.
 *
 * It stands in the page itself and is run again with each drawing, as a script without modules: what
 * it remembers stands on the page's root element.
 */

import { followLinksWithinPage, keepHistoryShort } from "./address";
import { hideHintsAtRest } from "./hints";
import { walkThroughMenus } from "./menus";
import { describeRefusals } from "./refusals";
import { followScheme } from "./scheme";
import { loadSoon } from "./soon";

const { dataset } = document.documentElement;
const app = document.querySelector('[data-testid="stApp"]');
if (app && dataset.csFrame === undefined) {
  dataset.csFrame = "";
  loadSoon();
  keepHistoryShort();
  followLinksWithinPage();
  followScheme(app);
  walkThroughMenus();
  hideHintsAtRest();
  describeRefusals();
}
