// Finds a scenario: a built-in one by its name, or a file. The only file of this folder that is for Node alone.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { compileFunction } from 'node:vm';
import { transform } from 'sucrase';
import { isKernel } from '../kernel/define.ts';
import { nearest } from '../kernel/nearest.ts';
import { lineWith, packageView } from '../kernel/package-view.ts';
import * as builder from './builder.ts';
import { builtinScenario, builtinScenarios } from './builtin/index.ts';
import { problemOf, ScenarioError, shown } from './errors.ts';
import { guard } from './guard.ts';
import { parseJson } from './json.ts';
import { LIMITS } from './limits.ts';
import type { Scenario } from './types.ts';

export interface LoadOptions {
  /** Folder that relative paths start from. */
  readonly cwd?: string;
  /** Modules that a scenario file may import by name, beside what is installed; `faultline` is the builder when left out. */
  readonly modules?: Readonly<Record<string, object>>;
}

const EXTENSIONS = ['.json', '.ts', '.mts', '.js', '.mjs', '.cjs'];

/** Loads a scenario by name or path. What a file holds is checked by the compiler, not here. */
export function loadScenario(nameOrPath: string, options: LoadOptions = {}): Scenario {
  const builtin = builtinScenario(nameOrPath);
  if (builtin !== undefined) return builtin;
  if (nameOrPath === '') throw new ScenarioError('', 'its name is empty', "; 'faultline list scenarios' lists those there are");
  const path = resolve(options.cwd ?? '.', nameOrPath);
  const extension = extname(path);
  if (extension === '' && !nameOrPath.includes('/')) {
    throw new ScenarioError('', `there is no scenario ${shown(nameOrPath)}`, nearest(nameOrPath, builtinScenarios.map(({ name }) => name)) || "; 'faultline list scenarios' lists them, or give a file: ./mine.ts");
  }
  // A name with a number behind its dot, as kernels have it, is no file that was misspelt.
  if (/^\.\d/.test(extension) && !nameOrPath.includes('/')) {
    throw new ScenarioError('', `there is no scenario ${shown(nameOrPath)}, nor is it the name of a scenario file, which ends in ${EXTENSIONS.join(', ')}`, nearest(nameOrPath, builtinScenarios.map(({ name }) => name)));
  }
  if (!EXTENSIONS.includes(extension)) throw new ScenarioError(nameOrPath, `is not a scenario file; its name ends in ${EXTENSIONS.join(', ')}`);
  const text = readText(path, nameOrPath);
  if (extension === '.json') return parseJson(text, nameOrPath) as Scenario;
  const found = plainExport(new Modules({ faultline: builder, ...options.modules }).run(path, text, nameOrPath), nameOrPath);
  if (typeof found !== 'object' || found === null) throw new ScenarioError(nameOrPath, `must export a scenario as its default: export default { name: …, vms: [ … ] }; it exports ${found === undefined ? 'none' : shown(found)}`);
  return found as Scenario;
}

/** A copy of what a module exports as its scenario. */
function plainExport(exported: Record<string, unknown>, name: string): unknown {
  // What is no ES module exports one thing: module.exports itself.
  const value = exported['__esModule'] === true ? exported['default'] : Object.keys(exported).length === 0 ? undefined : exported;
  if (isKernel(value)) throw new ScenarioError(name, `exports a kernel, '${value.name}', and no scenario; a kernel is given with --kernel`);
  try {
    return guard(value);
  } catch (error) {
    throw new ScenarioError(name, error instanceof ScenarioError ? error.message.replace(/^scenario: /, '') : `does not load: ${problemOf(error)}`);
  }
}

function readText(path: string, name: string): string {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw new ScenarioError(name, 'is not a file');
    if (stat.size > LIMITS.fileBytes) throw new ScenarioError(name, `has ${stat.size} bytes; the limit 'fileBytes' is ${LIMITS.fileBytes}`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof ScenarioError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new ScenarioError(name, code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code})`, code === 'ENOENT' ? nearest(basename(path), namesBeside(path)) : '');
  }
}

function namesBeside(path: string): string[] {
  try {
    return readdirSync(dirname(path)).slice(0, 1000);
  } catch {
    return [];
  }
}

/** Runs modules of people's own: types stripped and imports made synchronous by Sucrase, line by line, so that errors keep their lines. */
class Modules {
  private readonly given: Readonly<Record<string, object>>;
  private readonly done = new Map<string, { exports: Record<string, unknown> }>();

  constructor(given: Readonly<Record<string, object>>) {
    this.given = given;
  }

  run(path: string, text: string, name: string): Record<string, unknown> {
    const known = this.done.get(path);
    if (known !== undefined) return known.exports;
    const module = { exports: {} as Record<string, unknown> };
    this.done.set(path, module);
    const require = createRequire(path);
    const load = (specifier: string): unknown => {
      const given = this.given[specifier];
      if (given !== undefined) return specifier === 'faultline' ? packageView(given, (key, sentence, hint) => new ScenarioError(name, `does not load: line ${lineWith(text, key)}: ${sentence}`, hint)) : given;
      if (!specifier.startsWith('.') && !specifier.startsWith('/')) return require(specifier);
      const file = join(dirname(path), specifier);
      return extname(file) === '.json' ? parseJson(readText(file, specifier), specifier) : this.run(file, readText(file, specifier), specifier);
    };
    try {
      const { code } = transform(text, { transforms: extname(path).endsWith('ts') ? ['typescript', 'imports'] : ['imports'], filePath: path, disableESTransforms: true });
      compileFunction(code, ['exports', 'require', 'module'], { filename: path })(module.exports, load, module);
    } catch (error) {
      if (error instanceof ScenarioError) throw error;
      throw new ScenarioError(name, `does not load: ${lineOf(error, path)}${problemOf(error).replace(`Error transforming ${path}: `, '')}`);
    }
    return module.exports;
  }
}

/** `line 3: ` if the error's stack tells where in `path` it happened. */
function lineOf(error: unknown, path: string): string {
  const stack = stackOf(error);
  const found = stack.split('\n').map((line) => line.indexOf(`${path}:`) >= 0 ? /^(\d+)/.exec(line.slice(line.indexOf(`${path}:`) + path.length + 1))?.[1] : undefined).find((line) => line !== undefined);
  return found === undefined ? '' : `line ${found}: `;
}

/** The stack of what somebody's own code threw, if it has one that can be read. */
function stackOf(error: unknown): string {
  try {
    const stack = (error as Partial<Error> | null | undefined)?.stack;
    return typeof stack === 'string' ? stack : '';
  } catch {
    return '';
  }
}
