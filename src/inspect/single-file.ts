// The page as one file: script and style in it, nothing fetched, and a policy that lets exactly these run.

import { createHash } from 'node:crypto';
import type { TraceHeader } from '../trace/header.ts';
import { kernelScript, type Given } from './given.ts';
import type { PageFiles } from './page-files.ts';

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Code in a page must not end its element. */
const asScript = (code: string): string => code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
/** Data that nothing can leave: no letter of it begins a tag. */
const asData = (json: string): string => json.replaceAll('<', '\\u003c');

/** Everything in front of the text of a trace, and everything behind it. `laidOut`: the layouts of its kernel, where the build has not made them. */
export function singleFile({ script, style, layouts }: PageFiles, { kernel, kernelText, fingerprint, scenario }: TraceHeader, laidOut?: string): { head: string; tail: string } {
  const given: Given = { trace: `${String(scenario['name'] ?? 'run').slice(0, 80)}.trace` };
  const scripts = [...(kernelText === undefined ? [] : [kernelScript(kernelText, fingerprint)]), script].map(asScript);
  const charts = laidOut ?? layouts(kernel);
  const policy = `default-src 'none'; script-src ${scripts.map(hashOf).join(' ')}; style-src ${hashOf(style)}; img-src data: blob:; base-uri 'none'; form-action 'none'`;
  return {
    head: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>faultline</title>
<style>${style}</style>
</head>
<body>
<div id="page"></div>
<script type="application/json" id="faultline-session">${asData(JSON.stringify(given))}</script>
${charts === undefined ? '' : `<script type="application/json" id="faultline-layouts">${asData(charts)}</script>\n`}<script type="text/plain" id="faultline-trace">`,
    tail: `</script>
${scripts.map((one) => `<script>${one}</script>`).join('\n')}
</body>
</html>
`,
  };
}
