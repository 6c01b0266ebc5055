// Tests run from the sources; what spawns worker threads or the command runs from dist, which `npm test` builds first.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Files that take longest, longest first. */
const LONG = readFileSync(here('test/long-files.txt'), 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('#'));

/** Long files begin first: one that began last would go on alone, while the other core has nothing to do. Files that share a process come one behind
 *  the other, since Vitest keeps that process only for as long as the next file is one of theirs too. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const places = new Map(files.map((file) => {
      const long = LONG.findIndex((name) => file.moduleId.endsWith(`/test/${name}`));
      const group = file.project.config.isolate ? (long < 0 ? 2 : 0) : 1;
      return [file, [group, long < 0 ? LONG.length : long] as const];
    }));
    return files.toSorted((a, b) => {
      const [one, other] = [places.get(a)!, places.get(b)!];
      return one[0] - other[0] || one[1] - other[1] || (a.moduleId < b.moduleId ? -1 : 1);
    });
  }
}

/** Tests of the engine start nothing and change nothing that another file sees: they share a process, in which each kernel is loaded once. Those that
 *  start threads of their own or load modules anew have a process each, like all others. */
const ENGINE = ['check', 'conform', 'conformance', 'explore', 'export', 'kernel', 'kernels', 'machines', 'memory', 'peers', 'report', 'scenario', 'steps', 'trace']
  .map((folder) => `test/${folder}/**/!(jobs|pool|packed-table).test.ts`);

export default defineConfig({
  // Examples are tested from the sources, too.
  resolve: { alias: { 'faultline/vitest': here('src/vitest/index.ts'), faultline: here('src/index.ts') } },
  test: {
    projects: [
      { extends: true, test: { name: 'engine', include: ENGINE, isolate: false } },
      { extends: true, test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: ENGINE } },
    ],
    sequence: { sequencer: LongFirst },
    pool: 'forks',
    // Tests of threads want both cores for themselves now and then, and can wait.
    maxWorkers: 2,
    setupFiles: ['test/support/seed.ts'],
    // A machine may be many times slower than this one, or busy with something else: nothing here measures time.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    teardownTimeout: 10_000,
  },
});
