// What the timeline is drawn with: a few shapes, on a canvas or as SVG.

/** Of columns one beside the other, a part of each: its height, 0 for none, and its colour by number. */
export interface Layer { readonly heights: Uint8Array; readonly colors: Uint8Array }

export interface Paint {
  rect(x: number, y: number, width: number, height: number, color: string, opacity?: number): void;
  line(x1: number, y1: number, x2: number, y2: number, color: string, width?: number, dash?: readonly number[]): void;
  /** Columns one beside the other, from x = 0 on, that stand on the line `y`: their parts from the foot up, in layers. */
  bars(y: number, column: number, layers: readonly Layer[], palette: readonly string[]): void;
  /** Left end at x, middle at y; cut off behind `width`. */
  text(x: number, y: number, text: string, color: string, width?: number, size?: number): void;
}

/** Pixels of text, unless it says. */
const SIZE = 11;
const font = (size: number): string => `${size}px ui-sans-serif, system-ui, sans-serif`;

/** Paints on a canvas. */
export class CanvasPaint implements Paint {
  private readonly context: CanvasRenderingContext2D;

  constructor(context: CanvasRenderingContext2D) {
    this.context = context;
    context.textBaseline = 'middle';
  }

  rect(x: number, y: number, width: number, height: number, color: string, opacity = 1): void {
    const { context } = this;
    context.globalAlpha = opacity;
    context.fillStyle = color;
    context.fillRect(x, y, width, height);
    context.globalAlpha = 1;
  }

  line(x1: number, y1: number, x2: number, y2: number, color: string, width = 1, dash: readonly number[] = []): void {
    const { context } = this;
    context.strokeStyle = color;
    context.lineWidth = width;
    context.setLineDash([...dash]);
    context.beginPath();
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
    context.stroke();
  }

  bars(y: number, column: number, layers: readonly Layer[], palette: readonly string[]): void {
    const { context } = this;
    const ratio = context.getTransform().a;
    const columns = layers[0]!.heights.length;
    let most = 0;
    for (let k = 0; k < columns; k++) {
      let whole = 0;
      for (const { heights } of layers) whole += heights[k]!;
      if (whole > most) most = whole;
    }
    const height = Math.ceil(most * ratio);
    const width = Math.ceil(columns * column * ratio);
    if (height === 0) return;
    const image = context.createImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    const numbers = palette.map(pixelOf);
    for (let k = 0; k < columns; k++) {
      const [left, right] = [Math.round(k * column * ratio), Math.min(width, Math.round((k + 1) * column * ratio))];
      let foot = 0;
      for (const { heights, colors } of layers) {
        const own = heights[k]!;
        if (own === 0) continue;
        const [number, below] = [numbers[colors[k]!]!, height - Math.round(foot * ratio)];
        for (let row = height - Math.round((foot + own) * ratio); row < below; row++) for (let x = row * width + left; x < row * width + right; x++) pixels[x] = number;
        foot += own;
      }
    }
    // Pixels replace what is there, so they go by way of an image.
    const between = canvasFor(width, height);
    between.getContext('2d')!.putImageData(image, 0, 0);
    context.drawImage(between, 0, 0, width, height, 0, y - height / ratio, width / ratio, height / ratio);
  }

  text(x: number, y: number, text: string, color: string, width = Infinity, size = SIZE): void {
    const { context } = this;
    context.font = font(size);
    context.fillStyle = color;
    context.fillText(fitting(text, width, size), x, y);
  }
}

let between: HTMLCanvasElement | undefined;
function canvasFor(width: number, height: number): HTMLCanvasElement {
  between ??= document.createElement('canvas');
  if (between.width !== width) between.width = width;
  if (between.height !== height) between.height = height;
  return between;
}

const pixels = new Map<string, number>();
/** A colour as the style sheet's computed form has it, `rgb(1, 2, 3)`, as a pixel. */
function pixelOf(color: string): number {
  let pixel = pixels.get(color);
  if (pixel === undefined) {
    const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? []).map(Number);
    pixels.set(color, pixel = (255 << 24 | b << 16 | g << 8 | r) >>> 0);
  }
  return pixel;
}

/** Width of a character, about, in a text of a size. */
const CHARACTER = 6.1 / SIZE;

/** As much of a text as has room. */
export const fitting = (text: string, width: number, size = SIZE): string => (text.length * CHARACTER * size <= width ? text : `${text.slice(0, Math.max(0, Math.floor(width / CHARACTER / size) - 1))}…`);

const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`).replace(/\p{Cc}/gu, ' ');
const n = (value: number): string => String(Math.round(value * 10) / 10);

/** Paints into the text of an SVG. */
export class SvgPaint implements Paint {
  private readonly parts: string[] = [];

  rect(x: number, y: number, width: number, height: number, color: string, opacity = 1): void {
    this.parts.push(`<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" fill="${escaped(color)}"${opacity === 1 ? '' : ` opacity="${n(opacity)}"`}/>`);
  }

  bars(y: number, column: number, layers: readonly Layer[], palette: readonly string[]): void {
    const feet = new Float64Array(layers[0]!.heights.length).fill(y);
    for (const { heights, colors } of layers) heights.forEach((height, k) => { if (height > 0) this.rect(k * column, feet[k]! -= height, column, height, palette[colors[k]!]!); });
  }

  line(x1: number, y1: number, x2: number, y2: number, color: string, width = 1, dash: readonly number[] = []): void {
    this.parts.push(`<line x1="${n(x1)}" y1="${n(y1)}" x2="${n(x2)}" y2="${n(y2)}" stroke="${escaped(color)}" stroke-width="${n(width)}"${dash.length === 0 ? '' : ` stroke-dasharray="${dash.join(' ')}"`}/>`);
  }

  text(x: number, y: number, text: string, color: string, width = Infinity, size = SIZE): void {
    this.parts.push(`<text x="${n(x)}" y="${n(y)}" dominant-baseline="middle" font-family="system-ui, sans-serif" font-size="${size}" fill="${escaped(color)}">${escaped(fitting(text, width, size))}</text>`);
  }

  /** The whole drawing. */
  svg(width: number, height: number): string {
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${n(width)}" height="${n(height)}" viewBox="0 0 ${n(width)} ${n(height)}">${this.parts.join('')}</svg>\n`;
  }
}
