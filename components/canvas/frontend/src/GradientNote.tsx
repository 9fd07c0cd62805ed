/** What the gradients say of the network, over the canvas while they are shown. */

import type { Gradients } from "./gradients";

interface NoteProps {
  gradients: Gradients | null;
  go: (node: string) => void;
}

const WORDS: Record<Gradients["state"], string> = {
  vanishing: "Gradients vanish",
  exploding: "Gradients explode",
  dead: "No gradient reaches some layers",
  healthy: "Gradients are healthy",
  unknown: "Too few gradients to judge by",
};

export function GradientNote({ gradients, go }: NoteProps) {
  if (!gradients) return null;
  const { run, active, batch, state, message, advice, begins } = gradients;
  const when = active ? `Still training, batch ${batch.toLocaleString("en")}` : "Latest training";
  return (
    <details className="gradient-note" data-state={state}>
      <summary>{run === "" ? "No gradients yet" : WORDS[state]}</summary>
      <p>{message}</p>
      {advice && <p>{advice}</p>}
      <p className="quiet">
        {run === "" ? "Start a training on the Train page: they then show here." : `${when}: ${run}`}
      </p>
      {begins && (
        <button type="button" className="tool wide" onClick={() => go(begins)}>
          Show where it begins
        </button>
      )}
    </details>
  );
}
