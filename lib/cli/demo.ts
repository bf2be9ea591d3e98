/** `demo`: the whole monitor on a local AWS, in one process; a story, or the user's own events. What `npm start` runs. */

import { Command, Option } from 'commander';
import { type Form, forms } from './demo-lines.ts';
import type { GlobalOptions } from './options.ts';

const help = `
Without files, a story is replayed: images that arrive, one that fails, one that is late, one whose tag is taken,
one that no rule covers. It ends with 0 when everything came out as it should. Takes about ten seconds;
needs no credentials and no network.

With files, their events (EventBridge's own JSON, one event or a list) go through the same system. The local ECR is
made to be as they say: a pushed image has arrived wherever a rule sends it, unless an event says that it failed.
Its rule: repositories that begin with "prod-" go to eu-west-1 and ap-southeast-2.

Lines of --json have a "type": start, push, look, verified, report, withdrawn, exempt, ignored, alert, time,
reminder, all-clear, metric, log, expected, end. An alert has status (firing, resolved), kind, repository,
destinationRegion, images and text; end has ok.

Examples:
  npm start
  npm start -- --form chat
  npm start -- events/image-action-push.json --json
`;

export interface DemoOptions {
  readonly json?: true;
  readonly form: Form;
}

export function demoCommand(): Command {
  return new Command('demo')
    .summary('run the whole monitor on a local AWS')
    .description('Runs the whole monitor on a local AWS and shows what it does.')
    .argument('[event.json...]', 'event files to feed instead of the story')
    .option('--json', 'print JSON lines')
    .addOption(
      new Option('--form <form>', 'the form in which alerts are shown').choices(forms).default('email'),
    )
    .addHelpText('after', help)
    .action(async (files: string[], options: DemoOptions, command: Command) => {
      const { runDemo } = await import('./demo-run.ts');
      const { color } = command.optsWithGlobals<GlobalOptions>();
      process.exitCode = await runDemo(files, options, color);
    });
}
