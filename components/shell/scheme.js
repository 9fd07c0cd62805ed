// Streamlit gives the theme's scheme to the app alone, but menus and dialogs hang outside of it; and
// while one is open, a change of theme redraws no page.
if (!window.convstackScheme) {
  window.convstackScheme = true;
  const app = document.querySelector('[data-testid="stApp"]');
  const follow = () => {
    document.documentElement.style.colorScheme = getComputedStyle(app).colorScheme;
  };
  new MutationObserver(follow).observe(app, { attributeFilter: ["class"] });
  follow();
}
