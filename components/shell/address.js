// Streamlit opens a page by its bare address; which document it shows, the page adds a moment later.
// As a step of its own in the browser's history, that would stop Back without going anywhere.
if (!window.convstackHistory) {
  window.convstackHistory = true;
  const push = history.pushState.bind(history);
  const completes = (url) =>
    url.pathname === location.pathname && !location.search && url.searchParams.has("doc");
  history.pushState = (data, title, address) => {
    const url = new URL(address ?? "", location.href);
    if (completes(url)) history.replaceState(data, title, address);
    else push(data, title, address);
  };
}
