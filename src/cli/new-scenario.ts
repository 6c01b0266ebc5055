// The texts that `faultline new scenario` writes: a guest that writes a private page while the VMM punches a hole.

const IMPORTS = "import { createGmem, punch, read, scenario, setAttributes, slot, write } from 'faultline';";

/** A scenario in TypeScript. */
export const newScenario = (name: string): string => `// ${name}: a vCPU writes two private pages while the VMM punches out one of them. Change it to what you want to know; everything that a
// program may say is in docs/scenarios.md.

${IMPORTS}

export default scenario({
  name: '${name}',
  title: 'two private pages, one of them punched',
  shows: 'What a guest sees of a page that is punched out while it uses it.',
  // Properties that it is about: an exploration in which they are never exercised is inconclusive.
  about: ['S-01'],
  vms: [{ vcpus: [{ program: [write(0, 7), write(1, 8), read(0)] }] }],
  // What the VMM does before the run begins.
  setup: [createGmem('A', 2), slot(0, 0, 2, { fd: 'A' }), setAttributes(0, 2, 'private')],
  // What runs beside the vCPUs, in any order that the locks allow.
  threads: [{ name: 'main', program: [punch('A', 0, 1)] }],
});
`;

/** The same in JSON, which has no room for comments. */
export const newScenarioJson = (name: string): string => `{
  "name": "${name}",
  "title": "two private pages, one of them punched",
  "shows": "What a guest sees of a page that is punched out while it uses it.",
  "about": ["S-01"],
  "vms": [{ "vcpus": [{ "program": [{ "op": "write", "page": 0, "value": 7 }, { "op": "write", "page": 1, "value": 8 }, { "op": "read", "page": 0 }] }] }],
  "setup": [
    { "op": "create_gmem", "fd": "A", "pages": 2 },
    { "op": "set_region", "slot": 0, "page": 0, "pages": 2, "fd": "A", "flags": ["guest_memfd"] },
    { "op": "set_attributes", "page": 0, "pages": 2, "to": "private" }
  ],
  "threads": [{ "name": "main", "program": [{ "op": "punch", "fd": "A", "page": 0, "pages": 1 }] }]
}
`;
