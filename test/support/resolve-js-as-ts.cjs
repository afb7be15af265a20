// Global set-up runs outside of Jest's module mapper: our sources name each other as `x.js`, the files are `x.ts`.
const Module = require('node:module');

const resolve = Module._resolveFilename;

Module._resolveFilename = function resolveSource(request, ...rest) {
  try {
    return resolve.call(this, request, ...rest);
  } catch (error) {
    if (!/^\.{1,2}\/.*\.js$/.test(request)) throw error;
    return resolve.call(this, request.replace(/\.js$/, '.ts'), ...rest);
  }
};
