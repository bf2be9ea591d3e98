/** A notice as Slack and Teams show it by way of Amazon Q: understood at once, in one thread, whatever is in the names. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chatNotice } from '../../lib/alert/chat.ts';
import { chatDescriptionLimit, chatStepLimit } from '../../lib/alert/limits.ts';
import { code, escaped, prose } from '../../lib/alert/markup.ts';
import type { Incident } from '../../lib/incident/incident.ts';
import type { Notice } from '../../lib/incident/notice.ts';
import { closed, resolve } from '../../lib/incident/transition.ts';
import { strangeText } from '../arbitraries.ts';
import { digestOf, ireland, noticeFor } from '../samples.ts';
import { deadlineAt, firing, noticeOf, opened } from './examples.ts';

const minute = 60_000;

interface Chat {
  readonly id: string;
  readonly content: {
    readonly title: string;
    readonly description: string;
    readonly nextSteps?: readonly string[];
    readonly keywords: readonly string[];
  };
  readonly metadata: { readonly threadId: string; readonly relatedResources: readonly string[] };
}

function chatOf(notice: Notice): Chat {
  return JSON.parse(JSON.stringify(chatNotice(notice)));
}

function overdueImages(many: number): readonly Incident[] {
  return Array.from({ length: many }, (_, n) =>
    opened(
      'overdue',
      { seen: 'missing', ecrSays: 'IN_PROGRESS' },
      { tag: `1.4.${n}`, digest: digestOf(`${n}`) },
    ),
  );
}

const overdue = opened('overdue', { seen: 'missing', ecrSays: 'IN_PROGRESS', repositoryAbsent: true });
const digest = digestOf('prod-api');

describe('what is over', () => {
  it.each([
    ['tag-mismatch', '- *Tag right:* 2026-11-24 03:15:00 UTC: seen there on this image'],
    ['archived', '- *Restored:* 2026-11-24 03:15:00 UTC: seen there, active'],
    ['overdue', '- *Arrived:* 2026-11-24 03:14:00 UTC, 34 min after the push: 4 min late'],
  ] as const)('is said in words of its kind: %s', (kind, line) => {
    const incidents = ['1', '2'].map((tag) =>
      opened(kind, { seen: 'missing' }, { tag, digest: digestOf(tag) }),
    );
    const over = incidents.map((incident) =>
      resolve(incident, deadlineAt + 4 * minute, deadlineAt + 5 * minute),
    );
    const { description } = chatOf(noticeOf(over, deadlineAt + 6 * minute, firing(...incidents))).content;
    expect(description).toContain(line);
    expect(description.includes(' arrived ')).toBe(kind === 'overdue');
  });
});

describe('a notice in a chat', () => {
  it('says of one image what, since when, what was seen, what ECR says, why and from where', () => {
    const { content } = chatOf(firing(overdue));
    expect(content.title).toMatch(/^🔴 `prod-api:1\.4\.2` .*overdue in eu-west-1 \(111122223333\)$/);
    expect(content.description.split('\n')).toEqual([
      '- *Image:* `prod-api:1.4.2`',
      '- *Pushed:* 2026-11-24 02:40:00 UTC (30 min ago; deadline 30 min)',
      '- *Looked:* 2026-11-24 03:10:00 UTC: not there, nor is the repository',
      '- *ECR says:* `IN_PROGRESS`',
      expect.stringMatching(/^- \*Why:\* ECR says that it is still copying/),
      '- *From:* us-east-1 to eu-west-1, account 111122223333',
      `- *Digest:* \`${digest}\``,
      '- *Console:* https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1',
    ]);
    expect(content.nextSteps?.[0]).toMatch(/^See what the destination has: `aws ecr describe-images .*`$/);
    expect(content.keywords).toEqual(['ecr-replication', 'overdue', 'critical', 'eu-west-1']);
  });

  it('of many images takes one for an example, names up to 20, and says how many more there are, and where', () => {
    const { content } = chatOf(firing(...overdueImages(10_000)));
    const lines = content.description.split('\n');
    expect(content.title).toContain('10,000 images');
    expect(lines[0]).toBe('- *Since:* 2026-11-24 03:10:00 UTC, for 9 s');
    expect(lines).toContain('- *Such as:* `prod-api:1.4.0`');
    expect(lines.filter((line) => line.startsWith('- `prod-api:1.4.'))).toHaveLength(19);
    expect(lines.at(-1)).toBe(
      '- … and 9,980 more images; all are in the table of incidents: index `open`, key `111122223333/eu-west-1 overdue`',
    );
  });

  it('with names as long as ECR allows names fewer images, none of them by half', () => {
    const repository = 'a'.repeat(256);
    const images = overdueImages(20).map((incident) => ({
      ...incident,
      replica: { ...incident.replica, repository, tag: `${incident.replica.tag}${'x'.repeat(120)}` },
    }));
    const { title, description, nextSteps = [] } = chatOf(firing(...images)).content;
    expect(title.length).toBeLessThanOrEqual(250);
    expect(description.length).toBeLessThanOrEqual(8_000);
    const named = description.match(/`a{256}:1\.4\.\d+x{120}`/g) ?? [];
    expect(named.length).toBeGreaterThan(10);
    expect(description).toContain(`… and ${20 - named.length} more image`);
    for (const step of nextSteps) expect(step.split('`').length % 2).toBe(1);
  });

  it('has the whole of a name that is too long for a title in its description', () => {
    const repository = 'a'.repeat(256);
    const { title, description } = chatOf(firing(opened('overdue', {}, { repository }))).content;
    expect(title.length).toBeLessThanOrEqual(250);
    expect(description).toContain(`\`${repository}:1.4.2\``);
  });

  it('of a destination that cannot be read is about the destination, not about one of its repositories', () => {
    const { content, metadata } = chatOf(
      firing(opened('unreadable', { seen: 'unreadable', unreadable: 'access-denied' })),
    );
    expect(content.description).toContain('could not tell (access-denied)');
    expect(content.description).not.toContain('ECR says');
    expect(metadata.relatedResources).toEqual([]);
  });

  it('of what no incident says shows its own lines', () => {
    const about = ['us-east-1 of 111122223333: rule 1 (prod_*)'];
    const { description } = chatOf({ ...firing(overdue), listed: [], openCount: 0, about }).content;
    expect(description).toContain('- us-east-1 of 111122223333: rule 1 (`prod_*`)');
  });

  it('does not say that ECR was silent where nobody asked it', () => {
    const found = digestOf('another image');
    const { description } = chatOf(firing(opened('tag-mismatch', { seen: 'tag-mismatch', found }))).content;
    expect(description).toContain(`the tag is on \`${found}\``);
    expect(description).not.toContain('ECR says');
  });

  it('when it is over says how late each image was, for how long it lasted, and asks for nothing', () => {
    const over = overdueImages(2).map((incident) =>
      resolve(incident, deadlineAt + 50 * minute, deadlineAt + 60 * minute),
    );
    const clear = noticeOf(over, deadlineAt + 60 * minute, firing(...overdueImages(2)));
    const { title, description, nextSteps } = chatOf(clear).content;
    expect(title).toMatch(/^🟢 2 images /);
    expect(description).toContain('it lasted 60 min, since 2026-11-24 03:10:00 UTC');
    expect(description).toContain('- *Arrived:* 2026-11-24 04:00:00 UTC, 80 min after the push: 50 min late');
    expect(description).toContain('- `prod-api:1.4.1` arrived 80 min after the push: 50 min late');
    expect(nextSteps).toBeUndefined();
  });

  it('names the repositories at the destination by the ARNs of their partition', () => {
    const resources = ['us-east-1', 'cn-north-1', 'us-gov-west-1'].flatMap((region) => {
      const destination = { account: '444455556666', region };
      return chatOf(firing(opened('overdue', {}, { destination }))).metadata.relatedResources;
    });
    expect(resources).toEqual([
      'arn:aws:ecr:us-east-1:444455556666:repository/prod-api',
      'arn:aws-cn:ecr:cn-north-1:444455556666:repository/prod-api',
      'arn:aws-us-gov:ecr:us-gov-west-1:444455556666:repository/prod-api',
    ]);
  });
});

describe('the lines of a notice', () => {
  const group = { destination: ireland, kind: 'overdue' } as const;
  const [one = overdue, two = overdue] = overdueImages(2);
  const sent = { since: deadlineAt, claimedAt: deadlineAt + 10 * minute };
  const nothing = { open: 0, resolved: 0, withdrawn: 0, 'given-up': 0 };
  const since = '- *Since:* 2026-11-24 03:10:00 UTC, for 10 min';
  const all = 'all are in the table of incidents: index';

  function linesOf(change: Partial<Notice>, kind: Notice['group']['kind'] = 'overdue'): readonly string[] {
    return chatOf(noticeFor({ ...group, kind }, { ...sent, ...change })).content.description.split('\n');
  }

  it('of two images are an example, and the other', () => {
    const [first, ...lines] = linesOf({ openCount: 2, listed: [one, two] });
    expect(first).toBe(since);
    expect(lines[0]).toBe('- *Such as:* `prod-api:1.4.0`');
    expect(lines.slice(-2)).toEqual(['- *Also:*', '- `prod-api:1.4.1` from us-east-1, pushed 40 min ago']);
  });

  it('say since when unless the one image does', () => {
    expect(linesOf({ openCount: 1, listed: [one] })[0]).toBe('- *Image:* `prod-api:1.4.0`');
    expect(linesOf({ openCount: 2, listed: [one] })[0]).toBe(since);
    expect(linesOf({ openCount: 1, listed: [one, closed(two, 'withdrawn', deadlineAt)] })[0]).toBe(since);
    expect(linesOf({ openCount: 2, listed: [one] }).at(-1)).toBe(
      `- … and 1 more image; ${all} \`open\`, key \`111122223333/eu-west-1 overdue\``,
    );
  });

  it('of an update say how many are open, new and over, and count the open ones that are not named', () => {
    const news = { open: 2, resolved: 3, withdrawn: 4, 'given-up': 5 };
    const over = closed(two, 'withdrawn', deadlineAt);
    const lines = linesOf({ type: 'update', openCount: 3, news, listed: [one, over] });
    expect(lines[0]).toBe('- *Now:* 3 open, for 10 min; 2 new, 12 over');
    expect(lines.at(-1)).toMatch(/^- … and 2 more images; .*`open`/);
  });

  it('of a reminder say since when, and that nothing has changed', () => {
    expect(linesOf({ type: 'reminder', listed: [one] })[0]).toBe(
      '- *Since:* 2026-11-24 03:10:00 UTC; nothing has changed since the last message',
    );
  });

  it('of a reminder of what is read anew do not say that nothing has changed', () => {
    expect(linesOf({ type: 'reminder', openCount: 2, about: ['a line'] }, 'settings')).toEqual([
      `${since}; read anew`,
      '- a line',
    ]);
  });

  it('of an all-clear say how each ended, and count those that are not named', () => {
    const listed = [
      closed(one, 'withdrawn', deadlineAt),
      closed(two, 'withdrawn', deadlineAt),
      closed(one, 'given-up', deadlineAt),
    ];
    const news = { ...nothing, resolved: 1, withdrawn: 3, 'given-up': 1 };
    expect(linesOf({ type: 'clear', openCount: 0, news, listed })).toEqual([
      '- *Over:* nothing else is open here; it lasted 10 min, since 2026-11-24 03:10:00 UTC',
      '- *Image:* `prod-api:1.4.0`',
      '- *From:* us-east-1 to eu-west-1, account 111122223333',
      '- *Closed:* 2026-11-24 03:10:00 UTC: the image, its tag or the rule is gone',
      '- *Also:*',
      '- `prod-api:1.4.1` is no longer expected: the image, its tag or the rule is gone',
      '- `prod-api:1.4.0` is given up: no longer looked at, still not as it must be',
      `- … and 2 more images; ${all} \`changes\`, key \`111122223333/eu-west-1 overdue\``,
    ]);
  });

  it('of a registry that cannot be read, and can be read again, are about no image', () => {
    const blind = opened('unreadable', { seen: 'unreadable', unreadable: 'throttled' });
    expect(linesOf({ listed: [blind] }, 'unreadable')).toEqual([
      '- *Looked:* 2026-11-24 03:10:00 UTC: could not tell (throttled)',
      '- *Why:* ECR throttles the calls: whether images arrived is unknown until it answers again.',
      '- *Shown by:* `prod-api:1.4.2`',
    ]);
    const news = { ...nothing, resolved: 1 };
    const listed = [closed(blind, 'resolved', deadlineAt)];
    expect(linesOf({ type: 'clear', openCount: 0, news, listed }, 'unreadable').slice(1)).toEqual([
      '- *Readable:* 2026-11-24 03:10:00 UTC',
    ]);
  });

  it('are left out whole where there is no room, and counted once', () => {
    const lines = linesOf(
      { about: Array.from({ length: 500 }, (_, n) => `line ${n} ${'x'.repeat(40)}`) },
      'settings',
    );
    expect(lines.at(-1)).toMatch(new RegExp(`^- … and ${500 - (lines.length - 2)} more lines; ${all} `));
    expect(lines.join('\n').length).toBeGreaterThan(chatDescriptionLimit - 300);
  });

  it('fill the room to its last character, and are never cut', () => {
    const images = overdueImages(20);
    const lengths: number[] = [];
    for (let length = 306; length < 311; length += 1) {
      for (let more = 0; more < 20; more += 1) {
        const listed = images.map((incident, n) => ({
          ...incident,
          replica: { ...incident.replica, repository: 'r'.repeat(n === 1 ? length + more : length) },
        }));
        const text = linesOf({ openCount: 99, listed }).join('\n');
        expect(text).not.toContain('cut here');
        expect(text.match(/^- … and \d\d more images; /gm)).toHaveLength(1);
        lengths.push(text.length);
      }
    }
    expect(Math.max(...lengths)).toBe(chatDescriptionLimit);
  });
});

describe('a step', () => {
  it('has its command unless it is too long for a chat, to the last character', () => {
    const lengths = Array.from({ length: 80 }, (_, n) => {
      const repository = 'r'.repeat(700 + n);
      const [step = ''] = chatOf(firing(opened('overdue', {}, { repository }))).content.nextSteps ?? [];
      if (step.endsWith('`')) return step.length;
      expect(step).toBe(
        'See what the destination has: (the command is too long for a chat; the e-mail has it)',
      );
      return 0;
    });
    expect(Math.max(...lengths)).toBe(chatStepLimit);
    expect(Math.min(...lengths)).toBe(0);
  });
});

describe('the thread', () => {
  const first = firing(overdue);
  const reminder = noticeOf([overdue], deadlineAt + 25 * 60 * minute, first);
  const over = resolve(overdue, undefined, deadlineAt + 26 * 60 * minute);
  const clear = noticeOf([over], deadlineAt + 26 * 60 * minute, reminder);

  it('is the same from the first notice to the all-clear, and every notice in it has its own id', () => {
    const chats = [first, reminder, clear].map(chatOf);
    expect(new Set(chats.map(({ metadata }) => metadata.threadId)).size).toBe(1);
    expect(new Set(chats.map(({ id }) => id)).size).toBe(3);
    expect(chatOf({ ...clear, claimedAt: clear.claimedAt + minute }).id).toBe(chatOf(clear).id);
  });

  it('of the next incident is a new one: nobody is woken by a reply to an old message', () => {
    const again = opened('overdue', {}, {}, deadlineAt + 40 * 60 * minute);
    const next = noticeOf([again], deadlineAt + 40 * 60 * minute, clear);
    expect(next.type).toBe('firing');
    expect(chatOf(next).metadata.threadId).not.toBe(chatOf(first).metadata.threadId);
  });

  it('is not shared by kinds or destinations', () => {
    const others = [
      opened('failed', {}),
      opened('overdue', {}, { destination: { account: '444455556666', region: 'eu-west-1' } }),
    ];
    const threads = [overdue, ...others].map((one) => chatOf(firing(one)).metadata.threadId);
    expect(new Set(threads).size).toBe(3);
  });
});

describe('text in a chat', () => {
  it.each([
    [
      'a plain sentence',
      'ECR says that it is there, and it is not.',
      'ECR says that it is there, and it is not.',
    ],
    ['a name in a sentence', '(and ecr:CreateRepository).', '(and `ecr:CreateRepository`).'],
    ['what Slack would format', 'my_api *now* ~old~', '`my_api` `*now*` `~old~`'],
    ['what Slack would link', 'ghcr.io/x in #prod', '`ghcr.io/x` in `#prod`'],
    ['what Slack would take for a mention', '<!channel> @here', '&lt;!channel&gt; `@here`'],
    ['what Slack would take for an emoji', ':fire: a:b:c', '`:fire`: `a:b:c`'],
    ['an ampersand', 'a & b', 'a &amp; b'],
    ['lines', 'a\r\nb\u2028c\u0000d', 'a b c d'],
    ['a turn of the writing direction', 'a\u202eb', 'a b'],
    ['half a character', 'a\ud800', 'a\ufffd'],
    ['a backtick', 'a`b', "`a'b`"],
  ])('shows %s as it is', (_, text, shown) => {
    expect(prose(text)).toBe(shown);
  });

  it('cannot end the code that it stands in, whatever it is', () => {
    fc.assert(
      fc.property(strangeText, (text) => {
        const inner = code(text).slice(1, -1);
        expect(inner).not.toMatch(/[`<>\n\r]/);
        expect(inner.length).toBeGreaterThan(0);
        expect(escaped(text)).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
      }),
    );
  });

  it('of a sentence leaves no pair of signs that would format it, whatever it is', () => {
    fc.assert(
      fc.property(strangeText, (text) => {
        const outsideCode = prose(text).replace(/`[^`]*`/g, '');
        expect(outsideCode).not.toMatch(/[`*_~<>[\]\n]/);
      }),
    );
  });
});
