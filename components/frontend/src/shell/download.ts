/**
 * Downloads that the page announces start by themselves, each once.
 *
 * It is run again with each drawing, as `frame.ts` is: which have started stands on the page's root.
 */

const { dataset } = document.documentElement;
const started = new Set<string>(JSON.parse(dataset.csDownloads ?? "[]"));
for (const link of document.querySelectorAll<HTMLElement>("a[data-cs-download]")) {
  const key = link.dataset.csDownload ?? "";
  if (started.has(key)) continue;
  started.add(key);
  dataset.csDownloads = JSON.stringify([...started]);
  link.click();
}
