// House rules, as far as a machine can tell: who may import whom, what engine code must not use, how files look.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Everything that is under version control, or about to be; without git, everything that is not made. */
function allFiles(): string[] {
  try {
    return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n');
  } catch {
    const made = /^(node_modules|dist|\.git|coverage)$|\.tmp$|\.gen\.ts$/;
    const walk = (folder: string): string[] => readdirSync(join(root, folder), { withFileTypes: true }).filter(({ name }) => !made.test(name))
      .flatMap((entry) => (entry.isDirectory() ? walk(join(folder, entry.name)) : [join(folder, entry.name)]));
    return walk('.');
  }
}
const files = allFiles().filter((file) => file !== '' && existsSync(join(root, file)));
const texts = new Map(files.filter((file) => !/\.(trace|png|jpg|woff2?|gz)$/.test(file)).map((file) => [file, readFileSync(join(root, file), 'utf8')]));
const sources = files.filter((file) => /\.(tsx?|mjs|js)$/.test(file) && !file.endsWith('.gen.ts'));
const code = sources.filter((file) => /^(src|machines|workers|test\/kernels\/mutants)\//.test(file));
const text = (file: string): string => texts.get(file)!;
const linesOf = (file: string): string[] => text(file).split('\n');

/** Everything of `list` that a rule finds fault with, as `file:line: what`. */
function faults(list: readonly string[], rule: (line: string, file: string) => string | undefined): string[] {
  return list.flatMap((file) => linesOf(file).flatMap((line, i) => {
    const fault = rule(line, file);
    return fault === undefined ? [] : [`${file}:${i + 1}: ${fault}`];
  }));
}

/** A line of code without comments and texts. */
const codeOf = (line: string): string => line.replace(/\/\/.*$|\/\*.*?\*\/|^\s*\*.*$/g, '').replace(/'(\\.|[^'\\])*'|"(\\.|[^"\\])*"/g, "''");

