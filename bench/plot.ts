// Lines over a logarithmic axis as SVG, readable on light and on dark pages.

/** One line of a plot. */
export interface PlotLine {
  readonly name: string;
  /** `x` above 0, in rising order. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** One plot: `x` is logarithmic, `y` begins at 0. */
export interface Plot {
  readonly title: string;
  /** What the axes count. */
  readonly x: string;
  readonly y: string;
  readonly lines: readonly PlotLine[];
}

const WIDTH = 640;
const HEIGHT = 300;
const FRAME = { left: 70, right: 110, top: 36, bottom: 48 };
const TICKS = 5;
/** Between the names of lines that end close together. */
const NAME_HEIGHT = 15;

/** Colours that stand off from white and from black alike; text follows the page. */
const STYLE = `
  text { font: 12px sans-serif; fill: #333 }
  .title { font-size: 14px; font-weight: bold }
  .grid { stroke: #8884; fill: none }
  .line { fill: none; stroke-width: 2 }
  .c0 { stroke: #3b82f6 } .c1 { stroke: #e07b00 } .c2 { stroke: #2a9d5c } .c3 { stroke: #c0469b }
  .dot { stroke-width: 6; stroke-linecap: round }
  @media (prefers-color-scheme: dark) { text { fill: #ddd } }
`;
const COLOURS = 4;

/** The plots below one another. */
export function drawPlots(plots: readonly Plot[]): string {
  const height = HEIGHT * plots.length;
  const size = `width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}"`;
  const each = plots.map((plot, at) =>
    `<g transform="translate(0 ${at * HEIGHT})">\n${draw(plot)}\n</g>`
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img">`,
    `<title>${escaped(plots.map(({ title }) => title).join("; "))}</title>`,
    `<style>${STYLE}</style>`,
    ...each,
    "</svg>\n",
  ].join("\n");
}

function draw(plot: Plot): string {
  const { title, lines } = plot;
  const [bottom, right] = [HEIGHT - FRAME.bottom, WIDTH - FRAME.right];
  const points = lines.flatMap((line) => line.points);
  const xs = points.map(({ x }) => Math.log10(x));
  const [low, high] = [Math.floor(Math.min(...xs)), Math.ceil(Math.max(...xs))];
  const decades = Math.max(1, high - low);
  const top = niceCeiling(Math.max(0, ...points.map(({ y }) => y)));
  const across = (x: number) => FRAME.left + (Math.log10(x) - low) / decades * (right - FRAME.left);
  const up = (y: number) => bottom - y / top * (bottom - FRAME.top);
  const vertical = Array.from({ length: decades + 1 }, (_, at) => 10 ** (low + at)).map((x) =>
    `<path class="grid" d="M${round(across(x))} ${FRAME.top}V${bottom}"/>` +
    text(across(x), bottom + 18, "middle", grouped(x))
  );
  const horizontal = Array.from({ length: TICKS + 1 }, (_, at) => top * at / TICKS).map((y) =>
    `<path class="grid" d="M${FRAME.left} ${round(up(y))}H${right}"/>` +
    text(FRAME.left - 8, up(y) + 4, "end", grouped(y))
  );
  return [
    `<text class="title" x="${FRAME.left}" y="20">${escaped(title)}</text>`,
    ...vertical,
    ...horizontal,
    text((FRAME.left + right) / 2, HEIGHT - 10, "middle", plot.x),
    `<text transform="translate(16 ${
      (FRAME.top + bottom) / 2
    }) rotate(-90)" text-anchor="middle">` +
    `${escaped(plot.y)}</text>`,
    ...lines.map((line, at) => drawLine(line, at % COLOURS, across, up)),
    ...names(lines, up).map(({ name, colour, y }) =>
      dot(right + 12, round(y), colour) + text(right + 20, y + 4, "start", name)
    ),
  ].join("\n");
}

function drawLine(
  { points }: PlotLine,
  colour: number,
  across: (x: number) => number,
  up: (y: number) => number,
): string {
  const places = points.map(({ x, y }) => [round(across(x)), round(up(y))] as const);
  const path = places.map(([x, y], at) => `${at === 0 ? "M" : "L"}${x} ${y}`).join("");
  const dots = places.map(([x, y]) => dot(x, y, colour));
  return `<path class="line c${colour}" d="${path}"/>${dots.join("")}`;
}

/** Each line's name and colour beside its end, apart from one another and above the axis. */
function names(
  lines: readonly PlotLine[],
  height: (y: number) => number,
): { readonly name: string; readonly colour: number; readonly y: number }[] {
  // From the bottom upwards: below the axis there is no room.
  let free = height(0);
  return lines.flatMap(({ name, points }, at) => {
    const last = points.at(-1);
    return last === undefined ? [] : [{ name, colour: at % COLOURS, y: height(last.y) }];
  }).toSorted((a, b) => b.y - a.y).map((label) => {
    const y = Math.min(label.y, free);
    free = y - NAME_HEIGHT;
    return { ...label, y };
  });
}

/** A line without length, whose round ends are the dot. */
function dot(x: number, y: number, colour: number): string {
  return `<path class="dot c${colour}" d="M${x} ${y}h0"/>`;
}

/** The first of 1, 2, 2.5 and 5 times a power of ten that is not below. */
export function niceCeiling(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * (([1, 2, 2.5, 5].find((step) => step * power >= value)) ?? 10);
}

function text(x: number, y: number, anchor: string, words: string): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escaped(words)}</text>`;
}

/** Thousands apart, and no more than one digit after the point. */
function grouped(value: number): string {
  return (Math.round(value * 10) / 10).toLocaleString("en-US");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
