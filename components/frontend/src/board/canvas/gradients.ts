/** The gradients of the latest training, by node: asked for while they are shown. */

import { useEffect, useState } from "react";
import type { GradientAnswer } from "../../generated/board";
import type { Reading } from "./overlay";

/** What the server answers. */
export type Gradients = GradientAnswer;

type Span = Gradients["norms"][string]; // the weakest and the strongest; null where not finite

const OFTEN = 3_000; // milliseconds, while it trains
const SELDOM = 10_000;
const WEAK = 1e-3; // of the strongest, as in the verdict
const DECADES = 6; // that a bar spans
export const SCALE =
  "A number is the norm of a block's weakest layer. Its bar, in powers of ten, is full where that is the strongest of all, and empty at a millionth of it.";
const NOTHING: Reading = { figure: "", share: 0, mark: "" };

/** Asks for the gradients, and again and again while `shown`; null before the first answer. */
export function useGradients(url: string, shown: boolean): Gradients | null {
  const [answer, setAnswer] = useState<Gradients | null>(null);
  useEffect(() => {
    if (!shown) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const leaving = new AbortController();
    const ask = async () => {
      let next = SELDOM;
      try {
        if (!document.hidden) {
          const found = await asked(url, leaving.signal);
          if (found.active) next = OFTEN;
          setAnswer((before) =>
            JSON.stringify(before) === JSON.stringify(found) ? before : found,
          );
        }
      } catch {
        if (leaving.signal.aborted) return; // else the server is away: what was shown stays
      }
      timer = setTimeout(() => void ask(), next);
    };
    void ask();
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [url, shown]);
  return shown ? answer : null;
}

async function asked(url: string, signal: AbortSignal): Promise<Gradients> {
  const response = await fetch(new URL(url, document.baseURI), { signal });
  if (response.ok) return (await response.json()) as Gradients;
  const message = (await response.text()).slice(0, 200);
  const words = { run: "", name: "", created: "", message, advice: "", begins: "" };
  return { ...words, changed: 0, active: false, batch: 0, state: "unknown", norms: {} };
}

/** What the gradients say of a node or part; its weakest layer speaks for it. */
export function gradientReader(gradients: Gradients | null): (key: string) => Reading {
  if (!gradients) return () => NOTHING;
  const top = strongestOf(gradients);
  return (key) => reading(gradients.norms[key], top);
}

function reading(span: Span | undefined, top: number): Reading {
  if (!span) return NOTHING;
  const [weakest, strongest] = span;
  if (weakest === null || strongest === null) {
    return { figure: "not finite", share: 1, mark: "broken" };
  }
  if (weakest === 0) return { figure: "no gradient", share: 0, mark: "none" };
  const share = 1 + Math.log10(weakest / top) / DECADES;
  return {
    figure: short(weakest),
    share: Math.min(1, Math.max(0.02, share)),
    mark: weakest < top * WEAK ? "weak" : "",
  };
}

function strongestOf({ norms }: Gradients): number {
  let top = 0;
  for (const [, strongest] of Object.values(norms)) top = Math.max(top, strongest ?? 0);
  return top;
}

/** "0.024", "1.2e-5": two digits that count. */
export function short(norm: number): string {
  return norm >= 0.001 && norm < 1000 ? String(Number(norm.toPrecision(2))) : norm.toExponential(1);
}

/** The gradients of a box in words, for the tooltip; "" where none are known. */
export function spelled(gradients: Gradients | null, key: string): string {
  const span = gradients?.norms[key];
  if (!span) return "";
  const [weakest, strongest] = span;
  if (weakest === null || strongest === null) return "its gradient is no finite number";
  if (weakest === strongest) return `gradient ${short(weakest)}`;
  return `gradients of its layers from ${short(weakest)} to ${short(strongest)}`;
}
