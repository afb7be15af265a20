import importX from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import tseslint from 'typescript-eslint';

const IMPORT_ORDER = {
  groups: ['builtin', 'external', 'internal', 'parent', 'sibling', 'index'],
  pathGroups: ['@/**', '@test/**', '@scripts/**', '@migrations/**', '@content/**'].map((pattern) => ({
    pattern,
    group: 'internal',
  })),
  pathGroupsExcludedImportTypes: [],
  'newlines-between': 'never',
  alphabetize: { order: 'asc', caseInsensitive: true },
};

const RESTRICTED_SYNTAX = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Inject the Clock.' },
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Inject the Clock.',
  },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'Inject Entropy.',
  },
  { selector: "MemberExpression[object.name='process'][property.name='env']", message: 'Inject the Config.' },
  {
    selector: "MethodDefinition[kind='constructor'] > FunctionExpression[params.length>6]",
    message: 'A constructor has at most six parameters: split the class by subject.',
  },
  { selector: 'ExportDefaultDeclaration', message: 'Use named exports.' },
];

const TYPEORM = {
  group: ['typeorm', 'typeorm/*', 'pg'],
  message: 'TypeORM is used only under persistence/.',
};
const UNCHECKED_PARAMETERS = {
  group: ['@nestjs/common'],
  importNames: ['Body', 'Query'],
  message: 'Those of the platform convert and validate.',
};
const DEEP_RELATIVE = {
  group: ['../../*'],
  message: 'Use an alias such as @/ for paths of two levels and more.',
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
      'import-x/order': ['error', IMPORT_ORDER],
      'max-lines': ['error', { max: 250, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', ...RESTRICTED_SYNTAX],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/**/*.spec.ts', 'src/platform/validation/request-parameters.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [TYPEORM, UNCHECKED_PARAMETERS, DEEP_RELATIVE] }],
    },
  },
  {
    files: ['src/modules/**/*.module.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...RESTRICTED_SYNTAX,
        {
          selector: "Decorator[expression.callee.name='Global']",
          message: 'Only modules of the platform are global.',
        },
      ],
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
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      'no-restricted-syntax': 'off',
      'max-lines': ['error', { max: 300 }],
      'no-restricted-imports': ['error', { patterns: [DEEP_RELATIVE] }],
    },
  },
);
