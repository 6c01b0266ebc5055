// What hunts have found in the model itself and its checks, made small: scenarios in which a mended kernel must break nothing.

import { describe, expect, it } from 'vitest';
import { v6_8_fixed } from '../../machines/kernels/v6.8-fixed.ts';
import { invariants } from '../../src/check/invariants/index.ts';
import { Sampler } from '../../src/explore/sample.ts';
import { visit } from '../../src/explore/hunt/visit.ts';
import { allocate, call, createGmem, hostRead, memoryError, pin, punch, read, scenario, setAttributes, signal, slot } from '../../src/scenario/builder.ts';
import { compile } from '../../src/scenario/compile.ts';
import type { Scenario } from '../../src/scenario/types.ts';

const breaks = (one: Scenario): string[] => visit(v6_8_fixed, compile(one, v6_8_fixed), 1, { states: 60_000, few: 100, schedules: 300 }).findings.map(({ sentence }) => sentence);

describe('a mended kernel', () => {
  it('accounts for a page that a device holds when its program has ended', () => {
    expect(breaks(scenario({
      name: 'pinned', vms: [{}], setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), allocate('A', 0, 1)],
      threads: [{ name: 'main', program: [punch('A', 0, 1, 'ok')] }], hardware: [{ name: 'hw', program: [pin({ fd: 'A', page: 0 })] }],
    }))).toEqual([]);
  });

  it('ends the run of a vCPU whose descriptor was closed behind an exit for a signal', () => {
    expect(breaks(scenario({
      name: 'closed', vms: [{ vcpus: [{ program: [read(0)] }] }],
      threads: [{ name: 'main', program: [call('close_vcpu', { vcpu: 0 })] }], hardware: [{ name: 'hw', program: [signal('cpu0')] }],
    }))).toEqual([]);
  });

  it('has no race between a page of the VMM on its way to its first user and the handler of its memory error', () => {
    const topology = compile(scenario({
      name: 'huge', vms: [{}], memory: [{ name: 'ram', pages: 4, huge: true }],
      threads: [{ name: 'main', program: [hostRead('ram', 2)] }], hardware: [{ name: 'hw', program: [memoryError({ memory: 'ram', page: 3 }), memoryError({ memory: 'ram', page: 3 })] }],
    }), v6_8_fixed);
    const sampler = new Sampler(v6_8_fixed, topology, { invariants, schedules: 300, seed: 1 });
    while (sampler.advance(10_000)) { /* to the end */ }
    expect(sampler.result().findings).toEqual([]);
  });

  it('promises nothing of a page that was nobody\'s when its memory error was handled', () => {
    // The error is on its way while the page leaves the file and comes back to the host, which has not mapped it yet.
    const result = breaks(scenario({
      name: 'recycled', vms: [{ type: 'confidential', vcpus: [{ program: [read(0, { private: false })], policy: 'convert' }] }], memory: [{ name: 'ram', pages: 1 }],
      setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A', memory: 'ram' }), setAttributes(0, 1, 'private'), allocate('A', 0, 1)],
      hardware: [{ name: 'hw', program: [memoryError({ fd: 'A', page: 0 })] }],
    }));
    expect(result).toEqual([]);
  });
});
