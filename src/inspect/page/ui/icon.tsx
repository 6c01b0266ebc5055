// Small drawings on buttons, so that they look the same whatever fonts there are.

import type { JSX } from 'preact';

const PATHS = {
  begin: 'M2 2h2v10H2zM12 2v10L5 7z', back: 'M7 2v10L1 7zM13 2v10L7 7z', previous: 'M10 2v10L3 7z', play: 'M3 1l9 6-9 6z', pause: 'M3 2h3v10H3zM8 2h3v10H8z',
  next: 'M4 2l7 5-7 5z', on: 'M1 2l6 5-6 5zM7 2l6 5-6 5z', end: 'M2 2l7 5-7 5zM10 2h2v10h-2z', broken: 'M3 1.5L7 5.5l4-4L12.5 3l-4 4 4 4-1.5 1.5-4-4-4 4L1.5 11l4-4-4-4z',
  light: 'M7 3.5a3.5 3.5 0 100 7 3.5 3.5 0 000-7zM6.4 0h1.2v2.4H6.4zM6.4 11.6h1.2V14H6.4zM0 6.4h2.4v1.2H0zM11.6 6.4H14v1.2h-2.4z', dark: 'M10 1a6 6 0 103 8.5A5 5 0 0110 1z', system: 'M7 1a6 6 0 100 12V1z',
} as const;

export type IconName = keyof typeof PATHS;

/** One of them; what it stands for is said beside it. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return <svg class="icon" viewBox="0 0 14 14" aria-hidden="true"><path d={PATHS[name]} /></svg>;
}
