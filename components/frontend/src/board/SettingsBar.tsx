/** In a small window: whose settings lie over the lower half, to be folded away and opened again. */

import { fold } from "../shared/settings";
import { Icon } from "./Icon";
import type { View } from "./session/session";
import { called } from "./stack/choice";

interface SettingsBarProps {
  view: View;
  folded: boolean;
}

export function SettingsBar({ view, folded }: SettingsBarProps) {
  const { rows, selection, others } = view;
  const row = rows.find(({ id }) => id === selection);
  if (!row) return null;
  const words = others.length > 0 ? `${others.length + 1} blocks` : called(row);
  return (
    <button
      type="button"
      className="settings"
      aria-expanded={!folded}
      onClick={() => fold(!folded)}
    >
      <Icon name="chevron" />
      <span className="of">{words}</span>
      <span className="does">{folded ? "Show settings" : "Hide settings"}</span>
    </button>
  );
}
