// Every bound of the scenario language, by the name that error messages use. They keep a scenario's memory within some tens of
// megabytes and its loading within a moment, whatever somebody feeds in.

import { COMMAND_ROOM } from '../memory/code.ts';

export const LIMITS = {
  /** VMs of a scenario. */
  vms: 16,
  /** vCPUs of all its VMs. */
  vcpus: 64,
  /** VMM threads beside the vCPUs' own. */
  threads: 64,
  /** Hardware programs. */
  hardware: 16,
  /** Memory regions. */
  regions: 64,
  /** Pages of each space: guest pages, file pages, host pages. */
  pages: 4096,
  /** Page frames of the machine. */
  frames: 65_536,
  /** guest_memfd files that exist at a time. */
  files: 64,
  /** Memslots, over all VMs. */
  slots: 256,
  /** File descriptors. */
  descriptors: 256,
  /** Events of notify and await. */
  events: 256,
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
} as const;

/** Pages of the guest-physical address space: 52 bits of address. */
export const GUEST_PAGES = 1n << 40n;
/** First page of the VMM's shared memory: region after region from here. */
export const FIRST_HOST_PAGE = 0x7f0000000n;
