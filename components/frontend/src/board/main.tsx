/** Where Streamlit's component comes in: one React root per place in the page. */

import flowStyles from "@xyflow/react/dist/base.css?inline";
import { createRoot, type Root } from "react-dom/client";
import { noteLeaving } from "../kit/leaving";
import { Board } from "./Board";
import styles from "./board.css?inline";
import type { Component } from "./canvas/types";
import { Session } from "./session/session";

interface Mounted {
  session: Session;
  root: Root;
  element: HTMLElement;
}

const mounted = new WeakMap<Component["parentElement"], Mounted>();

noteLeaving();

/** Draws what Python sent, or updates what stands there; returns the clean-up. */
export function mount(component: Component): () => void {
  const { parentElement } = component;
  let known = mounted.get(parentElement);
  if (!known) {
    const sheet = document.createElement("style");
    sheet.textContent = flowStyles + styles;
    const element = document.createElement("div");
    element.className = "board-place";
    parentElement.append(sheet, element);
    known = { session: new Session(), root: createRoot(element), element };
    known.root.render(<Board session={known.session} />);
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
