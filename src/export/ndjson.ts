// Newline-delimited JSON: everything about every step, for archives and other people's programs. docs/ndjson.md lists the fields.

import type { Exporter } from './exporter.ts';

/** Version of the fields; grows when one changes its meaning or goes away. */
const VERSION = 1;

const line = (value: object): string => `${JSON.stringify(value)}\n`;

export const ndjson: Exporter = {
  name: 'ndjson',
  extension: '.ndjson',
  description: 'one JSON object a line: header, every step with all that it read, wrote and sent, footer',
  open: (header, actors) => ({
    header: () => line({ type: 'header', ndjson: VERSION, ...header, actors: actors.map(({ name, machine }) => ({ name, machine })) }),
    step: (event) => line({ type: 'step', ...event }),
    end: (footer) => (footer === undefined ? '' : line({ type: 'footer', ...footer })),
  }),
};
