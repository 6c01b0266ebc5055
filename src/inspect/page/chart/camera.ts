// Which part of a drawing is seen: a point of it in the middle of the panel, and how large.

export interface Camera { readonly x: number; readonly y: number; readonly scale: number }
export interface Size { readonly width: number; readonly height: number }

const LEAST = 0.04, MOST = 4;
/** Scale at which the names in states are read well. */
export const READABLE = 1;
const MARGIN = 12;

const clamped = (scale: number): number => Math.max(LEAST, Math.min(MOST, scale));

/** All of a drawing. */
export const fitted = (drawing: Size, panel: Size): Camera =>
  ({ x: drawing.width / 2, y: drawing.height / 2, scale: clamped(Math.min(1.2, (panel.width - 2 * MARGIN) / drawing.width, (panel.height - 2 * MARGIN) / drawing.height)) });

/** The same point stays under the pointer, or in the middle, while the drawing grows. */
export function zoomed({ x, y, scale }: Camera, factor: number, panel: Size, at: { readonly x: number; readonly y: number } = { x: panel.width / 2, y: panel.height / 2 }): Camera {
  const next = clamped(scale * factor);
  const [dx, dy] = [at.x - panel.width / 2, at.y - panel.height / 2];
  return { x: x + dx / scale - dx / next, y: y + dy / scale - dy / next, scale: next };
}

/** Moved by pixels of the panel. */
export const moved = ({ x, y, scale }: Camera, dx: number, dy: number): Camera => ({ x: x - dx / scale, y: y - dy / scale, scale });

type Box = readonly [x: number, y: number, width: number, height: number];

/** What follows a state: nothing changes while it is seen whole and can be read; else it comes to the middle. */
export function following(camera: Camera, [left, top, width, height]: Box, panel: Size): Camera {
  const { x, y, scale } = camera;
  const inside = Math.abs(left + width / 2 - x) + width / 2 <= panel.width / 2 / scale - MARGIN && Math.abs(top + height / 2 - y) + height / 2 <= panel.height / 2 / scale - MARGIN;
  if (inside && scale >= READABLE * 0.6) return camera;
  return { x: left + width / 2, y: top + height / 2, scale: Math.max(scale, Math.min(READABLE, (panel.width - 2 * MARGIN) / width)) };
}

/** What an element is given: the drawing's place. */
export const transform = ({ x, y, scale }: Camera, { width, height }: Size): string => `translate(${width / 2 - x * scale}px, ${height / 2 - y * scale}px) scale(${scale})`;
