// What the timeline is drawn with: a few shapes, on a canvas or as SVG.

export interface Paint {
  rect(x: number, y: number, width: number, height: number, color: string, opacity?: number): void;
  line(x1: number, y1: number, x2: number, y2: number, color: string, width?: number, dash?: readonly number[]): void;
  /** Left end at x, middle at y; cut off behind `width`. */
  text(x: number, y: number, text: string, color: string, width?: number): void;
}

const FONT = '11px ui-sans-serif, system-ui, sans-serif';

/** Paints on a canvas. */
export class CanvasPaint implements Paint {
  private readonly context: CanvasRenderingContext2D;

  constructor(context: CanvasRenderingContext2D) {
    this.context = context;
    context.font = FONT;
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

  text(x: number, y: number, text: string, color: string, width = Infinity): void {
    const { context } = this;
    context.fillStyle = color;
    context.fillText(fitting(text, width), x, y);
  }
}

/** Width of a character, about. */
const CHARACTER = 6.1;

/** As much of a text as has room. */
export const fitting = (text: string, width: number): string => (text.length * CHARACTER <= width ? text : `${text.slice(0, Math.max(0, Math.floor(width / CHARACTER) - 1))}…`);

const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`).replace(/\p{Cc}/gu, ' ');
const n = (value: number): string => String(Math.round(value * 10) / 10);

/** Paints into the text of an SVG. */
export class SvgPaint implements Paint {
  private readonly parts: string[] = [];

  rect(x: number, y: number, width: number, height: number, color: string, opacity = 1): void {
    this.parts.push(`<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" fill="${escaped(color)}"${opacity === 1 ? '' : ` opacity="${n(opacity)}"`}/>`);
  }

  line(x1: number, y1: number, x2: number, y2: number, color: string, width = 1, dash: readonly number[] = []): void {
    this.parts.push(`<line x1="${n(x1)}" y1="${n(y1)}" x2="${n(x2)}" y2="${n(y2)}" stroke="${escaped(color)}" stroke-width="${n(width)}"${dash.length === 0 ? '' : ` stroke-dasharray="${dash.join(' ')}"`}/>`);
  }

  text(x: number, y: number, text: string, color: string, width = Infinity): void {
    this.parts.push(`<text x="${n(x)}" y="${n(y)}" dominant-baseline="middle" font-family="system-ui, sans-serif" font-size="11" fill="${escaped(color)}">${escaped(fitting(text, width))}</text>`);
  }

  /** The whole drawing. */
  svg(width: number, height: number): string {
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${n(width)}" height="${n(height)}" viewBox="0 0 ${n(width)} ${n(height)}">${this.parts.join('')}</svg>\n`;
  }
}
