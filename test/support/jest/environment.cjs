const { TestEnvironment } = require('jest-environment-node');

// Jest ends a worker that needs more than half a second to exit, and reports it like a leak. A natural exit frees the
// whole heap first; this one does not.
if (process.send) process.once('exit', () => process.reallyExit(process.exitCode));

/** TypeORM compares schemas with parallel queries of one connection. Only a test compares them. */
const SCHEMA_COMPARISON = /RdbmsSchemaBuilder/;

const deprecations = [];
process.on('warning', (warning) => {
  const { name, stack } = warning;
  if (name === 'DeprecationWarning' && /node_modules\/pg[/-]/.test(stack) && !SCHEMA_COMPARISON.test(stack))
    deprecations.push(warning);
});

/** The environment of Node.js; a spec file that uses a deprecated feature of `pg` fails. */
module.exports = class extends TestEnvironment {
  handleTestEvent({ name }) {
    if (name === 'run_finish' && deprecations.length > 0) throw deprecations.splice(0)[0];
  }
};
