// The page as the build has made it: its script, its style sheet, the frame around them, and the layouts of charts.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The files of the page, as text. */
export interface PageFiles {
  readonly html: string;
  readonly script: string;
  readonly style: string;
  /** Layouts of the charts of a kernel as JSON, where they were computed. */
  layouts(kernel: string): string | undefined;
}

/** Beside the compiled sources, or the bundled ones; a test that runs from the sources has them there too. */
const FOLDERS = ['../../page/', '../../../page/', '../../dist/page/'].map((path) => new URL(path, import.meta.url));

/** Reads the page; throws when the build has not made it. */
export function pageFiles(): PageFiles {
  const folder = FOLDERS.find((one) => existsSync(fileURLToPath(new URL('page.js', one))));
  if (folder === undefined) throw new Error('the page is not there; build it with: npm run build');
  const text = (name: string): string => readFileSync(fileURLToPath(new URL(name, folder)), 'utf8');
  return {
    html: text('index.html'), script: text('page.js'), style: text('page.css'),
    layouts(kernel) {
      // Names of kernels come from traces: only those of files that were made are looked for.
      const file = /^[\w.-]+$/.test(kernel) ? fileURLToPath(new URL(`layouts/${kernel}.json`, folder)) : '';
      return file !== '' && existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    },
  };
}
