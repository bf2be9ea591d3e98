/** `completion`: a script for bash, zsh or fish, made of the commands and options that the program itself is made of. */

import { Argument, Command } from 'commander';
import { terminalFor } from './shell.ts';

const help = `
To have it now:
  bash   source <(ecr-replication-monitor completion bash)
  zsh    source <(ecr-replication-monitor completion zsh)
  fish   ecr-replication-monitor completion fish | source

To have it always, put that line into ~/.bashrc, ~/.zshrc (after compinit) or ~/.config/fish/config.fish.

Example:
  ecr-replication-monitor completion bash > /etc/bash_completion.d/ecr-replication-monitor
`;

const shells = ['bash', 'zsh', 'fish'] as const;
export type ShellName = (typeof shells)[number];

export function completionCommand(): Command {
  return new Command('completion')
    .summary('a completion script for bash, zsh or fish')
    .description('Prints a script that completes commands and options.')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .addHelpText('after', help)
    .action(async (shell: ShellName, _: object, command: Command) => {
      const { completionScript } = await import('./completion-script.ts');
      const program = command.parent ?? command;
      terminalFor(command).printRaw(completionScript(shell, program));
    });
}
