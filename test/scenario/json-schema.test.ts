import { describe, expect, it } from 'vitest';
import { builtinScenarios } from '../../src/scenario/builtin/index.ts';
import { scenarioJsonSchema } from '../../src/scenario/schema.ts';
import { complaint } from '../support/json-schema.ts';
import { everyCall } from '../../machines/kernels/index.ts';

const schema = scenarioJsonSchema(everyCall) as Record<string, unknown>;

/** Every object schema with the place where it stands. */
function* objects(node: unknown, path = ''): Generator<{ path: string; node: Record<string, unknown> }> {
  if (typeof node !== 'object' || node === null) return;
  if ((node as { type?: unknown }).type === 'object') yield { path, node: node as Record<string, unknown> };
  for (const [key, value] of Object.entries(node)) yield* objects(value, `${path}.${key}`);
}

describe('the JSON Schema', () => {
  it.each(builtinScenarios.map((scenario) => [scenario.name, scenario]))('accepts %s', (_name, scenario) => {
    expect(complaint(schema, schema, scenario)).toBeUndefined();
  });

  it('refuses an unknown member, a wrong type, an unknown operation', () => {
    expect(complaint(schema, schema, { name: 'x', vms: [{}], nothing: 1 })).toBe(': has nothing');
    expect(complaint(schema, schema, { name: 'x', vms: 5 })).toBe('.vms: not array');
    expect(complaint(schema, schema, { name: 'x', vms: [{ vcpus: [{ program: [{ op: 'raed', page: 1 }] }] }] })).toMatch(/^\.vms\[0\]\.vcpus\[0\]\.program\[0\]: not exactly one/);
  });

  it('has no member without a description, and no object that takes others', () => {
    for (const { path, node } of objects(schema)) {
      // Only worker threads are given by names that the scenario makes.
      if (path.endsWith('.placement')) {
        expect(node['additionalProperties']).toMatchObject({ type: 'integer' });
        continue;
      }
      expect(node['additionalProperties'], path).toBe(false);
      for (const [name, member] of Object.entries(node['properties'] as Record<string, { description?: string }>)) {
        expect(typeof member.description, `${path}.${name}`).toBe('string');
      }
    }
  });

  it('names the three languages', () => {
    expect(Object.keys(schema['$defs'] as object)).toEqual(['guestOperation', 'vmmOperation', 'hardwareOperation']);
  });
});
