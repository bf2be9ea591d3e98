// Which AWS calls a function can make: what is left of the SDK's commands when all that it does not reach is shaken off.
import { build } from 'esbuild';

/** Where IAM's action is not called like the API's operation ("Actions, resources, and condition keys"). */
const actionOf = new Map([['sqs:SendMessageBatch', 'sqs:SendMessage']]);

/** IAM actions, such as `ecr:DescribeImages`, of the commands that a function's code reaches. */
export async function sdkCallsOf(entryPoint: string): Promise<ReadonlySet<string>> {
  const { outputFiles } = await build({
    entryPoints: [entryPoint],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    write: false,
    logLevel: 'silent',
  });
  return sdkCallsIn(outputFiles[0]?.text ?? '');
}

/** From a module's imports: `import { ListImagesCommand, paginateListImages } from "@aws-sdk/client-ecr"`. */
export function sdkCallsIn(code: string): ReadonlySet<string> {
  const calls = new Set<string>();
  const imports = /import \{([^}]*)\} from "@aws-sdk\/client-([\w-]+)";?/g;
  // esbuild keeps the names of an import even where it has dropped all that used them.
  const used = new Set(code.replace(imports, '').match(/[\w$]+/g));
  for (const [, names = '', service = ''] of code.matchAll(imports)) {
    for (const item of names.split(',')) {
      const [name = '', local = name] = item.trim().split(' as ');
      if (!used.has(local)) continue;
      const operation = /^(?:(\w+)Command|paginate(\w+))$/.exec(name);
      if (operation !== null) {
        const call = `${service}:${operation[1] ?? operation[2]}`;
        calls.add(actionOf.get(call) ?? call);
      } else if (!/(Client|Exception)$|^$/.test(name)) {
        throw new Error(`what ${name} calls is not known: teach this file`);
      }
    }
  }
  if (/import (?:\*|\w+).*from "@aws-sdk\/client-/.test(code)) throw new Error('import the SDK by name');
  return calls;
}
