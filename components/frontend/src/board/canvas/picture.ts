/** The graph as a picture: the same boxes and lines as on the screen, as an SVG of their own. */

import type { Arrangement } from "./arrangement";
import { shapesOf } from "./contents";
import { edgesOf, rectsOf, type WireData } from "./flow";
import type { Gradients } from "./gradients";
import { HEAD } from "./layout";
import { reader } from "./overlay";
import type { Box } from "./scene";
import type { Overlay, Rect } from "./types";

/** Colors of the theme at hand, as CSS writes them. */
export interface Paint {
  text: string;
  quiet: string;
  ground: string;
  raised: string;
  line: string;
  wire: string;
  error: string;
  tints: Record<string, { tint: string; ink: string }>; // by category
}

export interface Picture {
  svg: string;
  width: number;
  height: number;
}

const CATEGORIES =
  "convolution pooling normalization activation regularization dense merge module io".split(" ");
const MARGIN = 24;
const LETTER = 0.57; // a letter's width, in sizes, in the widest of common fonts
const BOLD = 0.61;
const FONT = "Inter, system-ui, sans-serif";
const LARGEST = 8_192; // pixels of a PNG's side: what every browser draws
const TIPS = { down: 0, left: 90, up: 180, right: 270 };

export function svgOf(
  arrangement: Arrangement,
  overlay: Overlay,
  paint: Paint,
  gradients: Gradients | null = null,
): Picture {
  const rects = rectsOf(arrangement);
  const boxes = [...arrangement.scene.boxes.values()];
  const read = reader(overlay, boxes, gradients);
  const unmarked = { selected: null, lit: null, chosen: new Set<string>() };
  const shapes = shapesOf(arrangement.scene);
  const wires = edgesOf(arrangement, rects, unmarked, []).map((edge) => ({
    ...edge.data!,
    shape: shapes.get(edge.id) ?? "",
  }));
  const drawn = (inner: boolean) => wires.filter((wire) => wire.inner === inner);
  const frames = boxes.filter((box) => box.children.length > 0);
  const cards = boxes.filter((box) => box.children.length === 0);
  const parts = [
    ...drawn(false).map((wire) => wireSvg(wire, paint)),
    ...frames.map((box) => frameSvg(box, rects.get(box.id)!, read(box).figure, paint)),
    ...drawn(true).map((wire) => wireSvg(wire, paint)),
    ...cards.map((box) => {
      const { figure, share } = read(box);
      return cardSvg(box, rects.get(box.id)!, figure, share, paint);
    }),
  ];
  const { x, y, width, height } = bounds([...rects.values()], wires);
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${x} ${y} ${width} ${height}" ` +
    `width="${width}" height="${height}" font-family="${FONT}">` +
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${paint.ground}"/>` +
    `${parts.join("")}</svg>`;
  return { svg, width, height };
}

