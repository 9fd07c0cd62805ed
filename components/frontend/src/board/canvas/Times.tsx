/** How often a node is repeated, beside its card: a step less, a number to type, a step more. */

import { NodeToolbar, Position, useStore } from "@xyflow/react";
import { useEffect, useRef } from "react";
import { Icon } from "../Icon";
import { label } from "./connect";
import type { NodeRow } from "./types";

interface TimesProps {
  row: NodeRow;
  typing: boolean; // whether the number is a field
  type: (typing: boolean) => void;
  set: (times: number) => void;
  say: (words: string) => void;
  stay: (over: boolean) => void; // whether the pointer is over it
}

const MOST = 999_999; // what an operation can carry
const LEGIBLE = 0.6; // below it, it would hide the card

export function Times({ row, typing, type, set, say, stay }: TimesProps) {
  const legible = useStore((state) => state.transform[2] >= LEGIBLE);
  const name = label(row);
  const offset = row.open || row.level ? -4 : -11; // it hides neither a frame's head nor a badge
  const step = (by: number) => (
    <button
      type="button"
      tabIndex={-1}
      aria-label={`Repeat ${name} one time ${by > 0 ? "more" : "less"}`}
      title={by > 0 ? "Repeat one time more (+)" : "Repeat one time less (−)"}
      aria-disabled={row.repeat + by < 1}
      onClick={() => row.repeat + by >= 1 && set(row.repeat + by)}
    >
      <Icon name={by > 0 ? "plus" : "minus"} />
    </button>
  );
  return (
    <NodeToolbar
      nodeId={row.id}
      isVisible={legible || typing}
      position={Position.Top}
      align="end"
      offset={offset}
    >
      <div
        className="repeats"
        role="group"
        aria-label={`How often ${name} is repeated`}
        data-category={row.category}
        onMouseEnter={() => stay(true)}
        onMouseLeave={() => stay(false)}
        onMouseDown={(event) => {
          if (!(event.target instanceof HTMLInputElement)) event.preventDefault();
        }}
      >
        {step(-1)}
        {typing ? (
          <Field times={row.repeat} close={() => type(false)} {...{ name, set, say }} />
        ) : (
          <button
            type="button"
            tabIndex={-1}
            className="now"
            title="Repeats: type how many (R)"
            onClick={() => type(true)}
          >
            ×{row.repeat}
          </button>
        )}
        {step(1)}
      </div>
    </NodeToolbar>
  );
}

interface FieldProps {
  times: number;
  name: string;
  set: (times: number) => void;
  say: (words: string) => void;
  close: () => void;
}

function Field({ times, name, set, say, close }: FieldProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  const take = () => {
    const typed = input.current!.value.trim();
    const wanted = timesOf(typed);
    if (wanted !== null && wanted !== times) set(wanted);
    if (wanted === null && typed) {
      say(`Repeats: received “${typed.slice(0, 20)}”, expected a whole number from 1`);
    }
  };
  return (
    <input
      ref={input}
      className="now"
      type="text"
      inputMode="numeric"
      autoFocus
      aria-label={`How often ${name} is repeated`}
      defaultValue={times}
      onBlur={() => {
        take();
        close();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") input.current!.value = "";
        if (event.key !== "Escape" && event.key !== "Enter") return;
        event.preventDefault();
        event.stopPropagation();
        event.currentTarget.closest<HTMLElement>(".canvas")!.focus({ preventScroll: true });
      }}
    />
  );
}

/** The whole number that was typed; null for anything else. How many there may be is Python's. */
export function timesOf(text: string): number | null {
  const typed = text.trim().replace(/^[×x]/, "").trim();
  return /^\d+$/.test(typed) && Number(typed) > 0 ? Math.min(Number(typed), MOST) : null;
}
