// What is below a finding once it is opened: all that is known of it, and what to do, with commands to copy.

import type { AuditFinding } from '../audit/document.ts';
import { type Place, timeInWords } from '../report/words.ts';
import { element, found } from './dom.ts';

export function detailsOf(finding: AuditFinding, place: Place): HTMLElement {
  const steps = finding.cures.map(({ text, command }) =>
    element('li', {}, element('p', {}, text), ...(command === undefined ? [] : [commandBox(command)])),
  );
  return element(
    'div',
    {},
    element('dl', { class: 'known' }, ...knownOf(finding, place)),
    ...(steps.length === 0
      ? []
      : [element('h3', {}, 'What to do next'), element('ol', { class: 'cures' }, ...steps)]),
  );
}

function knownOf(finding: AuditFinding, place: Place): readonly HTMLElement[] {
  const { cause, source, destination, repository, tag, digest, part, pushedAt, count, ecrSays, failureCode } =
    finding;
  const pairs: readonly (readonly [string, string | undefined])[] = [
    ['Repository', repository],
    ['Tag', tag],
    ['Is', part],
    ['From', place(source)],
    ['To', destination === undefined ? undefined : place(destination)],
    ['Pushed', pushedAt === undefined ? undefined : timeInWords(pushedAt)],
    ['How many', count?.toLocaleString('en-US')],
    ['ECR says', ecrSays],
    ['Failure code', failureCode],
    ['Cause', cause],
    ['Digest', digest],
  ];
  return pairs.flatMap(([name, value]) =>
    value === undefined
      ? []
      : [
          element(
            'div',
            { class: name === 'Digest' ? 'digest' : undefined },
            element('dt', {}, name),
            element('dd', {}, value),
          ),
        ],
  );
}

function commandBox(command: string): HTMLElement {
  const text = element('pre', {}, element('code', {}, command));
  const copy = element('button', { type: 'button', class: 'copy' }, 'Copy');
  copy.addEventListener('click', async () => {
    const done = await copied(command, text);
    copy.textContent = done ? 'Copied' : 'Selected';
    found('#copied', HTMLElement).textContent = done
      ? 'Command copied.'
      : 'The command is selected; copy it with the keyboard.';
    setTimeout(() => {
      copy.textContent = 'Copy';
    }, 2_000);
  });
  return element('div', { class: 'command' }, text, copy);
}

/** A browser may refuse the clipboard to a file: then the text is selected, which any copy key takes. */
async function copied(command: string, shown: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(command);
    return true;
  } catch {
    getSelection()?.selectAllChildren(shown);
    return false;
  }
}
