/** A button that is only an icon: its label is its title. */

import { Icon, type IconName } from "./Icon";

interface IconButtonProps {
  icon: IconName;
  label: string;
  act: () => void;
  off?: boolean;
  pressed?: boolean;
  keys?: string; // as `aria-keyshortcuts` has them
  tabIndex?: number;
}

export function IconButton({
  icon,
  label,
  act,
  off = false,
  pressed,
  keys,
  tabIndex,
}: IconButtonProps) {
  return (
    <button
      type="button"
      className="icon-button"
      title={label}
      aria-label={label}
      aria-disabled={off}
      aria-pressed={pressed}
      aria-keyshortcuts={keys}
      tabIndex={tabIndex}
      onClick={act}
    >
      <Icon name={icon} />
    </button>
  );
}
