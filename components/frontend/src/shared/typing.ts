/** What a press on the keyboard means: whether somebody types, and which letter it is. */

type Pressed = Pick<KeyboardEvent, "key" | "code">;

/** Is the person typing? Looks through shadow roots. */
export function inTextField(event: Event): boolean {
  const target = event.composedPath()[0];
  if (!(target instanceof Element)) return false;
  if ((target as HTMLElement).isContentEditable) return true;
  if (target.closest("textarea, select, iframe")) return true;
  const field = target.closest("input");
  return field !== null && !NOT_TEXT.has(field.type);
}

/** Is a dialog open that nothing behind it can be reached from? */
export function behindDialog(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
}

/** Is a menu open, or something else that Streamlit shows over the page until Escape? */
export function behindBubble(): boolean {
  return document.querySelector('[data-testid="stPopoverBody"]') !== null;
}

const NOT_TEXT = new Set(["button", "checkbox", "color", "file", "image", "radio", "range"]);

/** The letter of a key; by its place on the keyboard where the layout isn't a Latin one. */
export function letter({ key, code }: Pressed): string {
  const foreign = key.length === 1 && key.charCodeAt(0) > 127 && code.startsWith("Key");
  const pressed = foreign ? code.slice(3) : key;
  return pressed.length === 1 ? pressed.toLowerCase() : pressed;
}
