// A property is tried once for each change of a line, hundreds of times in all: a few values each time are enough.
import fc from 'fast-check';

fc.configureGlobal({ numRuns: 10 });
