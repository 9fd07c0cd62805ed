/** Strokes on a 16×16 grid. */

const PATHS = {
  chevron: "M6 4.5 9.5 8 6 11.5",
  close: "M4 4l8 8M12 4l-8 8",
  plus: "M8 3.5v9M3.5 8h9",
  minus: "M3.5 8h9",
  undo: "M5.5 3 3 5.5 5.5 8M3 5.5h6.3a3.7 3.7 0 0 1 0 7.5H6",
  redo: "M10.5 3 13 5.5 10.5 8M13 5.5H6.7a3.7 3.7 0 0 0 0 7.5H10",
  error: "M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5zM8 5v3.6M8 10.9v.1",
  warning: "M8 2.2 14.3 13.4H1.7zM8 6.4v3.2M8 11.6v.1",
  help: "M5.9 6a2.1 2.1 0 1 1 3.3 1.7c-.8.6-1.2.9-1.2 1.9M8 12.2v.1",
  fit: "M2.5 6v-3.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  tidy: "M5.5 2.5h5v3h-5zM2.5 10.5h4v3h-4zM9.5 10.5h4v3h-4zM8 5.5v2.5M4.5 10.5V8h7v2.5",
  down: "M8 2.5v11M4.5 10 8 13.5l3.5-3.5",
  right: "M2.5 8h11M10 4.5 13.5 8 10 11.5",
  room: "M2.5 3h11v10h-11zM6.5 3v10",
  group: "M3 3h10v10H3zM6 6h4v4H6z",
};

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
