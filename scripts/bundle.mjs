// Puts the command and its workers into few files, dist/bundle, since Node takes twice as long to find and read 700 small ones as it takes
// to execute them. Folders are as deep as in dist, for what is found by its place. Runs behind every build; does nothing when nothing changed.

import { cpSync, existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const bundle = join(dist, 'bundle');

/** When any of what is bundled was last written, in ms. */
function newest() {
  let last = statSync(join(root, 'package-lock.json')).mtimeMs;
  for (const folder of ['src', 'machines', 'workers', 'test/kernels']) {
    for (const file of readdirSync(join(dist, folder), { recursive: true, withFileTypes: true })) {
      if (file.isFile() && file.name.endsWith('.js')) last = Math.max(last, statSync(join(file.parentPath ?? file.path, file.name)).mtimeMs);
    }
  }
  return last;
}

const mark = join(bundle, '.made');
const wanted = String(newest());
if (!existsSync(mark) || statSync(mark).mtimeMs < Number(wanted)) {
  const { build } = await import('vite');
  const made = join(dist, `bundle.${process.pid}`);
  const workers = readdirSync(join(dist, 'workers')).filter((name) => name.endsWith('.js'));
  try {
    await build({
      configFile: false,
      logLevel: 'error',
      root,
      ssr: { noExternal: true },
      build: {
        ssr: true,
        target: 'node20',
        minify: false,
        outDir: made,
        emptyOutDir: true,
        rolldownOptions: {
          // For development only, and looked for when it is wanted.
          external: [/^elkjs/],
          input: { 'src/cli/main': join(dist, 'src/cli/main.js'), ...Object.fromEntries(workers.map((name) => [`workers/${name.slice(0, -3)}`, join(dist, 'workers', name)])) },
          output: { entryFileNames: '[name].js', chunkFileNames: 'src/shared/[name].js' },
        },
      },
    });
    cpSync(join(dist, 'tools'), join(made, 'tools'), { recursive: true });
    writeFileSync(join(made, '.made'), '');
    rmSync(bundle, { recursive: true, force: true });
    renameSync(made, bundle);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}
