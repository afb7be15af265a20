// Reads { "path": "source" } from standard input, treats each source as a file of this project, and prints the problems
// that TypeScript, ESLint and Prettier find, one a line.
import { join, relative } from 'node:path';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { check, resolveConfig } from 'prettier';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const sources = new Map(
  Object.entries(await json(process.stdin)).map(([path, text]) => [join(root, path), text]),
);

const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, root);
const host = ts.createCompilerHost(options);
const { fileExists, readFile, directoryExists } = host;
host.fileExists = (path) => sources.has(path) || fileExists(path);
host.readFile = (path) => sources.get(path) ?? readFile(path);
host.directoryExists = (path) =>
  [...sources.keys()].some((file) => file.startsWith(`${path}/`)) || directoryExists(path);
const program = ts.createProgram([...sources.keys()], { ...options, noEmit: true, incremental: false }, host);

const report = (path, text) => process.stdout.write(`${relative(root, path)}: ${text}\n`);

for (const path of sources.keys()) {
  const file = program.getSourceFile(path);
  const diagnostics = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  for (const { messageText } of diagnostics) report(path, ts.flattenDiagnosticMessageText(messageText, ' '));
}

const eslint = new ESLint({
  cwd: root,
  overrideConfig: { languageOptions: { parserOptions: { projectService: false, programs: [program] } } },
});
for (const [path, text] of sources) {
  const [result] = await eslint.lintText(text, { filePath: path });
  for (const { line, message, ruleId } of result.messages)
    report(path, `line ${line}: ${message} (${ruleId})`);
  const formatted = await check(text, { ...(await resolveConfig(path)), filepath: path });
  if (!formatted) report(path, 'is not formatted');
}
