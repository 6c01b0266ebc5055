// As much of a JSON Schema validator as the scenario schema needs. A keyword that it does not know is an error, so that nothing
// goes unchecked.

type Schema = Record<string, unknown>;

const SILENT = new Set(['description', 'title', '$schema', '$defs', '$id']);

/** The first complaint about `value`, or nothing. */
export function complaint(root: Schema, schema: Schema, value: unknown, path = ''): string | undefined {
  for (const [keyword, wanted] of Object.entries(schema)) {
    if (SILENT.has(keyword)) continue;
    const rule = RULES[keyword];
    if (rule === undefined) throw new Error(`keyword '${keyword}'`);
    const wrong = rule(wanted as never, value, root, path, schema);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

type Rule = (wanted: never, value: unknown, root: Schema, path: string, schema: Schema) => string | undefined;
const is = (good: boolean, path: string, what: string): string | undefined => (good ? undefined : `${path}: ${what}`);
const typeOf = (value: unknown): string => (Array.isArray(value) ? 'array' : value === null ? 'null' : Number.isInteger(value) ? 'integer' : typeof value);
const members = (value: unknown): [string, unknown][] => (typeOf(value) === 'object' ? Object.entries(value as object).filter(([, one]) => one !== undefined) : []);
const length = (value: unknown, type: string): number | undefined => (typeOf(value) === type ? (value as string | unknown[]).length : undefined);

const RULES: Record<string, Rule> = {
  type: (wanted: string, value, _root, path) => is(typeOf(value) === wanted || (wanted === 'number' && typeOf(value) === 'integer'), path, `not ${wanted}`),
  const: (wanted: unknown, value, _root, path) => is(value === wanted, path, `not ${String(wanted)}`),
  enum: (wanted: unknown[], value, _root, path) => is(wanted.includes(value), path, 'not one of the words'),
  pattern: (wanted: string, value, _root, path) => is(typeof value !== 'string' || new RegExp(wanted).test(value), path, 'pattern'),
  minimum: (wanted: number, value, _root, path) => is(typeof value !== 'number' || value >= wanted, path, 'too small'),
  maximum: (wanted: number, value, _root, path) => is(typeof value !== 'number' || value <= wanted, path, 'too large'),
  maxLength: (wanted: number, value, _root, path) => is((length(value, 'string') ?? 0) <= wanted, path, 'too long'),
  minItems: (wanted: number, value, _root, path) => is((length(value, 'array') ?? Infinity) >= wanted, path, 'too few'),
  maxItems: (wanted: number, value, _root, path) => is((length(value, 'array') ?? 0) <= wanted, path, 'too many'),
  required: (wanted: string[], value, _root, path) => wanted.map((key) => is(members(value).some(([one]) => one === key), path, `lacks ${key}`)).find(Boolean),
  additionalProperties: (_wanted: false, value, _root, path, schema) =>
    members(value).map(([key]) => is(key in (schema['properties'] as object), path, `has ${key}`)).find(Boolean),
  properties: (wanted: Record<string, Schema>, value, root, path) =>
    members(value).map(([key, one]) => (wanted[key] === undefined ? undefined : complaint(root, wanted[key], one, `${path}.${key}`))).find(Boolean),
  items: (wanted: Schema, value, root, path) => (Array.isArray(value) ? value.map((one, i) => complaint(root, wanted, one, `${path}[${i}]`)).find(Boolean) : undefined),
  anyOf: (wanted: Schema[], value, root, path) => (wanted.some((one) => complaint(root, one, value, path) === undefined) ? undefined : `${path}: none of anyOf`),
  oneOf: (wanted: Schema[], value, root, path) => {
    const wrong = wanted.map((one) => complaint(root, one, value, path));
    return wrong.filter((one) => one === undefined).length === 1 ? undefined : `${path}: not exactly one of oneOf (${wrong.find((one) => one !== undefined && !one.includes('.op:')) ?? ''})`;
  },
  $ref: (wanted: string, value, root, path) => complaint(root, (root['$defs'] as Record<string, Schema>)[wanted.replace('#/$defs/', '')]!, value, path),
};
