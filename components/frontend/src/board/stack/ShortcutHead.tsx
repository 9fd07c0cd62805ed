/** What stands over layers of a shortcut: these are beside the main path, not in sequence with it. */

export function ShortcutHead({ depth }: { depth: number }) {
  return (
    <div
      className="shortcut-head"
      aria-hidden="true"
      style={{ "--depth": depth } as React.CSSProperties}
    >
      shortcut
    </div>
  );
}
