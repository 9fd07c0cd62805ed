/** Strokes on a 16×16 grid. */

const PATHS = {
  chevron: "M6 4.5 9.5 8 6 11.5",
  close: "M4 4l8 8M12 4l-8 8",
  plus: "M8 3.5v9M3.5 8h9",
  save: "M8 2.5v7.5M5 7l3 3 3-3M3 13h10",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.4 10.4l3.1 3.1",
  minus: "M3.5 8h9",
  up: "M8 13.5v-11M4.5 6 8 2.5 11.5 6",
  duplicate: "M5.5 5.5h7v7h-7zM3.5 10.5v-7h7",
  remove: "M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.6 9h5.8l.6-9",
  undo: "M5.5 3 3 5.5 5.5 8M3 5.5h6.3a3.7 3.7 0 0 1 0 7.5H6",
  redo: "M10.5 3 13 5.5 10.5 8M13 5.5H6.7a3.7 3.7 0 0 0 0 7.5H10",
  error: "M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5zM8 5v3.6M8 10.9v.1",
  warning: "M8 2.2 14.3 13.4H1.7zM8 6.4v3.2M8 11.6v.1",
  help: "M5.9 6a2.1 2.1 0 1 1 3.3 1.7c-.8.6-1.2.9-1.2 1.9M8 12.2v.1",
  offline:
    "M2.5 2.5l11 11M2 6.5A9 9 0 0 1 4.3 5M14 6.5a9 9 0 0 0-6.6-2.3M4.4 9a5.3 5.3 0 0 1 2.3-1.3" +
    "M8 12.2v.1",
  fit: "M2.5 6v-3.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10",
  tidy: "M5.5 2.5h5v3h-5zM2.5 10.5h4v3h-4zM9.5 10.5h4v3h-4zM8 5.5v2.5M4.5 10.5V8h7v2.5",
  down: "M8 2.5v11M4.5 10 8 13.5l3.5-3.5",
  right: "M2.5 8h11M10 4.5 13.5 8 10 11.5",
  split: "M2.5 3h11v10h-11zM8 3v10",
  full: "M9.5 2.5h4v4M13.5 2.5 9 7M6.5 13.5h-4v-4M2.5 13.5 7 9",
  pin: "M5.5 2.5h5M6.5 2.5v4L4.5 9v1h7V9L9.5 6.5v-4M8 10v4",
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
