// Jest runs its global set-up without its module mapper. This resolves what the mapper resolves elsewhere:
// `x.js` names the source file `x.ts`, and `@/x.js` starts at `src/`.
const Module = require('node:module');
const { join } = require('node:path');

const ROOT = join(__dirname, '../../..');
const ALIASES = { '@/': 'src/', '@test/': 'test/', '@scripts/': 'scripts/', '@migrations/': 'migrations/' };

const resolve = Module._resolveFilename;

Module._resolveFilename = function resolveSource(request, ...rest) {
  const alias = Object.keys(ALIASES).find((prefix) => request.startsWith(prefix));
  const path = alias ? join(ROOT, ALIASES[alias], request.slice(alias.length)) : request;
  try {
    return resolve.call(this, path, ...rest);
  } catch (error) {
    if (!/\.js$/.test(path) || !(alias || /^\.{1,2}\//.test(path))) throw error;
    return resolve.call(this, path.replace(/\.js$/, '.ts'), ...rest);
  }
};
