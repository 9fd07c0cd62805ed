/** What Streamlit hands to a component's script, and one view for each place in the page. */

export type Place = HTMLElement | ShadowRoot;

export interface Component<Data> {
  parentElement: Place;
  data: Data;
  setStateValue(name: string, value: unknown): void;
  setTriggerValue(name: string, value: unknown): void;
}

export interface View<Data> {
  update(component: Component<Data>): void;
}

/** Gives a `mount` that keeps one view for each place, whatever Streamlit redraws. */
export function mountOf<Data>(
  View: new (parent: Place) => View<Data>,
): (component: Component<Data>) => void {
  const views = new WeakMap<Place, View<Data>>();
  return (component) => {
    let view = views.get(component.parentElement);
    if (!view) {
      view = new View(component.parentElement);
      views.set(component.parentElement, view);
    }
    view.update(component);
  };
}

const sheets = new Map<string, CSSStyleSheet>();

/** Gives the tree around a place a style sheet, once however many components ask for it. */
export function adopt(place: Place, text: string): void {
  let sheet = sheets.get(text);
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    sheets.set(text, sheet);
  }
  const root = place.getRootNode();
  const tree = root instanceof ShadowRoot ? root : document;
  if (!tree.adoptedStyleSheets.includes(sheet)) tree.adoptedStyleSheets.push(sheet);
}

/** Reads JSON that Python has written as bytes. */
export function fromBytes(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
