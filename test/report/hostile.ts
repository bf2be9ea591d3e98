/** An audit in which every text tries to break out of the page: what a registry of others may hold is not ours to trust. */

import type { AuditDocument } from '../../lib/audit/document.ts';
import { audit, finding, ireland, route, row } from './documents.ts';

/** Sets `window.broken` should any of it run. */
export const attacks = [
  '</script><script>window.broken=1</script>',
  '"><img src=x onerror="window.broken=2">',
  "'><svg onload=window.broken=3>",
  '<!--<script>window.broken=4</script>',
  '</noscript></style><style>*{display:none}</style>',
  '\u2028window.broken=5\u2029',
  'javascript:window.broken=6',
  '&lt;b&gt;<b>bold</b>&amp;',
  '\\u003c/script>{{window.broken=7}}`',
  '__proto__ constructor \ud83d\ude00 \u202egnp.exe',
] as const;

const all = attacks.join(' ');

export const hostileAudit: AuditDocument = audit({
  outcome: 'incomplete',
  scope: { prefix: all, destinations: [all] },
  sources: [
    {
      registry: all,
      rules: [{ destinations: [all], prefixes: [all] }],
      repositories: 1,
      repositoriesCovered: 1,
      unreadable: all,
    },
  ],
  routes: [
    route({ source: all, destination: all, inSync: 9, missing: 1 }),
    route({ destination: `111122223333/${all}`, repositoriesUnreadable: 1 }),
  ],
  repositories: [
    ...attacks.map((attack) =>
      row(attack, { expected: 10, inSync: 9, missing: 1 }, { destination: all, unreadable: attack }),
    ),
    row('prod/api', { destination: ireland, unreadable: all }),
  ],
  findings: attacks.map((attack) => ({
    ...finding({ destination: attack, repository: attack, tag: attack, digest: attack, pushedAt: attack }),
    ...{ kind: attack, source: attack, part: attack, ecrSays: attack, failureCode: attack },
    ...{ cause: attack, explanation: attack, cures: [{ text: attack, command: attack }] },
  })),
});