/** Relative imports of a file, resolved; and what it imports from packages. */
function importsOf(file: string): { own: string[]; packages: string[] } {
  const all = [...text(file).matchAll(/^(?:import|export)\s[^;=(]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gms)].map((match) => (match[1] ?? match[2] ?? match[3])!);
  return {
    own: all.filter((one) => one.startsWith('.')).map((one) => relative('.', join(dirname(file), one))),
    packages: all.filter((one) => !one.startsWith('.')),
  };
}

/** Layers of DESIGN.md, lowest first: a file imports from its own and from lower ones. */
const LAYERS: readonly (readonly RegExp[])[] = [
  [/^src\/memory\//],
  [/^src\/steps\//, /^machines\//],
  [/^src\/(check|kernel|scenario)\//],
  [/^src\/(explore|runtime|trace)\//],
  [/^src\/(cli|inspect|export|report|vitest|conform|record)\//, /^workers\//, /^bench\//, /^src\/index\.ts$/, /^test\/kernels\/mutants\//],
];
const layerOf = (file: string): number => LAYERS.findIndex((layer) => layer.some((pattern) => pattern.test(file)));
/** Imports against the direction, each for a reason. */
const EXCEPTIONS: readonly string[] = [
  // A kernel is fragments, steps and the machinery that puts them together, in one file each.
  'machines/kernels → src/kernel',
];
const excepted = (from: string, to: string): boolean => EXCEPTIONS.some((one) => {
  const [source, target] = one.split(' → ') as [string, string];
  return from.startsWith(source) && to.startsWith(target);
});

describe('imports', () => {
  it('go one way: memory, then steps and machines, then check, kernel and scenario, then explore, runtime and trace, then what people use', () => {
    const wrong = code.flatMap((from) => importsOf(from).own
      .filter((to) => layerOf(to) > layerOf(from) && !excepted(from, to)).map((to) => `${from} imports ${to}`));
    expect(wrong).toEqual([]);
    expect(code.filter((file) => layerOf(file) < 0)).toEqual([]);
  });

  it('of machines reach nothing that runs; kernels alone know steps', () => {
    const wrong = code.filter((file) => file.startsWith('machines/') && !file.startsWith('machines/kernels/'))
      .flatMap((from) => importsOf(from).own.filter((to) => !to.startsWith('machines/')).map((to) => `${from} imports ${to}`));
    expect(wrong).toEqual([]);
  });

  it('name files that exist, with their extension, and packages that package.json names', () => {
    const { dependencies, devDependencies } = JSON.parse(text('package.json')) as Record<string, Record<string, string>>;
    const missing = code.flatMap((from) => importsOf(from).own.filter((to) => !existsSync(join(root, to)) && !to.endsWith('.gen.ts')).map((to) => `${from} imports ${to}`));
    expect(missing).toEqual([]);
    const named = [...Object.keys(dependencies!), ...Object.keys(devDependencies!)];
    const strange = code.flatMap((from) => importsOf(from).packages
      .filter((to) => !to.startsWith('node:') && !named.some((one) => to === one || to.startsWith(`${one}/`))).map((to) => `${from} imports ${to}`));
    expect(strange).toEqual([]);
  });
});

/** Runs the same everywhere and every time: in a page, in a worker, in a replay. */
const PURE = /^(machines|src\/(memory|steps|kernel|check|explore|scenario)|src\/trace)\//;
/** Files of those folders that are for Node alone, each for a reason. */
const FOR_NODE: readonly string[] = [
  'src/scenario/load.ts', 'src/kernel/load.ts', // read what a person has written
  'src/explore/pool.ts', 'src/explore/search-pool.ts', // jobs on threads
  'src/trace/file-reader.ts', 'src/trace/file-writer.ts', // the file itself; the format is apart
];
const pure = code.filter((file) => PURE.test(file) && !FOR_NODE.includes(file));

describe('engine code', () => {
  it('imports nothing of Node, and no thread', () => {
    expect(pure.flatMap((from) => importsOf(from).packages.filter((to) => /^(node:|fs$|path$|worker_threads$)/.test(to)).map((to) => `${from} imports ${to}`))).toEqual([]);
  });

  it('asks no clock, no chance and no process', () => {
    const asks = /\b(Date\.now|new Date|Math\.random|performance\.|setTimeout|setInterval|setImmediate|process\.|globalThis\.crypto|crypto\.)/;
    expect(faults(pure, (line) => asks.exec(codeOf(line))?.[1])).toEqual([]);
  });

  it('of steps and memory keeps nothing outside memory', () => {
    const state = /^(export )?let /;
    expect(faults(code.filter((file) => /^(machines|src\/(memory|steps|check))\//.test(file)), (line) => (state.test(line) ? line.trim() : undefined))).toEqual([]);
  });
});

describe('files', () => {
  it('open with a comment that says what they are', () => {
    // A test says it in its names.
    const silent = sources.filter((file) => !/^test\/.*\.test\.ts$/.test(file) && !/^(#!.*\n)?(\/\/|\/\*)/.test(text(file)));
    expect(silent).toEqual([]);
  });

  it('have at most 500 lines', () => {
    expect(sources.filter((file) => linesOf(file).length > 501).map((file) => `${file}: ${linesOf(file).length}`)).toEqual([]);
  });

  it('keep prose within about 160 columns', () => {
    const prose = files.filter((file) => file.endsWith('.md'));
    expect(faults([...sources, ...prose], (line, file) => {
      const isProse = file.endsWith('.md') ? !/^\s*(\||```|<|\[|!\[)/.test(line) && !line.includes('http') : /^\s*(\/\/|\/?\*)/.test(line);
      return isProse && line.length > 170 ? `${line.length} columns` : undefined;
    })).toEqual([]);
  });

  it('are finished, and leave no test out', () => {
    const marks = new RegExp(`\\b(${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')}|${['X', 'XX'].join('')})\\b`);
    expect(faults([...texts.keys()].filter((file) => file !== 'package-lock.json'), (line) => (marks.exec(line)?.[0]))).toEqual([]);
    expect(faults(sources.filter((file) => file.startsWith('test/')), (line) => /\b(it|describe|test)\.(only|skip|todo)\b/.exec(line)?.[0])).toEqual([]);
  });

  it('name no machine and no registry', () => {
    const places = ['home/[a-z]', 'root/', 'Users/[A-Z]', 'work/(main|shared)', 'tmp/(wt|bash|contract)'].map((one) => `/${one}`);
    const hosts = ['registry\\.[a-z]', 'npmjs\\.(org|com)', 'localhost:\\d', '127\\.0\\.0\\.1:\\d', '\\b10\\.\\d+\\.\\d+\\.\\d+\\b', '192\\.168\\.'];
    const named = new RegExp([...places, ...hosts].join('|'));
    expect(faults([...texts.keys()].filter((file) => file !== 'test/tidy.test.ts'), (line) => named.exec(line)?.[0])).toEqual([]);
  });

  it('have no spaces at the ends of lines, no tabs, and end with one newline', () => {
    const own = sources.concat(files.filter((file) => file.endsWith('.md')));
    expect(faults(own, (line) => (/[ \t]+$/.test(line) ? 'space at the end' : line.includes('\t') ? 'tab' : undefined))).toEqual([]);
    expect(own.filter((file) => !/[^\n]\n$/.test(text(file)))).toEqual([]);
  });
});

describe('package.json', () => {
  it('names exact versions', () => {
    const { dependencies, devDependencies } = JSON.parse(text('package.json')) as Record<string, Record<string, string>>;
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    expect(loose).toEqual([]);
  });
});

describe('exported functions', () => {
  it('say what they do, each or as a group', () => {
    const silent = code.filter((file) => file.startsWith('src/')).flatMap((file) => {
      const lines = linesOf(file);
      return lines.flatMap((line, i) => {
        const name = /^export (?:async )?function\*? (\w+)/.exec(line)?.[1] ?? /^export const (\w+)[^=]*= (?:async )?(?:<[^>]*>)?\([^)]*\)[^=]*=>/.exec(line)?.[1];
        if (name === undefined) return [];
        // One comment may stand over a group of short ones, without an empty line between.
        let above = i - 1;
        while (above >= 0 && /^(export const |  \S)/.test(lines[above]!)) above--;
        return /\*\/\s*$|^\s*\/\//.test(lines[above] ?? '') ? [] : [`${file}:${i + 1}: ${name}`];
      });
    });
    expect(silent).toEqual([]);
  });
});
