// Prints how large a checkout is, how its files depend on each other, and how many of them a reader has to open.
//   npm run metrics [-- FOLDER]
// FOLDER is the root of a checkout (default: this one); its dependencies do not have to be installed.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { findCycles, listImports, pairsOfFolders } from './metrics/imports.mjs';
import { reachableFiles } from './metrics/reach.mjs';

/** Operations whose reading is measured, by the name of the controller method. */
const OPERATIONS = { generate: 'generateResponse', token: 'createToken', 'add a member': 'addMember' };

const root = resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));
const program = createProgram(root);
const files = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(`${root}/src/`));
const print = (label, text) => process.stdout.write(`${label.padEnd(36)} ${text}\n`);

printSize();
printDependencies();
printReading();

/** The sources of the server without their tests. */
function createProgram(folder) {
  const { config } = ts.readConfigFile(join(folder, 'tsconfig.json'), ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  const sources = fileNames.filter((name) => name.startsWith(`${folder}/src/`) && !name.endsWith('.spec.ts'));
  const created = ts.createProgram(sources, { ...options, incremental: false, noEmit: true });
  created.getTypeChecker(); // it also links each node to its parent
  return created;
}

function printSize() {
  const sizes = files.map((file) => ({ name: nameOf(file), lines: countLines(file.text) }));
  const functions = files.flatMap((file) => listFunctions(file));
  const total = sizes.reduce((sum, { lines }) => sum + lines, 0);
  const comments = files.reduce((sum, file) => sum + countCommentLines(file), 0);
  const tests = testFiles().reduce((sum, path) => sum + countLines(readFileSync(path, 'utf8')), 0);
  print('Source files', `${files.length}, ${total} lines`);
  print('File: median, longest', describeSizes(sizes));
  print('Function: median, longest', describeSizes(functions));
  print('Lines that are comments', `${((100 * comments) / total).toFixed(1)} %`);
  print('Types written as any', count(ts.SyntaxKind.AnyKeyword));
  print('Constructor dependencies, at most', describeLargest(constructors()));
  print('Test lines per source line', `${(tests / total).toFixed(2)} (${tests} lines)`);
}

function printDependencies() {
  const imports = listImports(program, files);
  const pairs = pairsOfFolders(imports, join(root, 'src'));
  const cycles = findCycles(imports);
  const climbing = (levels) => imports.filter(({ text }) => climbOf(text) === levels).length;
  const apart = pairs.filter(([one, other]) => !other.startsWith(`${one}/`));
  const nested = pairs.length - apart.length;
  print(
    'Folders that import each other',
    `${apart.length} pairs, and ${nested} of a folder and one inside it`,
  );
  for (const pair of apart) process.stdout.write(`    ${pair.join(' and ')}\n`);
  print('Cycles of files (types included)', cycles.length);
  for (const cycle of cycles)
    process.stdout.write(`    ${cycle.map((name) => relative(root, name)).join(' ')}\n`);
  print(
    'Imports that climb 2, 3, more levels',
    `${climbing(2)}, ${climbing(3)}, ${imports.filter(({ text }) => climbOf(text) > 3).length}`,
  );
}

function printReading() {
  for (const [operation, method] of Object.entries(OPERATIONS)) {
    const all = reachableFiles(program, files, method);
    const own = all.filter((name) => !name.startsWith(`${root}/src/platform/`));
    print(`Files to open: ${operation}`, `${own.length} without the platform, ${all.length} with it`);
  }
}

function nameOf(file) {
  return relative(root, file.fileName);
}

function countLines(text) {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

/** Functions with a body, each with its lines from the first to the last. */
function listFunctions(file) {
  return nodes(file)
    .filter((node) => ts.isFunctionLike(node) && node.body)
    .map((node) => {
      const start = file.getLineAndCharacterOfPosition(node.getStart(file)).line;
      const end = file.getLineAndCharacterOfPosition(node.end).line;
      return { name: `${nameOf(file)}:${start + 1}`, lines: end - start + 1 };
    });
}

/** Lines on which a comment begins or goes on. */
function countCommentLines(file) {
  const lines = new Set();
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, file.text);
  const templates = nodes(file).filter(
    (node) => ts.isTemplateExpression(node) || ts.isRegularExpressionLiteral(node),
  );
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    const position = scanner.getTokenStart();
    const skipped = templates.find((node) => node.getStart(file) === position);
    if (skipped) scanner.resetTokenState(skipped.end); // their text is not what the scanner alone takes it for
    if (kind !== ts.SyntaxKind.SingleLineCommentTrivia && kind !== ts.SyntaxKind.MultiLineCommentTrivia)
      continue;
    const first = file.getLineAndCharacterOfPosition(position).line;
    const last = file.getLineAndCharacterOfPosition(scanner.getTokenEnd()).line;
    for (let line = first; line <= last; line += 1) lines.add(line);
  }
  return lines.size;
}

function constructors() {
  return files.flatMap((file) =>
    nodes(file)
      .filter((node) => ts.isConstructorDeclaration(node))
      .map((node) => ({
        name: `${nameOf(file)} ${node.parent.name?.text ?? ''}`,
        size: node.parameters.length,
      })),
  );
}

function count(kind) {
  return files.reduce((sum, file) => sum + nodes(file).filter((node) => node.kind === kind).length, 0);
}

/** All nodes of a file, in the order of the text. */
function nodes(file) {
  const found = [];
  const visit = (node) => {
    found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function testFiles() {
  return ['src', 'test'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && (folder === 'test' ? /\.ts$/ : /\.spec\.ts$/).test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
}

function describeSizes(sizes) {
  const sorted = sizes.toSorted((a, b) => a.lines - b.lines);
  const longest = sorted.at(-1);
  return `${sorted[sorted.length >> 1].lines}, ${longest.lines} (${longest.name})`;
}

function describeLargest(sizes) {
  const [largest] = sizes.toSorted((a, b) => b.size - a.size);
  return `${largest.size} (${largest.name})`;
}

function climbOf(specifier) {
  return /^(?:\.\.\/)*/.exec(specifier)[0].length / 3;
}
