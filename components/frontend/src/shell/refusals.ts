/**
 * A field whose value was refused is called invalid, and described by the reason below it, for as
 * long as that stands there: Streamlit's widgets know of no refusal. A screen reader says the reason
 * when it appears, since it is an alert, and from then on with the field.
 */

const FIELD = '[class*="st-key-cs-field-"]';
const INPUTS = "input, textarea";

export function describeRefusals(): void {
  const reasons = document.getElementsByClassName("cs-field-error");
  const marked = new Map<Element, Element>();
  let made = 0;
  const look = () => {
    for (const [input, reason] of marked) {
      if (reason.isConnected && input.isConnected) continue;
      marked.delete(input);
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
    for (const reason of reasons) {
      const field = reason.closest(FIELD);
      reason.id ||= `cs-refused-${made++}`;
      for (const input of field?.querySelectorAll(INPUTS) ?? []) {
        if (input.closest(FIELD) !== field || marked.get(input) === reason) continue;
        marked.set(input, reason);
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", reason.id);
      }
    }
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}
