// The page's script: reads the audit that the page carries, and fills heat map and findings.

import type { AuditDocument } from '../audit/document.ts';
import { type PackedDocument, unpack } from '../report/packed.ts';
import { chosen, queryOf } from '../report/query.ts';
import { choiceInAddress } from './choice.ts';
import { element, found, has } from './dom.ts';
import { findings } from './findings.ts';
import { heatMap } from './heat-map.ts';
import { themeToggle } from './theme.ts';

/** Nothing is parsed here with distrust: page, script and data were written together, by one program, into one file. */
function audit(): AuditDocument {
  const packed: PackedDocument = JSON.parse(found('#audit', HTMLScriptElement).text);
  return unpack(packed);
}

/** Counts that have findings become links to them. */
function linkCounts({ findings: all }: AuditDocument): void {
  for (const count of document.querySelectorAll('[data-filter]')) {
    const hash = count.getAttribute('data-filter') ?? '';
    if (chosen(all, queryOf(hash)).length === 0) continue;
    const link = element('a', { href: `#${hash}` }, ...count.childNodes);
    link.addEventListener('click', () => found('#findings', HTMLElement).scrollIntoView({ block: 'start' }));
    count.replaceWith(link);
  }
}

const read = audit();
const choice = choiceInAddress();
themeToggle();
if (has('#map')) heatMap(read, choice);
if (has('.findings')) {
  findings(read, choice);
  linkCounts(read);
}
