import { readdirSync } from 'node:fs';
import importX from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import tseslint from 'typescript-eslint';

/** Each folder of src/modules is a bounded context: a new one is fenced from its first line. */
const MODULES = readdirSync(new URL('src/modules', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

// The arrows of docs/architecture.md: each zone says which files a folder must not import.
const zones = [
  { target: './src/platform', from: './src/modules', message: 'The platform does not import modules.' },
  { target: './src/platform', from: './src/app.module.ts' },
  {
    target: './src/platform/kernel',
    from: './src/platform',
    except: ['./kernel'],
    message: 'The kernel imports nothing but itself.',
  },
  ...MODULES.map((name) => ({
    target: `./src/modules/!(${name})/**/*`,
    from: `./src/modules/${name}`,
    except: ['./index.ts'],
    message: 'A module imports another module only through its index.ts.',
  })),
];

const IMPORT_ORDER = {
  groups: ['builtin', 'external', 'internal', 'parent', 'sibling', 'index'],
  pathGroups: ['@/**', '@test/**', '@scripts/**', '@migrations/**'].map((pattern) => ({
    pattern,
    group: 'internal',
  })),
  pathGroupsExcludedImportTypes: [],
  'newlines-between': 'never',
  alphabetize: { order: 'asc', caseInsensitive: true },
};

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

const TYPEORM = { group: ['typeorm', 'typeorm/*', 'pg'], message: 'TypeORM stays under persistence/.' };
const DEEP_RELATIVE = { group: ['../../*'], message: 'Climb two levels and more with an alias such as @/.' };

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
      'import-x/order': ['error', IMPORT_ORDER],
      'max-lines': ['error', { max: 250, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      ...nowhere,
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/**/*.spec.ts'],
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'no-restricted-imports': ['error', { patterns: [TYPEORM, DEEP_RELATIVE] }],
    },
  },
  {
    files: ['src/**/persistence/**/*.ts', 'migrations/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [DEEP_RELATIVE] }] },
  },
  { files: ['migrations/**/*.ts'], rules: { 'max-lines-per-function': 'off' } },
  {
    files: ['src/platform/kernel/**/*.ts', 'src/platform/config/**/*.ts', 'src/main.ts', 'scripts/**/*.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['src/platform/kernel/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['@nestjs/*', 'typeorm', '../../*'] }] },
  },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      'no-restricted-syntax': 'off',
      'max-lines': ['error', { max: 300 }],
      'no-restricted-imports': ['error', { patterns: [DEEP_RELATIVE] }],
    },
  },
);
