// Colours of the page as a canvas needs them: what the style sheet says, for light and dark, looked up once.

/** Names of the style sheet's colours. */
const NAMES = ['ground', 'panel', 'text', 'dim', 'line', 'accent', 'bad', 'warn', 'good', 'lock', 'wait', 'message', 'row'] as const;
type Name = (typeof NAMES)[number];

/** States get one of so many colours, by the fragment that they lie in. */
const STATES = 10;

/** `pale`: colours of states, lighter, and of rest, in front of which others are told apart. */
export type Palette = Readonly<Record<Name, string>> & { readonly states: readonly string[]; readonly pale: readonly string[]; readonly paleDim: string };

/** How much of a colour its pale one has; the rest is the panel's. */
const PALE = 0.5;

const parts = (color: string): number[] => (color.match(/[\d.]+/g) ?? []).map(Number);
const pale = (color: string, ground: string): string => `rgb(${parts(color).slice(0, 3).map((one, k) => Math.round(one * PALE + parts(ground)[k]! * (1 - PALE))).join(', ')})`;

/** Reads the colours as they are now. */
export function palette(): Palette {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const read = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colors = Object.fromEntries(NAMES.map((name) => [name, read(name)])) as Record<Name, string>;
  const states = Array.from({ length: STATES }, (_one, k) => read(`state-${k}`));
  probe.remove();
  return { ...colors, states, pale: states.map((one) => pale(one, colors.panel)), paleDim: pale(colors.dim, colors.panel) };
}

/** Which of the colours a fragment has. */
export function colorOf(fragment: string): number {
  let hash = 0;
  for (let k = 0; k < fragment.length; k++) hash = (hash * 31 + fragment.charCodeAt(k)) >>> 0;
  return hash % STATES;
}
