// dynalite has no types of its own; this is all of it that is used here.
declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface Options {
    createTableMs?: number;
    updateTableMs?: number;
    deleteTableMs?: number;
  }

  function dynalite(options?: Options): Server;
  export default dynalite;
}