function bounds(rects: Rect[], wires: WireData[]): Rect {
  const numbers = wires.map((wire) => [...wire.path.matchAll(/-?[\d.]+/g)].map(Number));
  const xs = numbers.flatMap((all) => all.filter((_, at) => at % 2 === 0));
  const ys = numbers.flatMap((all) => all.filter((_, at) => at % 2 === 1));
  const left = Math.min(...rects.map((rect) => rect.x), ...xs) - MARGIN;
  const top = Math.min(...rects.map((rect) => rect.y), ...ys) - MARGIN;
  const right = Math.max(...rects.map((rect) => rect.x + rect.width), ...xs) + MARGIN;
  const bottom = Math.max(...rects.map((rect) => rect.y + rect.height), ...ys) + MARGIN;
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function cardSvg(box: Box, rect: Rect, figured: string, part: number, paint: Paint): string {
  const { x, y, width, height } = rect;
  const { tint: fill } = colors(box, paint);
  const size = box.parent === null ? 13 : 12;
  const second = box.parameters || figured;
  const room = width - 32 - figured.length * (size - 1) * LETTER;
  const first = y + (second ? height / 2 - 4 : height / 2 + 4);
  const stroke = box.level === "error" ? paint.error : paint.line;
  const dashes = box.used ? "none" : "4 3";
  const long = Math.max(2, part * (width - 10));
  return [
    tag("rect", { ...rect, rx: 5, fill: paint.raised, stroke, "stroke-dasharray": dashes }),
    tag("rect", { x, y, width: 4, height, rx: 2, fill }),
    headline(box, x + 14, first, width - 24, size, paint),
    figured && text(x + width - 10, first + 17, figured, size - 1, paint.text, "end"),
    text(x + 14, first + 17, cut(box.parameters, room, size - 1), size - 1, paint.quiet),
    part > 0 && tag("rect", { x: x + 4, y: y + height - 4, width: long, height: 3, rx: 1.5, fill }),
  ]
    .filter(Boolean)
    .join("");
}

function frameSvg(box: Box, rect: Rect, figured: string, paint: Paint): string {
  const { x, y, width, height } = rect;
  const { tint: fill } = colors(box, paint);
  return [
    tag("rect", { ...rect, rx: 7, fill: paint.ground, stroke: fill }),
    tag("rect", { ...rect, rx: 7, fill, "fill-opacity": 0.05 }),
    tag("rect", { x, y, width: 4, height, rx: 2, fill }),
    headline(box, x + 14, y + HEAD / 2 + 4, width - 80, 13, paint),
    text(x + width - 10, y + HEAD / 2 + 4, figured, 12, paint.text, "end"),
  ].join("");
}

/** A box's name, how often it is repeated, and its block where that is another word. */
function headline(
  box: Box,
  x: number,
  y: number,
  room: number,
  size: number,
  paint: Paint,
): string {
  const { ink } = colors(box, paint);
  const name = cut(box.title, room, size, BOLD);
  const repeated = box.repeat > 1 ? `×${box.repeat}` : "";
  const rest = [repeated, box.block, box.open ? box.parameters : ""].filter(Boolean).join("  ");
  const more = cut(rest, room - name.length * size * BOLD - 8, size - 1);
  const quieter = { dx: 6, "font-weight": 400, "font-size": size - 1, fill: ink };
  const second = more && tag("tspan", quieter, escaped(more));
  const bold = { x, y, "font-size": size, "font-weight": 600, fill: paint.text };
  return tag("text", bold, escaped(name) + second);
}

function wireSvg(wire: WireData & { shape: string }, paint: Paint): string {
  const { path, end, heading, label, side, shape, direction } = wire;
  const turn = side && direction === "down" ? " rotate(-90)" : "";
  const dashes = { "stroke-width": 1.4, "stroke-dasharray": shape ? "none" : "4 3" };
  const words = {
    transform: `translate(${label.x},${label.y})${turn}`,
    dy: "0.34em",
    "font-size": 11,
    "text-anchor": "middle",
    fill: paint.quiet,
    stroke: paint.ground,
    "stroke-width": 4,
    "paint-order": "stroke",
  };
  const tip = `translate(${end.x},${end.y}) rotate(${TIPS[heading]})`;
  return [
    tag("path", { d: path, fill: "none", stroke: paint.wire, ...dashes }),
    tag("path", { d: "M-4,-7L0,0L4,-7Z", fill: paint.wire, transform: tip }),
    tag("text", words, escaped(shape || "?")),
  ].join("");
}

function tag(name: string, attributes: Record<string, string | number>, inner = ""): string {
  const all = Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`);
  return inner ? `<${name}${all.join("")}>${inner}</${name}>` : `<${name}${all.join("")}/>`;
}

function colors(box: Box, paint: Paint): { tint: string; ink: string } {
  return (
    paint.tints[box.category === "own" ? "module" : box.category] ?? {
      tint: paint.wire,
      ink: paint.text,
    }
  );
}

function text(
  x: number,
  y: number,
  words: string,
  size: number,
  fill: string,
  anchor = "start",
): string {
  const attributes = { x, y, "font-size": size, fill, "text-anchor": anchor };
  return words && tag("text", attributes, escaped(words));
}

/** Words cut to a width, by how wide letters are. */
function cut(words: string, room: number, size: number, letter = LETTER): string {
  const most = Math.floor(room / (size * letter));
  if (words.length <= most) return words;
  return most < 4 ? "" : `${words.slice(0, most - 1)}…`;
}

function escaped(words: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return words.replaceAll(/[&<>"]/g, (letter) => names[letter]!);
}

/** What the style sheet's variables come to in the theme at hand. */
export function paintOf(root: HTMLElement): Paint {
  const probe = document.createElement("span");
  root.append(probe);
  const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })!;
  // Mixed colors come as `color(srgb …)`, which other programs can't read: a pixel has plain ones.
  const resolved = (value: string) => {
    probe.style.color = value;
    pixel.fillStyle = getComputedStyle(probe).color;
    pixel.fillRect(0, 0, 1, 1);
    const [red, green, blue] = pixel.getImageData(0, 0, 1, 1).data;
    return `rgb(${red},${green},${blue})`;
  };
  const paint: Paint = {
    text: resolved("var(--text)"),
    quiet: resolved("var(--quiet)"),
    ground: resolved("var(--ground)"),
    raised: resolved("var(--raised)"),
    line: resolved("var(--line)"),
    wire: resolved("var(--wire)"),
    error: resolved("var(--cs-error)"),
    tints: Object.fromEntries(
      CATEGORIES.map((name) => [
        name,
        { tint: resolved(`var(--cs-${name})`), ink: resolved(`var(--cs-${name}-ink)`) },
      ]),
    ),
  };
  probe.remove();
  return paint;
}

export async function download(
  picture: Picture,
  name: string,
  format: "svg" | "png",
): Promise<void> {
  const vector = new Blob([picture.svg], { type: "image/svg+xml" });
  const blob = format === "svg" ? vector : await raster(picture, vector);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${name}.${format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function raster({ width, height }: Picture, vector: Blob): Promise<Blob> {
  const scale = Math.min(2, LARGEST / width, LARGEST / height);
  const image = new Image();
  const url = URL.createObjectURL(vector);
  image.src = url;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(url);
  return await new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
  });
}
