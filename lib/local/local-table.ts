/** Local DynamoDB: dynalite in memory, on a port of 127.0.0.1. */

import dynalite from 'dynalite';
import { type Listening, listen } from './listen.ts';

export function startLocalTable(): Promise<Listening> {
  return listen(dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 }));
}
