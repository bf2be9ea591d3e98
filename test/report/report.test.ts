/** The report is one page that needs nothing, says everything, and that nothing in an audit can break out of. */

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AuditDocument } from '../../lib/audit/document.ts';
import { unpack } from '../../lib/report/packed.ts';
import { renderReport } from '../../lib/report/report.ts';
import { sampleAudit } from '../browser/sample.ts';
import { audit, finding, ireland, noCounts, route, row, sydney } from './documents.ts';
import { hostileAudit } from './hostile.ts';

/** What the page's own script reads. */
function carriedBy(page: string): AuditDocument {
  const [, json = ''] = /<script type="application\/json" id="audit">([^<]*)<\/script>/.exec(page) ?? [];
  return unpack(JSON.parse(json));
}

/** As it reads with the tags taken out. */
function textOf(page: string): string {
  return page
    .replace(/<(script|style)\b.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .replaceAll(' ,', ',');
}

describe('the page', () => {
  it('carries the whole document', () => {
    const document = sampleAudit({ repositories: 60, destinations: 3, findings: 1000 });
    expect(document.findings.length).toBeGreaterThan(50);
    expect(carriedBy(renderReport(document))).toEqual(document);
  });

  it('is the same, byte for byte, for the same document', () => {
    const document = sampleAudit({ repositories: 20, destinations: 2, findings: 100 });
    expect(renderReport(document)).toBe(renderReport(document));
  });

  it('is smaller than 1 MB for 500 repositories and 3 destinations, with a thousand findings', () => {
    const document = sampleAudit({ repositories: 500, destinations: 3, findings: 2000 });
    expect(document.findings.length).toBeGreaterThan(1000);
    expect(Buffer.byteLength(renderReport(document))).toBeLessThan(1_000_000);
  });

  it('refers to nothing outside itself', () => {
    const page = renderReport(sampleAudit({ repositories: 20, destinations: 2, findings: 100 }));
    expect(/\b(?:src|srcset|poster|action|formaction|data)=/.test(page)).toBe(false);
    expect([...page.matchAll(/\bhref="([^"]*)"/g)].map(([, href]) => href)).toEqual(['#findings']);
    expect(/@import|url\(/.test(page)).toBe(false);
    expect(/<(?:link|iframe|object|embed|base|form|img)\b/.test(page)).toBe(false);
  });

  it('forbids everything but its own script and style, by their hashes', () => {
    const page = renderReport(audit());
    const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    const rules = policy.replaceAll('&#39;', "'").split('; ');
    expect(rules).toContain("default-src 'none'");
    for (const [name, element] of [
      ['script-src', /<script>([\s\S]*?)<\/script>/],
      ['style-src', /<style>([\s\S]*?)<\/style>/],
    ] as const) {
      const [, text = ''] = element.exec(page) ?? [];
      expect(text.length).toBeGreaterThan(1000);
      const hash = createHash('sha256').update(text).digest('base64');
      expect(rules).toContain(`${name} 'sha256-${hash}'`);
    }
    expect(/\s(?:style|on[a-z]+)="/.test(page)).toBe(false);
    expect(policy.indexOf('unsafe')).toBe(-1);
  });

  it('lets no text of the audit end its element, whatever stands in it', () => {
    const page = renderReport(hostileAudit);
    expect(page.match(/<script\b/g)).toHaveLength(2);
    expect(page.match(/<\/script/g)).toHaveLength(2);
    expect(/<(?:img|svg onload|iframe|b)\b/.test(page)).toBe(false);
    expect(page.includes('<!--')).toBe(false);
    expect(/[\u2028\u2029]/.test(page.slice(page.indexOf('<script')))).toBe(false);
    expect(carriedBy(page)).toEqual(hostileAudit);
  });
});

describe('what the page says', () => {
  const missing = { expected: 10, inSync: 8, missing: 1, tagMismatch: 1 };

  it.each<[string, Partial<AuditDocument>, readonly string[]]>([
    [
      'all is well',
      {},
      ['All 10 replicas are in sync', 'Yes All 10 images are there', 'All 10 replicas are in sync.'],
    ],
    [
      'something is missing',
      { routes: [route(missing)], findings: [finding()] },
      [
        'eu-west-1 is not ready for a failover',
        'No 2 of 10 images would not pull, or pull another one.',
        '80 % in sync',
        'Missing 1',
        'Tag mismatch 1',
      ],
    ],
    [
      'only what is older than the rule is not there',
      { routes: [route({ inSync: 7, history: 3 })] },
      [
        'No 3 of 10 images would not pull: older than the rule, which ECR does not copy.',
        'Older than the rule 3',
      ],
    ],
    [
      'nothing is expected',
      { routes: [route(noCounts)], repositories: [] },
      ['Nothing expected The rules name it', 'there is nothing to find'],
    ],
    ['no rule names a destination', { routes: [], repositories: [] }, ['No rule names a destination']],
    [
      'a destination could not be read',
      {
        outcome: 'incomplete',
        routes: [route({ ...noCounts, repositoriesUnreadable: 1 })],
        repositories: [row('prod/api', { unreadable: 'access-denied' })],
        findings: [finding({ kind: 'unreadable' })],
      },
      [
        'Cannot tell 1 of 1 repository could not be read.',
        'Incomplete: something could not be read.',
        'Could not be read: 1 repository in eu-west-1.',
      ],
    ],
    [
      'the audit was stopped',
      { interrupted: true, outcome: 'incomplete' },
      [
        'Stopped before its end',
        'Cannot tell The audit was stopped before its end. 100 % in sync, of what could be read',
        'It was not all.',
      ],
    ],
    [
      'the audit was of a part',
      { scope: { prefix: 'prod/', destinations: [sydney] } },
      ['repositories that begin with prod/; only ap-southeast-2'],
    ],
    [
      'not all findings are listed',
      { findingsNotListed: 1200 },
      ['1,200 more findings counted and not listed', 'None is listed'],
    ],
    ['when it was looked at', {}, ['2026-11-24 13:41:07 UTC, took 4 min', '1 replicated, of 3']],
  ])('when %s', (_, change, parts) => {
    const text = textOf(renderReport(audit(change)));
    for (const part of parts) expect(text).toContain(part);
  });

  it('counts the repositories that could not be read against all of the route', () => {
    const page = renderReport(audit({ routes: [route({ repositories: 512, repositoriesUnreadable: 11 })] }));
    expect(textOf(page)).toContain('11 of 512 repositories could not be read.');
  });

  it('says without a script which repositories and images are concerned, the worst first, and how many more', () => {
    const rows = Array.from({ length: 50 }, (_, i) =>
      row(`prod/api-${i}`, { expected: 10, inSync: 9, missing: 1 }),
    );
    const worst = row('prod/worst', { expected: 10, missing: 10 });
    const page = renderReport(
      audit({ repositories: [...rows, worst], findings: [finding({ repository: 'prod/worst' })] }),
    );
    const [, plain = ''] = /<noscript>([\s\S]*)<\/noscript>/.exec(page) ?? [];
    expect(textOf(plain)).toContain('The worst 40 of 51');
    expect(textOf(plain)).toMatch(/eu-west-1 prod\/worst 0 % prod\/api-0 90 %/);
    expect(textOf(plain)).toContain(
      'prod/worst:1.4.2 critical, Missing, eu-west-1, pushed 2026-11-24 12:00:00 UTC.',
    );
    expect(textOf(plain)).toContain('aws ecr describe-registry --region us-east-1');
  });
});

describe('an organisation', () => {
  const lag = { ...{ p50: 9, p90: 42, p99: 300, max: 4000 }, buckets: [{ upTo: 60, images: 10 }] };
  const accounts = Array.from({ length: 100 }, (_, i) => `${111122223333 + i}/eu-west-1`);
  const routes = accounts.map((destination, i) =>
    route({ destination, lag, ...(i === 77 ? { inSync: 9, missing: 1 } : {}) }),
  );

  it('with a hundred routes has the worst as cards and the rest in tables', () => {
    const page = renderReport(audit({ routes }));
    expect(page.match(/<article class="card/g)).toHaveLength(12);
    expect(/<article class="card no">\s*<header><h3>eu-west-1 \(111122223410\)/.test(page)).toBe(true);
    expect(page.match(/<figure class="lag"/g)).toHaveLength(12);
    expect(textOf(page).match(/88 more routes, as a table/g)).toHaveLength(2);
    for (const account of accounts.map((registry) => registry.slice(0, 12)))
      expect(textOf(page)).toContain(account);
  });
});

describe('what the rules say', () => {
  it.each([
    [[], 'none: nothing is replicated'],
    [[{ destinations: [ireland], prefixes: [] }], 'all repositories to eu-west-1'],
    [
      [{ destinations: [ireland, sydney], prefixes: ['prod/', 'base'] }],
      'repositories that begin with prod/ or base to eu-west-1, ap-southeast-2',
    ],
  ])('is told of each source', (rules, said) => {
    const sources = audit().sources.map((source) => ({ ...source, rules }));
    expect(textOf(renderReport(audit({ sources })))).toContain(said);
  });
});

describe('the distribution of lag', () => {
  const lag = {
    ...{ p50: 9, p90: 42, p99: 300, max: 4000 },
    buckets: [
      { upTo: 10, images: 60 },
      { upTo: 60, images: 35 },
      { upTo: 600, images: 4 },
      { upTo: 3600, images: 0 },
      { upTo: 7200, images: 1 },
    ],
  };

  it('is drawn with its percentiles, and told in words and as a table', () => {
    const page = renderReport(audit({ routes: [route({ lag })] }));
    expect(page).toContain(
      'aria-label="Lag from us-east-1 to eu-west-1: half of the images within 9 s, 90 % within 42 s, 99 % within 5 min, the slowest 66 min"',
    );
    expect(page.match(/<rect class="bar"/g)).toHaveLength(4);
    for (const mark of ['p50 9 s', 'p90 42 s', 'p99 5 min']) expect(page).toContain(`>${mark}</text>`);
    expect(textOf(page)).toContain(
      'Within Images Share 10 s 60 60 % 60 s 35 35 % 10 min 4 4 % 2 h 00 min 1 1 %',
    );
  });

  it('has one axis for all routes, so that they can be compared', () => {
    const fast = { ...{ p50: 1, p90: 1, p99: 2, max: 2 }, buckets: [{ upTo: 2, images: 5 }] };
    const routes = [route({ lag }), route({ destination: sydney, lag: fast })];
    const page = renderReport(audit({ routes }));
    const [first = '', second = ''] = page.match(/<svg viewBox="0 0 330.*?<\/svg>/gs) ?? [];
    const ticks = (svg: string): readonly string[] => svg.match(/<text class="tick".*?<\/text>/g) ?? [];
    expect(ticks(first).length).toBeGreaterThan(3);
    expect(ticks(first)).toEqual(ticks(second));
  });

  it('is left out where no image tells', () => {
    expect(textOf(renderReport(audit()))).not.toContain('From push to arrival');
  });

  it('draws within its frame, whatever the buckets', () => {
    for (const buckets of [
      [],
      [{ upTo: 0, images: 3 }],
      [{ upTo: 1e9, images: 1 }],
      [{ upTo: 5, images: 0 }],
    ]) {
      const strange = { ...{ p50: 0, p90: 0, p99: 1e9, max: 1e9 }, buckets };
      const page = renderReport(audit({ routes: [route({ destination: ireland, lag: strange })] }));
      expect(/="(?:-\d|NaN|Infinity)/.test(page)).toBe(false);
    }
  });
});
