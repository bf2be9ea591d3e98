/** Local SQS and SNS: fauxqs on a port of 127.0.0.1, with queue URLs that any client can reach. */

import { buildApp } from 'fauxqs';
import * as v from 'valibot';
import { credentialScope } from './aws-json.ts';
import { type Listening, urlOf } from './listen.ts';

const withQueueUrl = v.looseObject({ QueueUrl: v.string() });

/** `region`: for callers without a signature. */
export async function startLocalQueues(region: string): Promise<Listening> {
  const app = buildApp({ logger: false, defaultRegion: region });

  // fauxqs knows a queue by the URL `http://sqs.REGION.localhost:PORT/…` only, a name that not every resolver knows.
  app.addHook('preHandler', async (request) => {
    const parsed = v.safeParse(withQueueUrl, request.body);
    if (!parsed.success || !URL.canParse(parsed.output.QueueUrl)) return;
    const caller = credentialScope(request.headers.authorization)?.region ?? region;
    const { port } = new URL(urlOf(app.server));
    const { pathname } = new URL(parsed.output.QueueUrl);
    request.body = { ...parsed.output, QueueUrl: `http://sqs.${caller}.localhost:${port}${pathname}` };
  });
  app.addHook('onSend', async (_request, _reply, payload) =>
    typeof payload === 'string'
      ? payload.replace(/http:\/\/sqs\.[a-z0-9-]+\.localhost:/g, 'http://127.0.0.1:')
      : payload,
  );

  await app.listen({ host: '127.0.0.1', port: 0 });
  return { url: urlOf(app.server), stop: () => app.close() };
}
