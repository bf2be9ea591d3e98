/** The only two calls of the monitor that change anything at ECR: starting a backfill, and stopping one. */

import { StartReplicationBackfillCommand, StopReplicationBackfillCommand } from '@aws-sdk/client-ecr';
import type { RepairPorts } from '../sweep/backfill-ports.ts';
import { answered } from './answer.ts';
import { startedBackfill } from './backfill-answers.ts';
import type { EcrClientFor } from './clients.ts';
import { isNamed } from './read-fault.ts';

export function repairCalls(clientFor: EcrClientFor): Pick<RepairPorts, 'startBackfill' | 'stopBackfill'> {
  return {
    startBackfill: async (source, destination) => {
      const { account: registryId, region } = destination;
      try {
        const answer = await clientFor(source).send(
          new StartReplicationBackfillCommand({
            registryId: source.account,
            destination: { registryId, region },
          }),
        );
        const { replicationBackfillId: id } = answered('StartReplicationBackfill', startedBackfill, answer);
        return { is: 'started', id };
      } catch (error) {
        if (isNamed(error, 'ReplicationBackfillInProgressException')) return { is: 'one-is-running' };
        // ECR API Reference, StartReplicationBackfill: ten of a registry at a time.
        if (isNamed(error, 'LimitExceededException')) return { is: 'too-many' };
        throw error;
      }
    },
    stopBackfill: async ({ source, id }) => {
      try {
        await clientFor(source).send(
          new StopReplicationBackfillCommand({ registryId: source.account, replicationBackfillId: id }),
        );
        return 'stopped';
      } catch (error) {
        // It has ended meanwhile, or is being stopped already.
        if (isNamed(error, 'ReplicationBackfillInvalidStatusException')) return 'over';
        throw error;
      }
    },
  };
}
