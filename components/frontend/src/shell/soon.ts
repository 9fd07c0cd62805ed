/** Scripts that the page is about to need: the browser loads them while the server still draws. */

/** Loads what an element of the page names in `data-cs-soon`: addresses of modules. */
export function loadSoon(): void {
  const addresses = document.querySelector<HTMLElement>("[data-cs-soon]")?.dataset.csSoon ?? "";
  for (const href of addresses.split(" ").filter(Boolean)) {
    const link = document.createElement("link");
    link.rel = "modulepreload";
    link.href = href;
    document.head.append(link);
  }
}
