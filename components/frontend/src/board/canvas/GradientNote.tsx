/** What the gradients say of the network, below the graph while they are shown. */

import { type Gradients, SCALE } from "./gradients";

interface NoteProps {
  gradients: Gradients | null;
  go: (node: string) => void;
}

const MOMENT = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" } as const;
const WORDS: Record<Gradients["state"], string> = {
  vanishing: "Gradients vanish",
  exploding: "Gradients explode",
  dead: "No gradient reaches some weights",
  healthy: "Gradients are healthy",
  unknown: "Too few gradients to judge by",
};

export function GradientNote({ gradients, go }: NoteProps) {
  return (
    <div className="gradient-strip">
      {gradients && <Verdict gradients={gradients} go={go} />}
      {gradients?.run && <span title={SCALE}>weakest layer's norm; bar in powers of ten</span>}
    </div>
  );
}

function Verdict({ gradients, go }: NoteProps & { gradients: Gradients }) {
  const { run, name, created, changed, active, batch, state, message, advice, begins } = gradients;
  const when = active ? `Still training, batch ${batch.toLocaleString("en")}` : "Latest training";
  const begun = new Date(created).toLocaleString("en-GB", MOMENT);
  const blocks = changed === 1 ? "1 block was" : `${changed} blocks were`;
  return (
    <details className="gradient-note" data-state={state}>
      <summary>{run === "" ? "No gradients yet" : WORDS[state]}</summary>
      <p>{message}</p>
      {advice && <p>{advice}</p>}
      {run !== "" && <p className="quiet">{SCALE}</p>}
      <p className="quiet">
        {run === ""
          ? "Start a training on the Train page: they then show here."
          : `${when}: ${name}, ${begun}`}
      </p>
      {changed > 0 && <p>The network has changed since: {blocks} not trained so.</p>}
      {begins && (
        <button type="button" className="tool wide" onClick={() => go(begins)}>
          Show where it begins
        </button>
      )}
    </details>
  );
}
