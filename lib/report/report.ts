/** An audit as one self-contained HTML page, which needs no network and runs nothing but its own script. */

import { createHash } from 'node:crypto';
import type { AuditDocument } from '../audit/document.ts';
import { headlineOf } from './answer.ts';
import { pageScript, pageStyle } from './assets.ts';
import { pageHeader } from './header.ts';
import { html, jsonInScript, trusted } from './html.ts';
import { pack } from './packed.ts';
import { rulesSection } from './rules.ts';
import { answersSection, findingsSection, heatMapSection, lagSection } from './sections.ts';
import { withoutScript } from './without-script.ts';
import { placesOf } from './words.ts';

/** The text of the file; the same document gives the same bytes. */
export function renderReport(document: AuditDocument): string {
  const place = placesOf(document);
  return `${
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${headlineOf(document).text} · ECR replication audit</title>
<style>${trusted(pageStyle)}</style>
</head>
<body>
<a class="skip" href="#findings">Skip to the findings</a>
${pageHeader(document, place)}
<main>
${answersSection(document, place)}
${heatMapSection(document, place)}
<div id="findings">
${findingsSection(document, place)}
${withoutScript(document, place)}
</div>
${lagSection(document, place)}
${rulesSection(document, place)}
</main>
<footer><p>Written by <code>ecr-replication-monitor audit</code>. Only what ECR’s own Describe and List calls show was looked at; nothing was pulled.</p></footer>
<script type="application/json" id="audit">${jsonInScript(pack(document))}</script>
<script>${trusted(pageScript)}</script>
</body>
</html>`.html
  }\n`;
}

/**
 * Nothing is loaded from anywhere, and of what stands in the page only this style and this script count: text that
 * broke out of its place would still not run.
 */
const policy = [
  "default-src 'none'",
  `script-src '${hashOf(pageScript)}'`,
  `style-src '${hashOf(pageStyle)}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
