/** What cards and wires ask the canvas for. */

import { createContext } from "react";

export interface Acting {
  fold(key: string): void;
  addOn(source: string, target: string, port: number): void;
}

export const Acts = createContext<Acting>({ fold: () => {}, addOn: () => {} });
