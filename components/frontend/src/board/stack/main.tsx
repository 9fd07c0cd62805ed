/** Where Streamlit's component comes in: one React root per place in the page. */

import { createRoot, type Root } from "react-dom/client";
import type { Component } from "../canvas/types";
import { Session } from "../session/session";
import { Editor } from "./Editor";
import styles from "./stack.css?inline";

interface Mounted {
  session: Session;
  root: Root;
  element: HTMLElement;
}

const mounted = new WeakMap<Component["parentElement"], Mounted>();

/** Draws what Python sent, or updates what stands there; returns the clean-up. */
export function mount(component: Component): () => void {
  const { parentElement } = component;
  let known = mounted.get(parentElement);
  if (!known) {
    const sheet = document.createElement("style");
    sheet.textContent = styles;
    const element = document.createElement("div");
    element.className = "editor-room";
    parentElement.append(sheet, element);
    known = { session: new Session(), root: createRoot(element), element };
    known.root.render(<Editor session={known.session} />);
    mounted.set(parentElement, known);
  }
  known.session.update(component);
  const { session, root, element } = known;
  // Streamlit also cleans up after calls that a newer one has overtaken: look whether it is gone.
  return () =>
    setTimeout(() => {
      if (element.isConnected || mounted.get(parentElement)?.session !== session) return;
      mounted.delete(parentElement);
      session.close();
      root.unmount();
    });
}
