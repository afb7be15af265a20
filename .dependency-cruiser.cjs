/** The dependency rules of docs/architecture.md that ESLint cannot check: `npm run lint` runs them. */
const toRule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    toRule(
      'no-cycles',
      'Files must not depend on each other, not even through types.',
      {},
      { circular: true },
    ),
    {
      name: 'no-folder-cycles',
      comment: 'Folders must not depend on each other: what two folders share is in a third one.',
      severity: 'error',
      scope: 'folder',
      from: {},
      to: { circular: true },
    },
    toRule(
      'platform-without-modules',
      'The platform does not import modules.',
      { path: '^src/platform/' },
      { path: '^src/(modules/|app\\.)' },
    ),
    toRule(
      'kernel-alone',
      'The kernel imports only itself.',
      { path: '^src/platform/kernel/' },
      { path: '^src/', pathNot: '^src/platform/kernel/' },
    ),
    toRule(
      'kernel-without-frameworks',
      'The kernel imports neither Nest nor TypeORM.',
      { path: '^src/platform/kernel/' },
      { path: '^node_modules/(@nestjs|typeorm|pg|fastify)/' },
    ),
    toRule(
      'module-index',
      'A module imports another module only through its index.ts.',
      { path: '^src/modules/([^/]+)/' },
      { path: '^src/modules/', pathNot: ['^src/modules/$1/', '^src/modules/[^/]+/index\\.ts$'] },
    ),
    toRule(
      'app-imports-module-index',
      'The application imports a module only through its index.ts.',
      { path: '^src/[^/]+\\.ts$' },
      { path: '^src/modules/', pathNot: '^src/modules/[^/]+/index\\.ts$' },
    ),
    toRule(
      'platform-index',
      'A module imports a folder of the platform only through its index.ts; the kernel has none.',
      { path: '^src/modules/' },
      { path: '^src/platform/', pathNot: ['^src/platform/[^/]+/index\\.ts$', '^src/platform/kernel/'] },
    ),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: '^node_modules' },
    exclude: { path: '\\.spec\\.ts$' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs'] },
  },
};
