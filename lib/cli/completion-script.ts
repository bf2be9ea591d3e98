/** The completion scripts of three shells, written from commander's own definitions, so that they cannot go stale. */

import type { Argument, Command, Option } from 'commander';
import type { ShellName } from './completion.ts';

/** One command: `` for the program itself, `silence add` for a command of a command. */
interface Node {
  readonly path: readonly string[];
  readonly summary: string;
  readonly children: readonly Node[];
  readonly options: readonly Option[];
  /** What its first argument can be, if that is a closed list. */
  readonly choices: readonly string[];
}

export function completionScript(shell: ShellName, program: Command): string {
  const root = nodeOf(program, [], program.options);
  const name = program.name();
  switch (shell) {
    case 'bash':
      return bash(name, root);
    case 'zsh':
      return zsh(name, root);
    case 'fish':
      return fish(name, root);
  }
}

function nodeOf(command: Command, path: readonly string[], globals: readonly Option[]): Node {
  const { options, helpOption } = ofHelp(command);
  const own = [
    ...options,
    ...(path.length === 0 ? [] : globals),
    ...(helpOption === undefined ? [] : [helpOption]),
  ];
  const [argument]: readonly Argument[] = command.registeredArguments;
  return {
    path,
    summary: command.summary() || command.description(),
    children: command.commands.map((child) => nodeOf(child, [...path, child.name()], globals)),
    options: own,
    choices: argument?.argChoices ?? [],
  };
}

/** Commander adds its own --help only when it writes help. */
function ofHelp(command: Command): { readonly options: readonly Option[]; readonly helpOption?: Option } {
  const shown = command.createHelp().visibleOptions(command);
  const helpOption = shown.find(({ long }) => long === '--help');
  return { options: command.options, ...(helpOption === undefined ? {} : { helpOption }) };
}

function allNodes(node: Node): readonly Node[] {
  return [node, ...node.children.flatMap(allNodes)];
}

function flagsOf({ short, long }: Option): readonly string[] {
  return [short, long].flatMap((flag) => flag ?? []);
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

function bash(name: string, root: Node): string {
  const nodes = allNodes(root);
  const options = nodes.flatMap((node) => node.options);
  const valued = unique(options.filter(takesValue).flatMap(flagsOf));
  const closed = options.filter(({ argChoices }) => argChoices !== undefined);
  const key = ({ path }: Node): string => path.map((word) => `/${word}`).join('');
  const wordsOf = (node: Node): string =>
    [
      ...node.children.map(({ path }) => path.at(-1)),
      ...node.choices,
      ...unique(node.options.flatMap(flagsOf)),
    ].join(' ');
  const call = `_${name.replaceAll('-', '_')}`;
  return `# bash completion of ${name}
${call}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}" path= words= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      ${valued.join('|')}) ((i++)); continue ;;
    esac
    case "$path/\${COMP_WORDS[i]}" in
      ${nodes.slice(1).map(key).join('|')}) path="$path/\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$previous" in
${closed.map((option) => `    ${flagsOf(option).join('|')}) COMPREPLY=($(compgen -W '${option.argChoices?.join(' ')}' -- "$current")); return ;;\n`).join('')}    ${valued.join('|')}) COMPREPLY=(); return ;;
  esac
  case "$path" in
${nodes.map((node) => `    '${key(node)}') words='${wordsOf(node)}' ;;\n`).join('')}  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
# Where nothing of this fits, such as after --html, files do.
complete -o default -F ${call} ${name}
`;
}

function zsh(name: string, root: Node): string {
  const call = (node: Node): string => `_${[name, ...node.path].join('_').replaceAll('-', '_')}`;
  const functionOf = (node: Node): string => {
    const specs = node.options.flatMap((option) =>
      flagsOf(option).map((flag) => {
        const value = takesValue(option)
          ? `:value:${option.argChoices === undefined ? '_files' : `(${option.argChoices.join(' ')})`}`
          : '';
        return `    ${inQuotes(`*${flag}[${inBrackets(option.description)}]${value}`)}`;
      }),
    );
    const tail =
      node.children.length > 0
        ? [`    '1: :->command'`, `    '*:: :->rest'`]
        : [node.choices.length > 0 ? `    '1: :(${node.choices.join(' ')})'` : `    '*:file:_files'`];
    const described = node.children.map(
      ({ path, summary }) => `    ${inQuotes(`${path.at(-1)}:${summary}`)}`,
    );
    const rest =
      node.children.length === 0
        ? ''
        : `  case $state in
    command) local -a commands=(
${described.join('\n')}
    ); _describe command commands ;;
    rest) case $words[1] in
${node.children.map((child) => `      ${child.path.at(-1)}) ${call(child)} ;;`).join('\n')}
    esac ;;
  esac
`;
    return `${call(node)}() {
  local state
  _arguments -C \\
${[...specs, ...tail].join(' \\\n')}
${rest}}
`;
  };
  return `#compdef ${name}
# zsh completion of ${name}
${allNodes(root).map(functionOf).join('')}compdef ${call(root)} ${name}
`;
}

function fish(name: string, root: Node): string {
  const lines = allNodes(root).flatMap((node) => {
    const names = node.children.map(({ path }) => path.at(-1) ?? '');
    const seen = node.path.map((word) => `__fish_seen_subcommand_from ${word}`);
    // A command of a command is offered until one of them is there.
    const without = names.length === 0 ? [] : [`not __fish_seen_subcommand_from ${names.join(' ')}`];
    const when = (conditions: readonly string[]): string =>
      conditions.length === 0 ? '' : ` -n ${inQuotes(conditions.join('; and '))}`;
    return [
      ...node.children.map(
        ({ path, summary }) =>
          `complete -c ${name} -f${when([...seen, ...without])} -a ${path.at(-1)} -d ${inQuotes(summary)}`,
      ),
      ...node.choices.map((choice) => `complete -c ${name} -f${when(seen)} -a ${choice}`),
      ...node.options.map((option) => {
        const short = option.short === undefined ? '' : ` -s ${option.short.slice(1)}`;
        const long = option.long === undefined ? '' : ` -l ${option.long.slice(2)}`;
        const value = takesValue(option)
          ? ` -r${option.argChoices === undefined ? '' : ` -f -a ${inQuotes(option.argChoices.join(' '))}`}`
          : '';
        return `complete -c ${name}${when([...seen, ...(node === root ? without : [])])}${short}${long}${value} -d ${inQuotes(option.description)}`;
      }),
    ];
  });
  return `# fish completion of ${name}\n${lines.join('\n')}\n`;
}

/** For a shell: nothing in it is looked at. */
function inQuotes(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** zsh, _arguments: a description stands in brackets, and colons end it. */
function inBrackets(text: string): string {
  return text.replaceAll(/[[\]:\\]/g, '\\$&');
}

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)];
}
