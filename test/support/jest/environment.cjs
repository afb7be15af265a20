const { TestEnvironment } = require('jest-environment-node');

// Jest ends a worker that needs more than half a second to exit, and reports it like a leak. A natural exit frees the
// whole heap first; this one does not.
if (process.send) process.once('exit', () => process.reallyExit(process.exitCode));

const deprecations = [];
process.on('warning', (warning) => {
  if (warning.name === 'DeprecationWarning' && /node_modules\/pg[/-]/.test(warning.stack))
    deprecations.push(warning);
});

/** The environment of Node.js; a spec file that uses a deprecated feature of `pg` fails. */
module.exports = class extends TestEnvironment {
  handleTestEvent({ name }) {
    if (name === 'run_finish' && deprecations.length > 0) throw deprecations.splice(0)[0];
  }
};
