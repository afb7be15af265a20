import importX from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import tseslint from 'typescript-eslint';

// The arrows of the drawing (docs/architecture.md): each entry says what a room may not reach.
const zones = [
  { target: './src/platform', from: './src/modules', message: 'The platform knows no module.' },
  { target: './src/platform', from: './src/app.module.ts' },
  {
    target: './src/platform/kernel',
    from: './src/platform',
    except: ['./kernel'],
    message: 'The kernel stands alone.',
  },
  ...['auth', 'users', 'organizations', 'api-keys', 'integration-tokens', 'conversations', 'ai'].map(
    (name) => ({
      target: './src/modules/!(' + name + ')/**/*',
      from: './src/modules/' + name,
      except: ['./index.ts'],
      message: 'A module reaches another only through its index.ts.',
    }),
  ),
];

const nowhere = {
  'no-restricted-syntax': [
    'error',
    { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Ask the Clock.' },
    {
      selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
      message: 'Ask the Clock.',
    },
    {
      selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
      message: 'Ask Entropy.',
    },
    { selector: "MemberExpression[object.name='process'][property.name='env']", message: 'Ask the Config.' },
    {
      selector: "MethodDefinition[kind='constructor'] > FunctionExpression[params.length>6]",
      message: 'At most six dependencies: split by subject.',
    },
    { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
  ],
};

const withoutOrm = {
  'no-restricted-imports': [
    'error',
    { patterns: [{ group: ['typeorm', 'typeorm/*', 'pg'], message: 'TypeORM stays under persistence/.' }] },
  ],
};

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'node_modules/**',
      '.data/**',
      'docs/.vitepress/{dist,cache}/**',
      'coverage/**',
      '.cache/**',
    ],
  },
  {
    files: ['src/**/*.ts', 'migrations/**/*.ts', 'scripts/**/*.ts', 'test/**/*.ts'],
    extends: [tseslint.configs.recommended],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true } },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ project: './tsconfig.json' })] },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'import-x/no-cycle': 'error',
      'max-lines': ['error', { max: 250, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      ...nowhere,
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/**/*.spec.ts'],
    rules: { 'import-x/no-restricted-paths': ['error', { zones }], ...withoutOrm },
  },
  { files: ['src/**/persistence/**/*.ts', 'migrations/**/*.ts'], rules: { 'no-restricted-imports': 'off' } },
  { files: ['migrations/**/*.ts'], rules: { 'max-lines-per-function': 'off' } },
  {
    files: ['src/platform/kernel/**/*.ts', 'src/platform/config/**/*.ts', 'src/main.ts', 'scripts/**/*.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['src/platform/kernel/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['@nestjs/*', 'typeorm'] }] },
  },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      'no-restricted-syntax': 'off',
      'max-lines': ['error', { max: 300 }],
    },
  },
);
