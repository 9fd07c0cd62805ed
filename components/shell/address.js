// Streamlit opens a page by its bare address; which document it shows, the page adds a moment later.
// As a step of its own in the browser's history, that would stop Back without going anywhere.
if (!window.convstackHistory) {
  window.convstackHistory = true;
  const { pushState, replaceState } = history;
  const change = (usual) => (data, title, address) => {
    const url = new URL(address ?? "", location.href);
    const completes =
      url.pathname === location.pathname && !location.search && url.searchParams.has("doc");
    // The runs belong to no document: a page that Back has just left was late to say which it shows.
    if (completes && url.pathname.endsWith("/runs")) return;
    (completes ? replaceState : usual).call(history, data, title, address);
  };
  history.pushState = change(pushState);
  history.replaceState = change(replaceState);
}
