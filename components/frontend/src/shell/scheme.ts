/**
 * Gives the whole page the theme of the app. Streamlit sets it on the app alone, but menus and
 * dialogs hang outside of it; and while one is open, a change of theme redraws no page.
 */
export function followScheme(app: Element): void {
  const follow = () => {
    document.documentElement.style.colorScheme = getComputedStyle(app).colorScheme;
  };
  new MutationObserver(follow).observe(app, { attributeFilter: ["class"] });
  follow();
}
