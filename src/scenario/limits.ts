// Every bound of the scenario language, by the name that error messages use. They keep the loading of a scenario within a moment,
// whatever somebody feeds in; what its world takes is computed from its sizes, and has a bound of its own.

import { COMMAND_ROOM } from '../memory/code.ts';

export const LIMITS = {
  /** VMs of a scenario. */
  vms: 256,
  /** vCPUs of all its VMs. */
  vcpus: 4096,
  /** VMM threads beside the vCPUs' own. */
  threads: 1024,
  /** Hardware programs. */
  hardware: 64,
  /** Memory regions. */
  regions: 1024,
  /** Pages of each space: guest pages, file pages, host pages. */
  pages: 1_048_576,
  /** Worker threads of a run. */
  workers: 16,
  /** Page frames of the machine. */
  frames: 1_048_576,
  /** guest_memfd files that exist at a time. */
  files: 1024,
  /** Memslots, over all VMs. */
  slots: 4096,
  /** File descriptors. */
  descriptors: 4096,
  /** Events of notify and await. */
  events: 256,
  /** Pages among which one operation chooses: a trace holds a choice in 16 bits. */
  any: 65_535,
  /** Instructions of all programs, `fill` counted by the page. */
  instructions: 10_000,
  /** Instructions of a command; each actor that takes commands counts as so many. */
  command: COMMAND_ROOM,
  /** Counted loops inside each other: an actor has so many loop registers. */
  loops: 3,
  /** Branches of a mix: what one instruction holds. */
  branches: 11,
  /** Weight of a branch. */
  weight: 1000,
  /** Loops and mixes inside each other. */
  nesting: 16,
  /** Rounds of a counted loop. */
  times: 2_147_483_647,
  /** Values that a program writes. */
  value: 2_147_483_646,
  /** Letters of a name. */
  name: 64,
  /** Letters of a text. */
  text: 2000,
  /** Values, lists and objects of a scenario, all counted. */
  nodes: 200_000,
  /** Bytes of a scenario file. */
  fileBytes: 4_194_304,
  /** Megabytes of a world's memory, unless who runs it allows more. */
  megabytes: 1024,
} as const;

/** Megabytes that anybody can allow: words of memory have 31-bit numbers. */
export const MOST_MEGABYTES = 8000;

/** Page frames of a scenario that does not say how many, at most. */
export const DEFAULT_FRAMES = 65_536;

/** Pages of the guest-physical address space: 52 bits of address. */
export const GUEST_PAGES = 1n << 40n;
/** First page of the VMM's shared memory: region after region from here. */
export const FIRST_HOST_PAGE = 0x7f0000000n;
