// Downloads that the page announces start by themselves, each once.
{
  const started = (window.convstackDownloads ??= new Set());
  for (const link of document.querySelectorAll("a[data-cs-download]")) {
    if (started.has(link.dataset.csDownload)) continue;
    started.add(link.dataset.csDownload);
    link.click();
  }
}
