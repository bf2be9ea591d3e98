/** What the rules of each source say, since that is what everything above was held against. */

import { count } from '../alert/words.ts';
import type { AuditDocument, AuditedSource } from '../audit/document.ts';
import { type Html, html } from './html.ts';
import type { Place } from './words.ts';

/** Named one by one; an organisation may have hundreds of sources. */
const mostSources = 20;

export function rulesSection({ sources }: AuditDocument, place: Place): Html | undefined {
  if (sources.length === 0) return undefined;
  const more = sources.length - mostSources;
  return html`<section aria-labelledby="rules-title"><h2 id="rules-title">What the replication rules say</h2>
<ul class="rules">${sources.slice(0, mostSources).map((source) => rulesOf(source, place))}</ul>
${more > 0 ? html`<p class="hint">And of ${count(more, 'more source')}.</p>` : undefined}</section>`;
}

function rulesOf({ registry, rules, unreadable }: AuditedSource, place: Place): Html {
  const lines =
    unreadable === undefined
      ? rules.map(
          ({ destinations, prefixes }) =>
            html`<li>${ofRepositories(prefixes)} to ${destinations.map(place).join(', ') || 'nowhere'}</li>`,
        )
      : [html`<li>could not be read: ${unreadable}</li>`];
  const none = html`<li>none: nothing is replicated</li>`;
  return html`<li><strong>${place(registry)}</strong><ul>${lines.length === 0 ? none : lines}</ul></li>`;
}

/** ECR: a rule without filters replicates every repository. */
function ofRepositories(prefixes: readonly string[]): string {
  return prefixes.length === 0 ? 'all repositories' : `repositories that begin with ${prefixes.join(' or ')}`;
}
