// Programs that read exports and are not of this project: Debian's packages trace-cmd, babeltrace2 and protobuf-compiler.

import { execFileSync, spawnSync } from 'node:child_process';

/** Debian's package of each program. */
const PACKAGES = { 'trace-cmd': 'trace-cmd', babeltrace2: 'babeltrace2', protoc: 'protobuf-compiler' } as const;
export type Tool = keyof typeof PACKAGES;

/** Why a program cannot be asked; nothing where it can. */
export function missingTool(tool: Tool): string | undefined {
  const { error } = spawnSync(tool, [tool === 'trace-cmd' ? '-h' : '--version'], { stdio: 'ignore' });
  return error === undefined ? undefined : `${tool} is missing here: install Debian's package ${PACKAGES[tool]}`;
}

/** What a program prints; fails as it fails. */
export const printedBy = (tool: Tool, args: readonly string[], input?: Uint8Array): string => execFileSync(tool, args, {
  encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' }, ...(input === undefined ? {} : { input }),
});
